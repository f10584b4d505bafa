import type { WithId } from '@medplum/core';
import type { Questionnaire } from '@medplum/fhirtypes';
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
  return [form('cot', 'Consultation Observation Tool', COT, COT_GRADES), form('sca', 'SCA-style review', SCA, SCA_GRADES)];
}

function form(id: string, title: string, criteria: readonly string[], grades: readonly string[]): WithId<Questionnaire> {
  const grade = grades.map((display, value) => ({
    valueInteger: value,
    extension: [{ url: `${VR}/StructureDefinition/grade-name`, valueString: display }],
  }));
  return {
    resourceType: 'Questionnaire',
    id,
    url: `${VR}/Questionnaire/${id}`,
    version: '1',
    name: id.toUpperCase(),
    title,
    status: 'active',
    subjectType: ['DocumentReference'],
    item: [
      ...criteria.map((text, i) => ({ linkId: `${id}.${i + 1}`, prefix: String(i + 1), text, type: 'integer' as const, answerOption: grade })),
      { linkId: `${id}.overall`, text: 'Overall judgement', type: 'integer' as const, answerOption: grade },
      { linkId: 'feedback', text: 'Feedback', type: 'text' as const },
      { linkId: 'development', text: 'Recommended further development', type: 'text' as const },
      { linkId: 'comment', text: 'Comment', type: 'text' as const, repeats: true, item: [{ linkId: 'comment.at', text: 'Where in the recording', type: 'url' as const }] },
    ],
  };
}
