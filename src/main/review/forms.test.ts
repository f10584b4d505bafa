/** A practice's Questionnaires become forms only where nothing of them is lost, and what is written on one is valid FHIR in that form's own structure. */
import fc from 'fast-check';
import type { Questionnaire, QuestionnaireResponse, Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDefinitions, problemsOf } from '../../../practice/fhir/validate.ts';
import { questionnaires } from '../../../practice/seed/questionnaires.ts';
import type { Form, FormAnswers } from '../../preload/review.ts';
import { answersOf, formOf, formsOf, unanswered } from './forms.ts';
import { communication, formResponse, notesResponse, type About } from './resources.ts';

const seeded = (id: string): Questionnaire => {
  const found = questionnaires().find((one) => one.id === id);
  if (!found) throw new Error(id);
  return structuredClone(found);
};
const form = (id: string): Form => {
  const made = formOf(seeded(id));
  if (!made) throw new Error(`${id} is no form`);
  return made;
};
const about: About = { document: 'DocumentReference/rec-01', encounter: 'Encounter/enc-01', patient: 'Patient/pat-01', binary: 'Binary/media-01', author: 'Practitioner/gp-1' };
const [uuid, noted] = ['0d0f5c54-2c0e-4d67-8d0e-4f4f7c1c8a11', '7b0e4c1e-5a0f-4d61-9a63-0c5f0f6d2b11'];
const at = '2026-11-22T10:00:00.000Z';
const given = (grade: number | null, text = '', cites: string[] = []): FormAnswers[string] => ({ grade, text, cites });
/** Groups, so many within one another. */
const within = (depth: number): NonNullable<Questionnaire['item']>[number] => {
  let group: NonNullable<Questionnaire['item']>[number] = { linkId: 'innermost', text: 'x', type: 'text' };
  for (let n = 0; n < depth; n += 1) group = { linkId: `group ${n}`, text: 'x', type: 'group', item: [group] };
  return group;
};
beforeAll(loadDefinitions);

describe('a form', () => {
  it('has what the Questionnaire has: numbers, grades in their order, groups, help, and what must be answered', () => {
    const cot = form('cot');
    expect(cot.items.filter(({ number }) => number !== null)).toHaveLength(13);
    expect(cot.items[0]).toMatchObject({ linkId: 'cot.1', number: '1', kind: 'grade', within: null, help: null, options: [0, 1, 2, 3].map((value) => ({ value, label: ['Insufficient Evidence', 'Needs Further Development', 'Competent', 'Excellent'][value] })) });
    expect(cot.items.map(({ linkId }) => linkId).slice(-3)).toEqual(['cot.overall', 'feedback', 'development']);
    expect(form('sca').items[0]?.options.map(({ label }) => label)).toEqual(['Clear Fail', 'Fail', 'Pass', 'Clear Pass']);
    const telephone = form('telephone');
    expect(telephone.items.map(({ kind, within, required }) => [kind, within, required])).toEqual([['heading', null, false], ['grade', 'opening', true], ['grade', 'opening', false], ['heading', null, false], ['grade', 'closing', false], ['text', 'closing', false]]);
    expect(telephone.items[1]?.help).toBe('Two of name, date of birth and address, said by the caller.');
    expect(unanswered(telephone, {})).toEqual(['opening.identity']);
    expect(unanswered(telephone, { 'opening.identity': given(0) })).toEqual([]);
  });

  it.each<[string, (cot: Questionnaire) => unknown]>([
    ['a question of another kind', (cot) => cot.item?.push({ linkId: 'when', text: 'When?', type: 'date' })],
    ['a question that is asked only sometimes', (cot) => (cot.item![1]!.enableWhen = [{ question: 'cot.1', operator: '=', answerInteger: 0 }])],
    ['a grade without grades', (cot) => delete cot.item![0]!.answerOption],
    ['several answers to one question', (cot) => (cot.item![0]!.repeats = true)],
    ['a question within a question', (cot) => cot.item![0]!.item!.push({ linkId: 'why', text: 'Why?', type: 'text' })],
    ['the same question twice', (cot) => cot.item?.push(structuredClone(cot.item[0]!))],
    ['a question named as what every object has', (cot) => cot.item?.push({ linkId: 'constructor', text: 'Who built it?', type: 'text' })],
    ['groups within groups without end', (cot) => (cot.item![0] = within(5000))],
    ['a modifier', (cot) => (cot.item![0]!.modifierExtension = [{ url: 'https://example.org/not', valueBoolean: true }])],
  ])('with %s is said to be there, and is not shown as another form', (_what, change) => {
    const cot = seeded('cot');
    change(cot);
    expect(formsOf([cot, seeded('sca')])).toMatchObject({ forms: [{ title: 'SCA-style review' }], unshown: ['Consultation Observation Tool'] });
  });

  it('is neither offered nor missed where it is about something else, is not in use, or is what notes are kept on', () => {
    const patients = { ...seeded('cot'), subjectType: ['Patient'] as const, item: [{ linkId: 'x', type: 'date' as const, text: 'x' }] };
    expect(formsOf([seeded('notes'), patients, { ...seeded('cot'), status: 'retired' }, { ...patients, subjectType: undefined }, 'x', null])).toEqual({ forms: [], unshown: [] });
  });
});

