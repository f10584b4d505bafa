/**
 * For a clinician's portfolio: what they thought, how they and others judged, and what they noted. Who the patient is stands in it only where the clinician chose that;
 * then `patient` has it, and nothing else here does.
 */
import type { Form, FormAnswers, NoteCategory } from '../../../preload/review.ts';
import { noteCategoryNames } from '../../../preload/words.ts';
import { facts, html, paragraphs, tableOf, type Html } from './html.ts';
import { printed, type Printed, type Stamp } from './page.ts';
import { dateWords, momentWords, nhsNumberWords, purposeWords, spanWords } from './words.ts';

export interface PortfolioNote {
  from: number;
  until: number | null;
  category: NoteCategory;
  text: string;
  /** Name, or null for the clinician's own. */
  author: string | null;
}

export interface PortfolioForm {
  /** Null for one that this app cannot show. */
  form: Form | null;
  title: string;
  author: string | null;
  /** Null while it is a draft. */
  releasedAt: string | null;
  answers: FormAnswers;
}

export interface Portfolio {
  patient: { name: string; dateOfBirth: string; nhsNumber: string | null; consultedAt: string; title: string } | null;
  review: 'own' | 'peer';
  purpose: string;
  medium: 'video' | 'audio';
  reflection: string;
  forms: readonly PortfolioForm[];
  /** In the order of the recording. */
  notes: readonly PortfolioNote[];
  /** Seconds that were shown, and of how many; null where that is not known. */
  watched: number;
  length: number | null;
}

/** "3:07", "1:02:09" */
export function placeWords(from: number, until: number | null): string {
  const one = (seconds: number): string => {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), String(Math.floor(seconds % 60)).padStart(2, '0')];
    return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
  };
  return until === null ? one(from) : `${one(from)} to ${one(until)}`;
}

export function watchedWords(watched: number, length: number | null): string {
  if (length === null || length <= 0) return spanWords(watched);
  // Never "all of it" where some was not shown.
  const share = watched >= length - 0.5 ? 100 : Math.min(99, Math.floor((watched / length) * 100));
  return `${spanWords(Math.min(watched, length))} of ${spanWords(length)} (${share}%)`;
}

function answersPart({ form, answers }: PortfolioForm): Html {
  if (!form) return html`<p>Written on a form that this version of the app cannot show.</p>`;
  const grades = form.items.filter(({ kind }) => kind === 'grade');
  const texts = form.items.filter(({ linkId, kind }) => kind === 'text' && (answers[linkId]?.text ?? '').trim() !== '');
  return html`${grades.length === 0 ? null : tableOf('Grades', [
    { name: '', value: ({ number }) => number ?? '', kind: 'short' }, { name: 'Criterion', value: ({ text }) => text },
    { name: 'Grade', value: ({ linkId, options }) => options.find(({ value }) => value === answers[linkId]?.grade)?.label ?? 'Not graded' },
  ], grades)}${texts.map(({ linkId, text }) => html`<h3>${text}</h3>${paragraphs(answers[linkId]?.text ?? '')}`)}`;
}

const byWords = ({ author, releasedAt }: PortfolioForm, own: string): string => `${author ?? own}, ${releasedAt === null ? 'a draft that nobody else has seen' : 'released'}`;

export function portfolio(what: Portfolio, stamp: Stamp): Printed {
  const { patient, review, purpose, medium, reflection, forms, notes, watched, length } = what;
  const body = html`<h1>Reflection on a recorded consultation</h1>
${facts([
    ['Clinician', stamp.exporter.name], ['Made on', momentWords(stamp.at)], ['Consultation', `${medium === 'video' ? 'Video' : 'Telephone or sound only'}, ${review === 'own' ? 'my own' : 'a colleague’s'}`], ['Purpose', purposeWords(purpose)],
    ['Watched', watchedWords(watched, length)],
    ...(patient ? [
      ['Patient', patient.name], ['Date of birth', dateWords(patient.dateOfBirth)], ['NHS number', patient.nhsNumber === null ? 'none' : nhsNumberWords(patient.nhsNumber)],
      ['Consulted on', momentWords(patient.consultedAt)], ['About', patient.title],
    ] as const : []),
  ])}
<p class="notice">${patient ? 'This summary names the patient. Keep it as you keep the record, and share it only with who may know.' : 'The app left out who the patient is and when they were seen. It cannot know what was typed: somebody may be named in the words below.'}</p>
<h2>Reflection</h2>
${reflection.trim() === '' ? html`<p>None was written.</p>` : paragraphs(reflection)}
${forms.map((one) => html`<h2>${one.title}</h2><p>${byWords(one, stamp.exporter.name)}.</p>${answersPart(one)}`)}
${notes.length === 0 ? null : html`<h2>Notes</h2>${tableOf('In the order of the recording', [
    { name: 'At', value: ({ from, until }) => placeWords(from, until), kind: 'short' }, { name: 'What', value: ({ text }) => html`${paragraphs(text)}` },
    { name: 'Kind', value: ({ category }) => noteCategoryNames[category] }, { name: 'By', value: ({ author }) => author ?? stamp.exporter.name },
  ], notes)}`}`;
  return printed('Reflection on a recorded consultation', body, stamp);
}
