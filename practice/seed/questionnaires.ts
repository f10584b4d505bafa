import type { WithId } from '@medplum/core';
import type { Questionnaire, QuestionnaireItem, QuestionnaireItemAnswerOption } from '@medplum/fhirtypes';
import { VR } from '../systems.ts';

const COT = [
  'Encourages the patient’s contribution', 'Responds to cues', 'Places complaint in appropriate psychosocial context',
  'Explores the patient’s health understanding', 'Includes or excludes likely relevant significant condition',
  'Appropriate physical or mental state examination', 'Explains the problem in appropriate language', 'Makes an appropriate working diagnosis',
  'Confirms the patient’s understanding', 'Appropriate management plan', 'Involves the patient in significant management decisions',
  'Effective use of resources', 'Specifies the conditions and interval for follow-up',
];
const COT_GRADES = ['Insufficient Evidence', 'Needs Further Development', 'Competent', 'Excellent'];
const SCA = ['Data gathering and diagnosis', 'Clinical management and medical complexity', 'Relating to others'];
const SCA_GRADES = ['Clear Fail', 'Fail', 'Pass', 'Clear Pass'];

/** The forms a review may be written on. Grades are integers in the order of their names, from 0. */
export function questionnaires(): WithId<Questionnaire>[] {
  return [form('cot', 'Consultation Observation Tool', COT, COT_GRADES), form('sca', 'SCA-style review', SCA, SCA_GRADES), free(), telephone(), notes()];
}

/** Where an answer names the notes that it rests on. */
const cites = (linkId: string): QuestionnaireItem => ({ linkId: `${linkId}.cites`, text: 'Notes', type: 'url', repeats: true });
const grades = (names: readonly string[]): QuestionnaireItemAnswerOption[] => names.map((display, value) => ({ valueInteger: value, extension: [{ url: `${VR}/StructureDefinition/grade-name`, valueString: display }] }));
const written = (linkId: string, text: string): QuestionnaireItem => ({ linkId, text, type: 'text', item: [cites(linkId)] });
const questionnaire = (id: string, title: string, item: QuestionnaireItem[]): WithId<Questionnaire> =>
  ({ resourceType: 'Questionnaire', id, url: `${VR}/Questionnaire/${id}`, version: '1', name: id.toUpperCase(), title, status: 'active', subjectType: ['DocumentReference'], item });

const free = (): WithId<Questionnaire> => questionnaire('free', 'Free feedback', [written('free.well', 'What went well'), written('free.different', 'What could have been done differently'), written('free.next', 'What to work on next')]);

const help = (linkId: string, text: string): QuestionnaireItem => ({
  linkId, text, type: 'display', extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl', valueCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/questionnaire-item-control', code: 'help' }] } }],
});

/** One that the practice made itself: groups, help, and a question that must be answered. */
function telephone(): WithId<Questionnaire> {
  const graded = (linkId: string, text: string, explained: string): QuestionnaireItem => ({ linkId, text, type: 'integer', answerOption: grades(['Not done', 'Partly done', 'Done']), item: [help(`${linkId}.help`, explained), cites(linkId)] });
  return questionnaire('telephone', 'Telephone check of Demo Surgery', [
    { linkId: 'opening', text: 'Opening the call', type: 'group', item: [
      { ...graded('opening.identity', 'Checked who is on the telephone', 'Two of name, date of birth and address, said by the caller.'), required: true },
      graded('opening.private', 'Asked whether the patient can speak freely', 'Somebody else may be in the room.'),
    ] },
    { linkId: 'closing', text: 'Closing the call', type: 'group', item: [graded('closing.safety', 'Said when and how to call back', 'In words that the patient could repeat.'), written('closing.remarks', 'Remarks')] },
  ]);
}

/** What notes are kept on; nobody fills it in. */
function notes(): WithId<Questionnaire> {
  const part = (name: string, text: string, type: QuestionnaireItem['type']): QuestionnaireItem => ({ linkId: `comment.${name}`, text, type });
  return questionnaire('notes', 'Notes on a recording', [
    { linkId: 'comment', text: 'Note', type: 'text', repeats: true, item: [part('at', 'Where in the recording', 'url'), part('kind', 'Point, range or mask', 'string'), part('category', 'Category', 'string'), part('id', 'Its own name', 'url')] },
    { linkId: 'room', text: 'Who else was in the room', type: 'string', repeats: true },
  ]);
}

function form(id: string, title: string, criteria: readonly string[], names: readonly string[]): WithId<Questionnaire> {
  const graded = (linkId: string, text: string): QuestionnaireItem => ({ linkId, text, type: 'integer', answerOption: grades(names), item: [cites(linkId)] });
  return questionnaire(id, title, [
    ...criteria.map((text, i) => ({ ...graded(`${id}.${i + 1}`, text), prefix: String(i + 1) })),
    graded(`${id}.overall`, 'Overall judgement'), written('feedback', 'Feedback'), written('development', 'Recommended further development'),
  ]);
}
