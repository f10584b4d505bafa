/**
 * A practice's Questionnaires as forms (R4 Questionnaire). What this app cannot show faithfully it does not offer: a form with a question of another kind, or with conditions,
 * would be a different form here.
 */
import { z } from 'zod';
import type { Form, FormAnswers, FormItem } from '../../preload/review.ts';
import type { InLibrary } from './notebook.ts';
import { VR } from '../fhir/systems.ts';

const GRADE_NAME = `${VR}/StructureDefinition/grade-name`;
/** What a response keeps of places in the recording: notes have it, in a response of their own. */
const OURS = ['comment'];

const text = z.string().max(2000);
const unmodified = { modifierExtension: z.never().optional() };
const Option = z.object({ ...unmodified, valueInteger: z.number().int(), extension: z.array(z.object({ url: text, valueString: text.optional() })).optional() });
interface Item { linkId: string; prefix?: string | undefined; text?: string | undefined; type: string; required?: boolean | undefined; answerOption?: z.infer<typeof Option>[] | undefined; item?: Item[] | undefined }
const Item: z.ZodType<Item> = z.lazy(() => z.object({
  ...unmodified, linkId: z.string().min(1).max(200), prefix: z.string().max(20).optional(), text: z.string().max(1000).optional(), type: text, required: z.boolean().optional(),
  enableWhen: z.never().optional(), repeats: z.boolean().optional(), answerOption: z.array(Option).max(20).optional(), item: z.array(Item).max(100).optional(),
}));
const Questionnaire = z.object({
  ...unmodified, implicitRules: z.never().optional(), resourceType: z.literal('Questionnaire'), url: z.string().min(1).max(400), version: z.string().max(60).optional(), title: z.string().max(300).optional(),
  name: z.string().max(300).optional(), status: z.literal('active'), subjectType: z.array(text).optional(), item: z.array(Item).min(1).max(200),
});

/** Null for what is no form of a recording, or has something that cannot be shown here. */
export function formOf(resource: unknown): Form | null {
  const read = Questionnaire.safeParse(resource).data;
  if (!read || (read.subjectType !== undefined && !read.subjectType.includes('DocumentReference'))) return null;
  const items: FormItem[] = [];
  const add = (item: Item): boolean => {
    if (OURS.includes(item.linkId)) return true;
    const shared = { linkId: item.linkId, number: item.prefix ?? null, text: item.text ?? '', help: null, required: item.required ?? false };
    switch (item.type) {
      case 'group': case 'display':
        items.push({ ...shared, kind: 'heading', options: [] });
        return (item.item ?? []).every(add);
      case 'text': case 'string':
        items.push({ ...shared, kind: 'text', options: [] });
        return item.item === undefined;
      case 'integer': {
        const options = (item.answerOption ?? []).map(({ valueInteger, extension }) => ({ value: valueInteger, label: extension?.find(({ url }) => url === GRADE_NAME)?.valueString ?? String(valueInteger) }));
        items.push({ ...shared, kind: 'grade', options });
        return options.length > 0 && item.item === undefined;
      }
      default: return false;
    }
  };
  if (!read.item.every(add) || new Set(items.map(({ linkId }) => linkId)).size !== items.length) return null;
  return { id: read.version === undefined ? read.url : `${read.url}|${read.version}`, title: read.title ?? read.name ?? read.url, items };
}

/** What of these answers belongs to the form: a grade that it has, text where it asks for text. */
export function answersOf(form: Form, answers: FormAnswers): FormAnswers {
  return Object.fromEntries(form.items.flatMap(({ linkId, kind, options }) => {
    const answer = answers[linkId];
    if (!answer || kind === 'heading') return [];
    const grade = kind === 'grade' && options.some(({ value }) => value === answer.grade) ? answer.grade : null;
    return [[linkId, { grade, text: kind === 'text' ? answer.text : '', cites: answer.cites }]];
  }));
}

/** Questions that must be answered before it is released, and are not: linkIds. */
export function unanswered(form: Form, answers: FormAnswers): string[] {
  return form.items.filter(({ linkId, kind, required }) => required && kind !== 'heading' && (kind === 'grade' ? (answers[linkId]?.grade ?? null) === null : (answers[linkId]?.text ?? '').trim() === '')).map(({ linkId }) => linkId);
}

export class FormShelf {
  readonly #in: InLibrary;

  constructor(inLibrary: InLibrary) {
    this.#in = inLibrary;
  }

  all(): Form[] {
    return (this.#in((db) => db.prepare('SELECT body FROM form ORDER BY id').pluck().all()) as string[]).map((body) => JSON.parse(body) as Form);
  }

  /** A form that the practice no longer has stays for as long as a response is on it. */
  keep(forms: readonly Form[]): void {
    this.#in((db) => {
      db.prepare('DELETE FROM form WHERE id NOT IN (SELECT form FROM response)').run();
      const put = db.prepare('INSERT INTO form VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body');
      for (const form of forms) put.run(form.id, JSON.stringify(form));
    });
  }
}
