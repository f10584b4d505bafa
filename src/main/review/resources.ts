/**
 * A person's work as FHIR R4 resources (docs/backend.md): QuestionnaireResponse for notes and forms, Communication for messages, and the Task's own steps. Pure: what the
 * practice has is read and written elsewhere.
 */
import type { Form, FormAnswers, NoteFields, ReviewStatus } from '../../preload/review.ts';
import { MESSAGE_ID, NOTES, POSITION, REVIEW_ID, VR } from '../fhir/systems.ts';
import { citesOf } from './forms.ts';
import type { Message, Step } from './notebook.ts';

const NOTES_FORM = `${NOTES}|1`;
export const TASK_OUTPUT = `${VR}/CodeSystem/task-output`;
export const REJECT_REASON = `${VR}/CodeSystem/reject-reason`;
export const urn = (uuid: string): string => `urn:uuid:${uuid}`;

/** What all of a review's resources refer to; local references. */
export interface About {
  document: string;
  encounter: string | null;
  patient: string;
  /** Of the media: what a place in it is written with. */
  binary: string;
  /** "Practitioner/id" of who writes. */
  author: string;
}

export interface Answer {
  valueString?: string;
  valueInteger?: number;
  valueUri?: string;
  item?: ResponseItem[];
}
export interface ResponseItem {
  linkId: string;
  answer?: Answer[];
  item?: ResponseItem[];
}
export type QuestionnaireResponse = Record<string, unknown> & { resourceType: 'QuestionnaireResponse'; item?: ResponseItem[] };

/** Media fragment of a place or stretch, to a hundredth (W3C Media Fragments URI 1.0, §4.2.1). */
export function fragment(binary: string, from: number, until: number | null): string {
  const second = (value: number): string => String(Math.round(value * 100) / 100);
  return `${binary}#t=${second(from)}${until === null ? '' : `,${second(until)}`}`;
}

/** As FHIR can say it (R4 §2.24.0.1, string): of the control characters only tab and line ends; the line break within a paragraph of a word processor is one; half a character is none. */
const sayable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]/gu, (one) => ('\t\n\r'.includes(one) || one >= '\u007f' && one <= '\u009f' ? one : '\v\f'.includes(one) ? '\n' : one >= '\ud800' ? '\ufffd' : ''));
/** FHIR knows no empty string; a stretch that is masked needs no words. */
const sayableOrDash = (text: string): string => (sayable(text).trim() === '' ? '-' : sayable(text));

function response(about: About, uuid: string, questionnaire: string, status: 'in-progress' | 'completed', authored: string, item: ResponseItem[]): QuestionnaireResponse {
  return {
    resourceType: 'QuestionnaireResponse', identifier: { system: REVIEW_ID, value: urn(uuid) }, questionnaire, status, subject: { reference: about.document },
    ...(about.encounter === null ? {} : { encounter: { reference: about.encounter } }), authored, author: { reference: about.author }, ...(item.length > 0 ? { item } : {}),
  };
}

/**
 * @param room names of who else was in the room when it was shown. @param released others may read them: as soon as one form of this review was released, or the review is
 * completed. @param authored ISO time of the latest change
 */
export function notesResponse(about: About, uuid: string, notes: readonly (NoteFields & { id: string })[], room: readonly string[], released: boolean, authored: string): QuestionnaireResponse {
  const answer = notes.map(({ id, kind, from, until, category, text }): Answer => ({
    valueString: sayableOrDash(text),
    item: [
      { linkId: 'comment.at', answer: [{ valueUri: fragment(about.binary, from, until) }] },
      { linkId: 'comment.kind', answer: [{ valueString: kind }] },
      { linkId: 'comment.category', answer: [{ valueString: category }] },
      { linkId: 'comment.id', answer: [{ valueUri: urn(id) }] },
    ],
  }));
  // A question that repeats is one item with many answers (§2.40.4); FHIR knows no empty list either.
  const people = room.length === 0 ? [] : [{ linkId: 'room', answer: room.map((name) => ({ valueString: sayableOrDash(name) })) }];
  return response(about, uuid, NOTES_FORM, released ? 'completed' : 'in-progress', authored, [{ linkId: 'comment', ...(answer.length > 0 ? { answer } : {}) }, ...people]);
}

