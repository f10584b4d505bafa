import type { WithId } from '@medplum/core';
import type { QuestionnaireResponse, QuestionnaireResponseItem } from '@medplum/fhirtypes';
import { instant, plusDays, plusMinutes } from '../days.ts';
import { personCalled } from '../people.ts';
import { VR } from '../systems.ts';
import { stableUuid } from './plan.ts';
import { mediaId } from './recording-resources.ts';

/** What the partner, who trains, released to Ada about her telephone consultation: grades that rest on two notes. */
export function reviews(today: Date): WithId<QuestionnaireResponse>[] {
  const key = '04';
  const [opening, ending] = [stableUuid('note opening'), stableUuid('note ending')];
  const response = (id: string, questionnaire: string, item: QuestionnaireResponseItem[]): WithId<QuestionnaireResponse> => ({
    resourceType: 'QuestionnaireResponse', id, identifier: { system: `${VR}/review`, value: `urn:uuid:${stableUuid(id)}` }, questionnaire: `${VR}/Questionnaire/${questionnaire}|1`, status: 'completed',
    subject: { reference: `DocumentReference/rec-${key}` }, encounter: { reference: `Encounter/enc-${key}` }, authored: instant(plusMinutes(plusDays(today, -1), 16 * 60)),
    author: { reference: `Practitioner/${personCalled('dee').practitionerId}` }, item,
  });
  const note = (id: string, fragment: string, kind: string, category: string, text: string) => ({
    valueString: text,
    item: [['at', { valueUri: `Binary/${mediaId(key)}#t=${fragment}` }], ['kind', { valueString: kind }], ['category', { valueString: category }], ['id', { valueUri: `urn:uuid:${id}` }]].map(([part, answer]) => ({ linkId: `comment.${part as string}`, answer: [answer as object] })),
  });
  const grade = (linkId: string, valueInteger: number, ...cites: string[]): QuestionnaireResponseItem =>
    ({ linkId, answer: [{ valueInteger, ...(cites.length > 0 ? { item: [{ linkId: `${linkId}.cites`, answer: cites.map((id) => ({ valueUri: `urn:uuid:${id}` })) }] } : {}) }] });
  const text = (linkId: string, valueString: string): QuestionnaireResponseItem => ({ linkId, answer: [{ valueString }] });
  return [
    response(`qr-notes-${key}`, 'notes', [{ linkId: 'comment', answer: [
      note(opening, '3.5', 'point', 'strength', 'An open question, and then you wait for the answer.'),
      note(ending, '18,22.5', 'range', 'development', 'Here the plan is told. Try asking what the patient would like first.'),
    ] }]),
    response(`qr-cot-${key}`, 'cot', [
      grade('cot.1', 3, opening), ...[2, 3, 4, 5].map((n) => grade(`cot.${n}`, 2)), grade('cot.6', 0), ...[7, 8, 9, 10].map((n) => grade(`cot.${n}`, 2)), grade('cot.11', 1, ending), grade('cot.12', 2), grade('cot.13', 2),
      grade('cot.overall', 2), text('feedback', 'A calm, clear call. The patient was heard, and knew when to ring again.'), text('development', 'Sharing decisions: two options, and the patient’s own view of both, before the plan.'),
    ]),
  ];
}
