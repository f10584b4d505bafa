/** Searching and narrowing the list: what is found is only ever a row that passes now. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stopKey } from '../../assurance/stops.ts';
import { NOW } from '../../assurance/assurance.fixture.ts';
import { URI } from '../../fhir/systems.ts';
import type { ListQuery } from '../../../preload/review.ts';
import { BusyDesk, taskOf, urnOf } from '../busyDesk.fixture.ts';
import { decide } from '../worklist.ts';
import { findRows, indexNotes, listedRows } from './finding.ts';

const ROWS = 9;
let at: BusyDesk;
beforeEach(async () => {
  at = await new BusyDesk().open();
  await at.fill(0, ROWS);
  await at.index(1);
});
afterEach(() => at.remove());

const all: ListQuery = { text: '', progress: [], due: 'any', copy: 'any', review: 'any', refused: false, sort: 'consulted', descending: false };
const find = (query: Partial<ListQuery>) => findRows(at.desk, { ...all, ...query });
const numbers = async (query: Partial<ListQuery>) => (await find(query)).ids.map((id) => Number(/\d+$/.exec(id)?.[0]));
const vault = () => at.desk.vaultOrThrow();

describe('filters', () => {
  it('narrow by progress, due, copy and kind, and count what the text finds', async () => {
    expect(await numbers({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await numbers({ descending: true })).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await numbers({ progress: ['reviewed'] })).toEqual([2, 6]);
    expect(await numbers({ progress: ['in-progress', 'reviewed'] })).toEqual([1, 2, 5, 6]);
    // Due every twelve hours from noon of 21 November on; 0 at midnight of it.
    expect(await numbers({ due: 'today' })).toEqual([]);
    at.now = NOW + 12 * 3600_000;
    expect(await numbers({ due: 'today' })).toEqual([0, 1]);
    expect(await numbers({ due: 'week' })).toEqual([0, 1, 3, 4, 5, 7, 8]);
    expect(await numbers({ review: 'peer' })).toEqual([]);
    expect(await numbers({ copy: 'here' })).toEqual([]);
    expect(await numbers({ copy: 'not-here', review: 'own' })).toHaveLength(ROWS);
    expect((await find({ text: 'Testperson', progress: ['reviewed'] })).counts).toMatchObject({ all: 2, new: 1, reviewed: 1, own: 2, peer: 0, here: 0 });
  });

  it('sort by patient and by what is to be done', async () => {
    const names = (await find({ sort: 'patient' })).ids.map((id) => vault().library.assignment(id)?.evidence.patients[0]?.name?.[0]?.given?.[0]);
    expect(names).toEqual([...names].sort((a, b) => (a ?? '').localeCompare(b ?? '', 'en-GB')));
    // What is due soonest, begun or not; what is reviewed is due no more.
    expect(await numbers({ sort: 'changed' })).toEqual([0, 1, 3, 4, 5, 7, 8, 2, 6]);
  });
});

describe('a search', () => {
  it('leads to the place in a transcript', async () => {
    const { ids, hits } = await find({ text: 'word4' });
    expect(ids).toEqual(['row-task-3']);
    expect(hits).toMatchObject([{ id: 'row-task-3', where: 'transcript', position: 240, snippet: expect.stringContaining('word4') as unknown }]);
    expect(hits[0]?.marks.map(([from, to]) => hits[0]?.snippet?.slice(from, to))).toEqual(['word4']);
  });

  it('says where in each row that is asked for by itself as well', async () => {
    const ids = ['row-task-3', 'row-task-7', 'row-task-1'];
    const { rows, hits } = await listedRows(at.desk, ids, 'word4');
    expect(rows.map(({ id }) => id).sort()).toEqual(ids.toSorted());
    expect(hits).toMatchObject([{ id: 'row-task-3', where: 'transcript', position: 240, snippet: expect.stringContaining('word4') as unknown }]);
    expect((await listedRows(at.desk, ids, 'word8')).hits).toMatchObject([{ id: 'row-task-7', snippet: null, marks: [] }]);
    expect((await listedRows(at.desk, ids, '')).hits).toEqual([]);
    vault().ledger.set('lease', null);
    expect((await listedRows(at.desk, ids, 'word4'))).toMatchObject({ rows: [{}, {}, {}], hits: [] });
  });

  it('brings the content of the first rows along', async () => {
    const { ids, rows, hits } = await find({ text: 'Testperson' });
    expect(ids.length).toBeGreaterThan(0);
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(new Set(hits.map(({ id }) => id))).toEqual(new Set(ids));
  });

  it('finds what was said only where it could be opened now; whose it is, and one’s own words, always', async () => {
    indexNotes(at.desk, 'Task/task-3', [{ text: 'word4 is mine', from: 3 }]);
    const where = async (text: string) => (await find({ text })).hits.map((hit) => hit.where).sort();
    at.desk.stand({ online: false });
    expect(await where('word4')).toEqual(['note', 'transcript']);
    vault().ledger.set('lease', null);
    expect(await where('word4')).toEqual(['note']);
    expect(await where('Testperson')).toContain('patient');
    expect((await find({ text: 'word5' }))).toMatchObject({ ids: [], hits: [], counts: { all: 0 } });
  });

  it('leads to the place of the note, whichever of its lines it is in', async () => {
    indexNotes(at.desk, `Task/${taskOf(3)}`, [{ text: 'an opening', from: 4 }, { text: 'two lines\nand a closingword', from: 31.5 }]);
    expect((await find({ text: 'closingword' })).hits).toMatchObject([{ id: 'row-task-3', where: 'note', position: 31.5, snippet: 'and a closingword' }]);
    indexNotes(at.desk, `Task/${taskOf(3)}`, []);
  });

  it('shows no words of a sensitive recording', async () => {
    indexNotes(at.desk, `Task/${taskOf(7)}`, [{ text: 'sensitiveword', from: 1 }]);
    for (const text of ['word8', 'sensitiveword']) {
      const { ids, hits } = await find({ text });
      expect(ids).toEqual(['row-task-7']);
      expect(hits.map(({ snippet, marks }) => [snippet, marks])).toEqual([[null, []]]);
    }
  });

  it('finds nothing of what is stopped, withheld, or said to be another patient’s, by any word of it', async () => {
    const words = ['Consultation 3', 'Demoperson', 'word4', 'own note'];
    indexNotes(at.desk, `Task/${taskOf(3)}`, [{ text: 'own note', from: 1 }]);
    const found = async () => (await Promise.all(words.map((text) => numbers({ text })))).flat().filter((n) => n === 3).length;
    expect(await found()).toBe(4);
    vault().ledger.keepStops([{ identifier: stopKey({ system: URI, value: urnOf(3) }), at: 1 }], []);
    expect(await found()).toBe(0);
    vault().ledger.keepStops([], [{ identifier: stopKey({ system: URI, value: urnOf(3) }), at: 2 }]);
    expect(await found()).toBe(4);
    vault().ledger.keepWrongPatient(urnOf(3), 9);
    expect(await found()).toBe(0);
    const row = vault().library.assignmentOf(`Task/${taskOf(3)}`);
    expect(row && (await decide(at.desk, row)).ok).toBe(false);
    vault().library.removeAssignment(`Task/${taskOf(3)}`);
    expect(await found()).toBe(0);
  });

  it('is refused while locked, and finds the same after unlocking', async () => {
    const before = await find({ text: 'headache' });
    expect(before.ids.length).toBeGreaterThan(0);
    vault().lock();
    await expect(find({ text: 'headache' })).rejects.toMatchObject({ code: 'locked' });
    await at.desk.vault?.unlock('482915', at.now);
    expect(await find({ text: 'headache' })).toEqual(before);
  });
});