function answered(linkId: string, given: FormAnswers[string] | undefined): ResponseItem[] {
  if (!given) return [];
  const { grade, text, cites } = given;
  const said: Answer | null = grade !== null ? { valueInteger: grade } : sayable(text).trim() !== '' ? { valueString: sayable(text) } : null;
  if (said === null) return [];
  return [{ linkId, answer: [{ ...said, ...(cites.length > 0 ? { item: [{ linkId: citesOf(linkId), answer: cites.map((id) => ({ valueUri: urn(id) })) }] } : {}) }] }];
}

/** In the form's own order, and in its groups (R4 QuestionnaireResponse, §2.40.4): what has no answer is left out. */
export function formResponse(about: About, uuid: string, form: Form, state: 'draft' | 'released', answers: FormAnswers, authored: string): QuestionnaireResponse {
  const itemsIn = (within: string | null): ResponseItem[] => form.items.filter((item) => item.within === within).flatMap(({ linkId, kind }): ResponseItem[] => {
    if (kind !== 'heading') return answered(linkId, answers[linkId]);
    const inner = itemsIn(linkId);
    return inner.length > 0 ? [{ linkId, item: inner }] : [];
  });
  return response(about, uuid, form.id, state === 'released' ? 'completed' : 'in-progress', authored, itemsIn(null));
}

export function communication(about: About, message: Message): Record<string, unknown> & { resourceType: 'Communication' } {
  return {
    resourceType: 'Communication', identifier: [{ system: MESSAGE_ID, value: urn(message.id) }], status: 'completed', subject: { reference: about.patient }, about: [{ reference: about.document }],
    sent: message.at, sender: { reference: about.author }, recipient: message.to.map((reference) => ({ reference })), payload: [{ contentString: sayableOrDash(message.text) }],
    ...(message.position === null ? {} : { extension: [{ url: POSITION, valueDecimal: Math.round(message.position * 100) / 100 }] }),
  };
}

/** Which statuses a clinician may bring a Task to from each. */
const onward: Record<string, readonly ReviewStatus[]> = {
  requested: ['accepted', 'in-progress', 'completed', 'rejected'], accepted: ['in-progress', 'completed', 'rejected'], 'in-progress': ['completed', 'rejected'],
};
export const mayStep = (from: string, to: ReviewStatus): boolean => onward[from]?.includes(to) ?? false;

type TaskLike = Record<string, unknown> & { status?: unknown; output?: unknown };

/** The Task with this step taken; null when it was taken already. @param output "QuestionnaireResponse/id" of what the review consists of */
export function stepped(task: TaskLike, step: Step, output: readonly string[]): (TaskLike & { resourceType: string }) | null {
  const had = Array.isArray(task.output) ? task.output as { valueReference?: { reference?: string } }[] : [];
  const missing = step.status === 'completed' ? output.filter((reference) => !had.some(({ valueReference }) => valueReference?.reference === reference)) : [];
  if (task.status === step.status && missing.length === 0) return null;
  return {
    ...task as TaskLike & { resourceType: string }, status: step.status, lastModified: step.at,
    ...(step.status === 'rejected' && step.reason !== null
      ? { statusReason: { coding: [{ system: REJECT_REASON, code: step.reason }], ...(step.note ? { text: sayableOrDash(step.note) } : {}) } } : {}),
    ...(missing.length === 0 ? {} : { output: [...had, ...missing.map((reference) => ({ type: { coding: [{ system: TASK_OUTPUT, code: 'review' }] }, valueReference: { reference } }))] }),
  };
}