/** Every item of a response stands where its Questionnaire has it. */
function strays(items: QuestionnaireResponse['item'], of: Questionnaire['item']): string[] {
  return (items ?? []).flatMap((item) => {
    const asked = of?.find(({ linkId }) => linkId === item.linkId);
    if (!asked) return [item.linkId];
    return [...strays(item.item, asked.item), ...(item.answer ?? []).flatMap((answer) => strays(answer.item, asked.item))];
  });
}

describe('what is written', () => {
  it.each(['cot', 'sca', 'free', 'telephone'])('on %s is valid R4, answers only what is asked and where it is asked, and holds every answer', (id) => {
    const shown = form(id);
    const answer = fc.record({ grade: fc.option(fc.integer({ min: -1, max: 4 })), text: fc.string({ maxLength: 30 }), cites: fc.subarray([uuid, noted]) });
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...shown.items.map(({ linkId }) => linkId), 'invented', 'comment'), answer), fc.constantFrom('draft' as const, 'released' as const), (written, state) => {
      const kept = answersOf(shown, written);
      const response = formResponse(about, uuid, shown, state, kept, at) as unknown as QuestionnaireResponse;
      expect(problemsOf(response)).toBeUndefined();
      expect(JSON.stringify(response)).not.toMatch(/[^\\]":\[\]/);
      expect(strays(response.item, seeded(id).item)).toEqual([]);
      const values = JSON.stringify(response).match(/"value(Integer|String)"/g)?.length ?? 0;
      expect(values).toBe(Object.values(kept).filter(({ grade, text }) => grade !== null || text.trim() !== '').length);
    }), { numRuns: 60 });
  });

  it('as notes and as a message is valid R4, and in the shape of the samples', () => {
    const notes = notesResponse(about, uuid, [{ id: noted, kind: 'range', from: 93.5, until: 101.2, category: 'strength', text: 'Good safety-netting' }, { id: uuid, kind: 'mask', from: 1, until: 2, category: 'general', text: ' ' }], [], true, at);
    expect(problemsOf(notes as unknown as Resource)).toBeUndefined();
    expect(notes).toMatchObject({ status: 'completed', questionnaire: 'https://viewing-room.example/fhir/Questionnaire/notes|1', item: [{ linkId: 'comment', answer: [{ valueString: 'Good safety-netting', item: [{ linkId: 'comment.at', answer: [{ valueUri: 'Binary/media-01#t=93.5,101.2' }] }, {}, {}, {}] }, { valueString: '-' }] }] });
    expect(strays(notes.item, seeded('notes').item)).toEqual([]);
    const message = communication(about, { id: noted, text: 'Please look at 1:33.', to: ['Practitioner/gp-2'], position: 93, at });
    expect(problemsOf(message as unknown as Resource)).toBeUndefined();
    expect(message).toMatchObject({ status: 'completed', subject: { reference: 'Patient/pat-01' }, about: [{ reference: 'DocumentReference/rec-01' }], payload: [{ contentString: 'Please look at 1:33.' }] });
  });

  it('without any answer is still a resource', () => {
    expect(problemsOf(formResponse(about, uuid, form('cot'), 'draft', {}, at) as unknown as Resource)).toBeUndefined();
    expect(problemsOf(notesResponse(about, uuid, [], [], false, at) as unknown as Resource)).toBeUndefined();
  });
});
