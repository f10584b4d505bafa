/** What is filled in of a form. Pure. */
import type { Form, FormAnswers, FormItem, FormResponse, Note, OthersNote } from '../../preload/review.ts';

const none: FormAnswers[string] = { grade: null, text: '', cites: [] };
export const answerTo = (answers: FormAnswers, linkId: string): FormAnswers[string] => answers[linkId] ?? none;
export const withAnswer = (answers: FormAnswers, linkId: string, change: Partial<FormAnswers[string]>): FormAnswers => ({ ...answers, [linkId]: { ...answerTo(answers, linkId), ...change } });

export const isAnswered = (item: FormItem, answers: FormAnswers): boolean =>
  item.kind !== 'heading' && (item.kind === 'grade' ? answerTo(answers, item.linkId).grade !== null : answerTo(answers, item.linkId).text.trim() !== '');

/** Of the numbered criteria, where there are any; then of what is graded; of a form without grades, of what is written. */
export function progressOf({ items }: Form, answers: FormAnswers): { kind: 'grade' | 'text'; done: number; all: number } {
  const grades = items.filter(({ kind }) => kind === 'grade');
  const numbered = grades.filter(({ number }) => number !== null);
  const counted = numbered.length > 0 ? numbered : grades.length > 0 ? grades : items.filter(({ kind }) => kind === 'text');
  return { kind: grades.length > 0 ? 'grade' : 'text', done: counted.filter((item) => isAnswered(item, answers)).length, all: counted.length };
}

export const missingOf = ({ items }: Form, answers: FormAnswers): FormItem[] => items.filter((item) => item.required && item.kind !== 'heading' && !isAnswered(item, answers));

/** Is everything answered that has to be before others see it? As main decides it. */
export function isReleasable(forms: readonly Form[], { form: id, answers }: Pick<FormResponse, 'form' | 'answers'>): boolean {
  const form = forms.find((one) => one.id === id);
  return form !== undefined && missingOf(form, answers).length === 0;
}

/** A note that was removed is cited no longer, whatever was on its way. */
export function knownCites(answers: FormAnswers, notes: readonly Pick<Note, 'id'>[]): FormAnswers {
  const known = new Set(notes.map(({ id }) => id));
  return Object.fromEntries(Object.entries(answers).map(([linkId, answer]) => [linkId, { ...answer, cites: answer.cites.filter((id) => known.has(id)) }]));
}

export interface Cited { id: string; from: number; text: string }

/** Notes that can be cited, by time: a mask says nothing. */
export const citable = (notes: readonly (Note | OthersNote)[]): Cited[] => notes.flatMap(({ id, kind, from, text }) => (id === null || kind === 'mask' ? [] : [{ id, from, text }])).sort((a, b) => a.from - b.from);
