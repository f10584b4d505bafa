/**
 * A practice's Questionnaires as forms (R4 Questionnaire). What this app cannot show faithfully it does not offer: a form with a question of another kind, or with conditions,
 * would be a different form here.
 */
import { z } from 'zod';
import type { Form, FormAnswers, FormItem } from '../../preload/review.ts';
import type { InLibrary } from './notebook.ts';
import { NOTES, VR } from '../fhir/systems.ts';

const GRADE_NAME = `${VR}/StructureDefinition/grade-name`;
/** hl7.org/fhir/R4/extension-questionnaire-itemcontrol.html: a display item that explains the one it stands in. */
const ITEM_CONTROL = 'http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl';
/** What a response keeps of places in the recording: notes have it, in a response of their own. */
const COMMENT = 'comment';
/** Where an answer names the notes that it rests on. */
export const citesOf = (linkId: string): string => `${linkId}.cites`;

const text = z.string().max(2000);
const unmodified = { modifierExtension: z.never().optional() };
const Option = z.object({ ...unmodified, valueInteger: z.number().int(), extension: z.array(z.object({ url: text, valueString: text.optional() })).optional() });
const Control = z.object({ url: text, valueCodeableConcept: z.object({ coding: z.array(z.object({ code: text.optional() })).optional() }).optional() });
interface Item { extension?: z.infer<typeof Control>[] | undefined; linkId: string; prefix?: string | undefined; text?: string | undefined; type: string; required?: boolean | undefined; repeats?: boolean | undefined; answerOption?: z.infer<typeof Option>[] | undefined; item?: Item[] | undefined }
/** A form has no more groups within groups; and how deep a server nests them must not decide how deep the stack gets. */
const DEPTH = 20;
const itemOf = (left: number): z.ZodType<Item> => z.object({
  ...unmodified, extension: z.array(Control).optional(), linkId: z.string().min(1).max(200), prefix: z.string().max(20).optional(), text: z.string().max(1000).optional(), type: text, required: z.boolean().optional(),
  enableWhen: z.never().optional(), repeats: z.boolean().optional(), answerOption: z.array(Option).max(20).optional(), item: left === 0 ? z.never().optional() : z.array(itemOf(left - 1)).max(100).optional(),
});
const Item = itemOf(DEPTH);
const Questionnaire = z.object({
  ...unmodified, implicitRules: z.never().optional(), resourceType: z.literal('Questionnaire'), url: z.string().min(1).max(400), version: z.string().max(60).optional(), title: z.string().max(300).optional(),
  name: z.string().max(300).optional(), status: z.literal('active'), subjectType: z.array(text).optional(), item: z.array(Item).min(1).max(200),
});

const isHelp = ({ type, extension = [] }: Item): boolean =>
  type === 'display' && extension.some(({ url, valueCodeableConcept }) => url === ITEM_CONTROL && valueCodeableConcept?.coding?.some(({ code }) => code === 'help') === true);

/** Null for what has something that cannot be shown here, and for what is no form of a recording. */
export function formOf(resource: unknown): Form | null {
  const read = Questionnaire.safeParse(resource).data;
  if (!read || read.url === NOTES || (read.subjectType !== undefined && !read.subjectType.includes('DocumentReference'))) return null;
  const items: FormItem[] = [];
  const add = (item: Item, within: string | null): boolean => {
    if (item.linkId === COMMENT) return true;
    // Answers are kept by these names, and every object answers to these already.
    if (item.linkId in Object.prototype) return false;
    const inner = item.item ?? [];
    const help = inner.filter(isHelp).map(({ text: words }) => words ?? '').join(' ').slice(0, 2000);
    const shared = { linkId: item.linkId, number: item.prefix ?? null, text: item.text ?? '', help: help === '' ? null : help, within, required: item.required ?? false };
    const rest = inner.filter((one) => !isHelp(one) && one.linkId !== citesOf(item.linkId));
    switch (item.type) {
      case 'group': case 'display':
        items.push({ ...shared, kind: 'heading', options: [] });
        return rest.every((one) => add(one, item.linkId));
      case 'text': case 'string':
        items.push({ ...shared, kind: 'text', options: [] });
        return rest.length === 0 && item.repeats !== true;
      case 'integer': {
        const options = (item.answerOption ?? []).map(({ valueInteger, extension }) => ({ value: valueInteger, label: extension?.find(({ url }) => url === GRADE_NAME)?.valueString?.slice(0, 200) ?? String(valueInteger) }));
        items.push({ ...shared, kind: 'grade', options });
        return options.length > 0 && rest.length === 0 && item.repeats !== true;
      }
      default: return false;
    }
  };
  if (!read.item.every((item) => add(item, null)) || items.length > 200 || new Set(items.map(({ linkId }) => linkId)).size !== items.length) return null;
  return { id: read.version === undefined ? read.url : `${read.url}|${read.version}`, title: read.title ?? read.name ?? read.url.slice(0, 300), offered: true, items };
}

const Named = z.object({ resourceType: z.literal('Questionnaire'), url: z.string(), status: z.literal('active'), title: z.string().optional(), name: z.string().optional(), subjectType: z.array(z.string()) });

/** What the practice has for recordings, and the titles of what of that cannot be shown. Others' forms, for example about patients, are neither. */
export function formsOf(resources: readonly unknown[]): { forms: Form[]; unshown: string[] } {
  const forms: Form[] = [];
  const unshown: string[] = [];
  for (const resource of resources) {
    const form = formOf(resource);
    const named = Named.safeParse(resource).data;
    if (form) forms.push(form);
    else if (named?.subjectType.includes('DocumentReference') === true && named.url !== NOTES) unshown.push((named.title ?? named.name ?? named.url).slice(0, 300));
  }
  return { forms: forms.slice(0, MOST), unshown: unshown.slice(0, MOST) };
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

/** As many of a practice's forms are shown. */
const MOST = 30;
interface Unshown { unshown: string }

export class FormShelf {
  readonly #in: InLibrary;

  constructor(inLibrary: InLibrary) {
    this.#in = inLibrary;
  }

  /** `unshown`: titles of the practice's forms that cannot be shown. */
  kept(): { forms: Form[]; unshown: string[] } {
    const kept = (this.#in((db) => db.prepare('SELECT body FROM form ORDER BY id').pluck().all()) as string[]).map((body) => JSON.parse(body) as Form | Unshown);
    return { forms: kept.flatMap((one) => ('unshown' in one ? [] : [one])), unshown: kept.flatMap((one) => ('unshown' in one ? [one.unshown] : [])) };
  }

  all(): Form[] {
    return this.kept().forms;
  }

  /** A form that the practice no longer has stays for as long as a response is on it, of this person or of somebody else. */
  keep({ forms, unshown }: { forms: readonly Form[]; unshown: readonly string[] }): void {
    const before = this.all();
    this.#in((db) => {
      const put = db.prepare('INSERT INTO form VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body');
      const used = new Set(db.prepare(`SELECT form FROM response UNION SELECT json_extract(one.value, '$.form') FROM theirs, json_each(theirs.body, '$.responses') AS one`).pluck().all() as string[]);
      db.prepare('DELETE FROM form').run();
      for (const form of before.filter(({ id }) => used.has(id)).slice(0, MOST)) put.run(form.id, JSON.stringify({ ...form, offered: false }));
      for (const form of forms) put.run(form.id, JSON.stringify(form));
      for (const [n, title] of unshown.entries()) put.run(`unshown ${n}`, JSON.stringify({ unshown: title }));
    });
  }
}
