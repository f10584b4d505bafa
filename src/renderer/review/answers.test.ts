import { describe, expect, it } from 'vitest';
import type { Form, FormItem } from '../../preload/review.ts';
import { citable, isAnswered, knownCites, missingOf, progressOf, withAnswer } from './answers.ts';

const item = (linkId: string, kind: FormItem['kind'], more: Partial<FormItem> = {}): FormItem => ({ linkId, number: null, text: linkId, help: null, kind, within: null, required: false, options: kind === 'grade' ? [{ value: 0, label: 'No' }] : [], ...more });
const form = (...items: FormItem[]): Form => ({ id: 'f|1', title: 'F', offered: true, items });
const answers = { 'a': { grade: 0, text: '', cites: ['n1', 'n2'] }, 'o': { grade: 2, text: '', cites: [] }, 't': { grade: null, text: ' ', cites: [] } };

describe('a form', () => {
  it('counts its numbered criteria, or else its grades, or else what is written; the lowest grade is one', () => {
    expect(progressOf(form(item('a', 'grade', { number: '1' }), item('b', 'grade', { number: '2' }), item('o', 'grade'), item('t', 'text')), answers)).toEqual({ kind: 'grade', done: 1, all: 2 });
    expect(progressOf(form(item('a', 'grade'), item('o', 'grade'), item('h', 'heading')), answers)).toEqual({ kind: 'grade', done: 2, all: 2 });
    expect(progressOf(form(item('t', 'text'), item('u', 'text')), { ...answers, u: { grade: null, text: 'x', cites: [] } })).toEqual({ kind: 'text', done: 1, all: 2 });
    expect([isAnswered(item('t', 'text'), answers), isAnswered(item('h', 'heading'), answers)]).toEqual([false, false]);
  });

  it('misses only what must be answered', () => {
    expect(missingOf(form(item('a', 'grade', { required: true }), item('b', 'grade', { required: true }), item('h', 'heading', { required: true }), item('t', 'text')), answers).map(({ linkId }) => linkId)).toEqual(['b']);
  });

  it('cites notes that are there, in the order of the recording, and changes one answer alone', () => {
    expect(knownCites(answers, [{ id: 'n2' }]).a?.cites).toEqual(['n2']);
    const note = (id: string | null, kind: 'point' | 'mask', from: number) => ({ id, kind, from, until: null, category: 'general' as const, text: id ?? '', author: 'x', at: '' });
    expect(citable([note('n2', 'point', 9), note('n1', 'point', 2), note('n3', 'mask', 1), note(null, 'point', 3)]).map(({ id }) => id)).toEqual(['n1', 'n2']);
    expect(withAnswer(answers, 'b', { grade: 1 })).toEqual({ ...answers, b: { grade: 1, text: '', cites: [] } });
  });
});
