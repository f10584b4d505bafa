import { describe, expect, it } from 'vitest';
import type { KeptWork, ReviewWork } from '../../src/preload/review.ts';
import { chain, Device, seedOf } from '../../src/main/audit/verify.fixture.ts';
import type { Look, Row } from './messages.ts';
import { judge, judgeRecord, judgeRows, judgeWork, Withdrawals, type Act, type Entry, type Finding, type Story, type TaskTruth, type Truth, type Written } from './oracle.ts';
import type { Deed } from './plan.ts';

const TASK = 'Task/t-1';
const task = (change: Partial<TaskTruth> = {}): TaskTruth => ({ task: TASK, status: 'in-progress', document: 'DocumentReference/r-1', recording: 'urn:uuid:1', expected: 'shown', ...change });
const view = (change: Partial<ReviewWork> = {}): ReviewWork => ({
  id: 'row', status: 'in-progress', statusWork: 'sent', conflict: null, notes: [], othersNotes: [], othersLeftOut: 0, forms: [], unshownForms: [], responses: [], othersResponses: [], thread: [], others: [], drafts: {}, watched: [], position: 0, room: [], ...change,
});
const row = (change: Partial<Row> = {}): Row => ({ task: TASK, rowId: 'row', recording: 'urn:uuid:1', withheld: null, listed: true, copy: true, wanted: true, view: view(), ...change });
const look = (change: Partial<Look> = {}): Look => ({ rows: [row()], kept: [], copies: ['urn:uuid:1'], waiting: 0, undelivered: 0, busy: false, device: chain.device, key: new Device(seedOf(1)).key, ...change });
const truth = (change: Partial<Truth> = {}): Truth => ({ tasks: [task()], written: [], entries: [], ...change });
const story = (change: Partial<Story> = {}): Story => ({ acts: [], began: new Map([[TASK, 'in-progress']]), opened: new Map(), heads: new Map(), disturbed: new Set(), ...change });
const kindsOf = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('what is on the list', () => {
  it('is everything that is assigned, with its copy', () => {
    expect(judgeRows(truth(), look())).toEqual([]);
    expect(kindsOf(judgeRows(truth(), look({ rows: [], copies: [] })))).toEqual(['lost']);
    expect(kindsOf(judgeRows(truth(), look({ rows: [row({ copy: false })], copies: [] })))).toEqual(['lost']);
    expect(judgeRows(truth(), look({ rows: [row({ copy: false, wanted: false })], copies: [] }))).toEqual([]);
    expect(kindsOf(judgeRows(truth(), look({ rows: [row({ listed: false })] })))).toEqual(['lost']);
    expect(kindsOf(judgeRows(truth(), look({ rows: [row({ withheld: ['consent-missing'], view: null })] })))).toEqual(['lost']);
  });

  it('is nothing that was taken away', () => {
    const cancelled = truth({ tasks: [task({ status: 'cancelled', expected: 'nothing' })] });
    expect(judgeRows(cancelled, look({ rows: [], copies: [] }))).toEqual([]);
    expect(kindsOf(judgeRows(cancelled, look({ copies: [] })))).toEqual(['staleOpen']);
    expect(kindsOf(judgeRows(cancelled, look({ rows: [] })))).toEqual(['staleOpen']);
    expect(kindsOf(judgeRows(truth({ tasks: [] }), look({ copies: [] })))).toEqual(['staleOpen']);
  });

  it('says why something is withheld, and says what is so', () => {
    const stopped = truth({ tasks: [task({ expected: ['stopped', 'recording-status'] })] });
    const withheld = (change: Partial<Row>) => look({ rows: [row({ withheld: ['stopped'], copy: false, view: null, ...change })], copies: [] });
    expect(judgeRows(stopped, withheld({}))).toEqual([]);
    expect(kindsOf(judgeRows(stopped, withheld({ withheld: ['consent-missing'] })))).toEqual(['wrong']);
    expect(kindsOf(judgeRows(stopped, withheld({ listed: false })))).toEqual(['lost']);
    expect(kindsOf(judgeRows(stopped, withheld({ withheld: null })))).toEqual(['staleOpen']);
    expect(kindsOf(judgeRows(stopped, look({ rows: [], copies: [] })))).toEqual(['lost']);
  });
});

describe('what the person wrote', () => {
  const act = (what: Deed, change: Partial<Act> = {}): Act => ({ task: TASK, from: 0, until: 0, what, of: null, outcome: 'done', status: null, misled: false, ...change });
  const note = (text: string, change: Partial<Act> = {}) => act({ deed: 'note', text }, change);
  const edit = (text: string, of: string, change: Partial<Act> = {}) => act({ deed: 'edit', which: 0, text }, { of, ...change });
  const written = (type: Written['type'], texts: string[], change: Partial<Written> = {}): Written => ({ reference: `X/${type}`, identifier: `urn:uuid:${type}`, type, document: 'DocumentReference/r-1', status: 'in-progress', texts, ...change });
  const judged = (acts: Act[], at: Written[], more: Partial<Look> = {}, of: Partial<Story> = {}, its: Partial<TaskTruth> = {}) => kindsOf(judgeWork(truth({ written: at, tasks: [task(its)] }), look(more), story({ acts, ...of })));
  const noted = (text: string, state: 'here' | 'sent' | 'refused') => ({ id: 'n', kind: 'point' as const, from: 1, until: null, category: 'general' as const, text, madeAt: '', changedAt: '', state });
  const kept = (change: Partial<KeptWork>): KeptWork => ({ id: 'W', reference: 'W', at: '', conflict: null, notes: [], responses: [], forms: [], messages: [], drafts: [], waiting: 0, withheld: false, ...change });

  it('is at the practice once, as it was last', () => {
    expect(judged([note('a')], [written('notes', ['a'])])).toEqual([]);
    expect(judged([note('a')], [])).toEqual(['lost']);
    expect(judged([note('a')], [], { rows: [row({ view: view({ notes: [noted('a', 'sent')] }) })] })).toEqual(['lost']);
    expect(judged([note('a')], [], { rows: [row({ view: view({ notes: [noted('a', 'here')] }) })] })).toEqual(['lost']);
    expect(judged([note('a')], [written('notes', ['a', 'a'])])).toEqual(['duplicated']);
    expect(judged([note('a'), edit('b', 'a')], [written('notes', ['b'])])).toEqual([]);
    expect(judged([note('a'), edit('b', 'a')], [written('notes', ['a'])])).toEqual(['lost']);
    expect(judged([note('a'), edit('b', 'a')], [written('notes', ['a', 'b'])])).toEqual(['duplicated']);
    expect(judged([note('a'), act({ deed: 'remove', which: 0, text: '' }, { of: 'a' })], [written('notes', [])])).toEqual([]);
    expect(judged([note('a'), act({ deed: 'remove', which: 0, text: '' }, { of: 'a' })], [written('notes', ['a'])])).toEqual(['lost']);
  });

  it('may be either way when the computer stopped before it answered', () => {
    const unknown = { outcome: 'unknown' } as const;
    for (const at of [[], [written('notes', ['a'])]]) expect(judged([note('a', unknown)], at)).toEqual([]);
    for (const text of ['a', 'b']) expect(judged([note('a'), edit('b', 'a', unknown)], [written('notes', [text])])).toEqual([]);
    expect(judged([note('a'), edit('b', 'a', unknown)], [])).toEqual(['lost']);
    expect(judged([act({ deed: 'message', text: 'm' }, unknown)], [written('message', ['m'], { identifier: 'a' }), written('message', ['m'], { identifier: 'b' })])).toEqual(['duplicated']);
  });

  it('may be in either order when it was under way at once', () => {
    const first = { from: 1, until: 4 };
    for (const text of ['b', 'c']) expect(judged([note('a'), edit('b', 'a', first), edit('c', 'a', { from: 2, until: 5 })], [written('notes', [text])])).toEqual([]);
    expect(judged([note('a'), edit('b', 'a', first), edit('c', 'a', { from: 2, until: 5 })], [written('notes', ['a'])])).toEqual(['lost']);
    expect(judged([note('a'), edit('b', 'a', first), edit('c', 'a', { from: 4, until: 5 })], [written('notes', ['b'])])).toEqual(['lost']);
    // A message that is sent takes along what was being typed.
    expect(judged([act({ deed: 'message', text: 'm' }, first), act({ deed: 'draft', text: 'd' }, { from: 2, until: 3 })], [written('message', ['m'])])).toEqual([]);
    expect(judged([act({ deed: 'message', text: 'm' }, first), act({ deed: 'draft', text: 'd' }, { from: 5, until: 6 })], [written('message', ['m'])])).toEqual(['lost']);
  });

  it('is no matter when it was refused at once', () => {
    expect(judged([note('a', { outcome: 'refused' })], [])).toEqual([]);
  });

  it('is one resource, by its name and by what it is of', () => {
    expect(judged([note('a')], [written('notes', ['a']), written('notes', [], { reference: 'X/2', identifier: 'urn:uuid:2' })])).toEqual(['duplicated']);
    expect(judged([], [written('message', ['x']), written('message', ['y'], { reference: 'X/2' })])).toEqual(['duplicated']);
  });

  it('is kept here, and said, when the practice took the assignment away', () => {
    const gone = { rows: [], kept: [kept({ notes: [noted('a', 'refused')] })] };
    const of = { disturbed: new Set([TASK]) };
    const its = { status: 'cancelled', expected: 'nothing' } as const;
    expect(judged([note('a')], [], gone, of, its)).toEqual([]);
    expect(judged([note('a')], [], { rows: [] }, of, its)).toEqual(['lost']);
    expect(judged([note('a')], [], { rows: [row({ view: view({ notes: [noted('a', 'refused')] }) })] }, of)).toEqual([]);
    // Refused, and nobody had taken anything away.
    expect(judged([note('a')], [], { rows: [row({ view: view({ notes: [noted('a', 'refused')] }) })] })).toEqual(['lost']);
  });

  it('holds for messages, forms, names and drafts', () => {
    expect(judged([act({ deed: 'message', text: 'm' })], [written('message', ['m'])])).toEqual([]);
    expect(judged([act({ deed: 'message', text: 'm' })], [])).toEqual(['lost']);
    const form = (text: string, release: boolean) => act({ deed: 'form', text, release });
    expect(judged([form('f', false)], [written('form', ['f'])])).toEqual([]);
    expect(judged([form('f', false), form('g', true)], [written('form', ['g'], { status: 'completed' })])).toEqual([]);
    expect(judged([form('f', false), form('g', true)], [written('form', ['g'])])).toEqual(['lost']);
    expect(judged([form('f', false), form('g', false)], [written('form', ['f'])])).toEqual(['lost']);
    expect(judged([act({ deed: 'room', text: 'Ann' })], [written('notes', ['Ann'])])).toEqual([]);
    expect(judged([act({ deed: 'room', text: 'Ann' })], [])).toEqual(['lost']);
    const draft = act({ deed: 'draft', text: 'd' });
    const drafted = { rows: [row({ view: view({ drafts: { message: { text: 'd', from: null, until: null, category: 'general', changedAt: '' } } }) })] };
    expect(judged([draft], [], drafted)).toEqual([]);
    expect(judged([draft], [])).toEqual(['lost']);
    expect(judged([draft], [], { rows: [], kept: [kept({ drafts: ['d'] })] }, { disturbed: new Set([TASK]) })).toEqual([]);
    expect(judged([draft, act({ deed: 'message', text: 'm' })], [written('message', ['m'])])).toEqual([]);
  });

  it('stands where the person left it, or they are told', () => {
    const done = act({ deed: 'complete' }, { status: 'completed' });
    const completed = { rows: [row({ view: view({ status: 'completed' }) })] };
    expect(judged([done], [], completed, {}, { status: 'completed' })).toEqual([]);
    expect(judged([done], [], { rows: [row({ view: view({ status: 'completed', statusWork: 'here' }) })] }, {}, { status: 'in-progress' })).toEqual(['lost']);
    expect(judged([done], [], completed, {}, { status: 'in-progress' })).toEqual(['lost']);
    expect(judged([act({ deed: 'accept' }, { outcome: 'unknown' })], [], { rows: [row({ view: view({ status: 'accepted' }) })] }, { began: new Map([[TASK, 'requested']]) }, { status: 'accepted' })).toEqual([]);
    const of = { disturbed: new Set([TASK]) };
    expect(judged([done], [], { rows: [row({ view: view({ conflict: { kind: 'completed-elsewhere', at: '', who: null } }) })] }, of, { status: 'in-progress' })).toEqual([]);
    expect(judged([done], [], completed, of, { status: 'in-progress' })).toEqual(['lost']);
  });

  it('moves a review by what was done, and not by what was shown', () => {
    const began = { began: new Map([[TASK, 'requested']]) };
    const at = (from: number, status: string | null, misled = false) => ({ from, until: from + 1, status, misled });
    const written1 = [written('notes', ['a'])];
    // Shown as it had been: the note began it all the same.
    expect(judged([note('a', at(1, 'requested', true))], written1, {}, began)).toEqual([]);
    expect(judged([note('a', at(1, 'in-progress')), act({ deed: 'message', text: 'm' }, at(4, 'requested', true))], [...written1, written('message', ['m'])], {}, began)).toEqual([]);
    // Nobody had told the app what had been.
    expect(judged([note('a', at(1, 'requested'))], written1, {}, began)).toEqual(['wrong']);
    expect(judged([note('a', at(1, 'in-progress')), act({ deed: 'message', text: 'm' }, at(4, 'requested'))], [...written1, written('message', ['m'])], {}, began)).toEqual(['wrong']);
    expect(judged([note('a', at(1, 'in-progress'))], written1, { rows: [row({ view: view({ status: 'requested' }) })] }, began, { status: 'requested' })).toEqual(['lost']);
    // A form may be finished after the end.
    const form = act({ deed: 'form', text: 'f', release: false }, at(4, 'completed'));
    expect(judged([act({ deed: 'complete' }, at(1, 'completed')), form], [written('form', ['f'])], { rows: [row({ view: view({ status: 'completed' }) })] }, began, { status: 'completed' })).toEqual([]);
  });
});

describe('the record', () => {
  const device = new Device(seedOf(1)).write(4);
  const entries = device.reported().map((one): Entry => ({ ...one, event: 'opened', task: TASK }));
  const heads = new Map(entries.map(({ seq, hash }) => [seq, hash.toString('base64url')]));
  const judged = (given: readonly Entry[], of: Partial<Story> = {}) => kindsOf(judgeRecord(truth({ entries: [...given] }), look(), story({ heads, ...of })));

  it('is at the practice whole, and each entry once', () => {
    expect(judged(entries, { opened: new Map([[TASK, 4]]) })).toEqual([]);
    expect(judged(entries.toReversed())).toEqual([]);
    expect(judged(entries.filter(({ seq }) => seq !== 2))).toEqual(['lost']);
    expect(judged(entries.slice(0, 3))).toEqual(['lost']);
    expect(judged([...entries, { ...entries[1]!, reference: 'AuditEvent/again' }])).toEqual(['duplicated']);
  });

  it('is one chain, and the one that the app named', () => {
    expect(judged(entries.map((one) => (one.seq === 3 ? { ...one, body: Buffer.from('{}') } : one)))).toContain('lost');
    expect(judged(entries, { heads: new Map([[2, 'another']]) })).toEqual(['lost']);
    const other = new Device(seedOf(2)).write(4).reported().map((one): Entry => ({ ...one, event: 'opened', task: TASK }));
    expect(judged(other)).toContain('lost');
  });

  it('has every opening', () => {
    expect(judged(entries, { opened: new Map([[TASK, 5]]) })).toEqual(['lost']);
  });
});

describe('what could have told', () => {
  it('is a round that began after it was taken away', () => {
    const gone = new Withdrawals();
    const early = gone.now();
    gone.withdrawn('a', false);
    gone.round(early);
    expect(gone.told.has('a')).toBe(false);
    gone.round(gone.now());
    expect(gone.told.has('a')).toBe(true);
    gone.restored('a');
    expect(gone.told.has('a')).toBe(false);
  });

  it('is a question about one row only for what that asks', () => {
    const gone = new Withdrawals();
    gone.withdrawn('a', true);
    gone.withdrawn('b', false);
    const began = gone.now();
    for (const one of ['a', 'b']) gone.row(one, began);
    expect([...gone.told]).toEqual(['a']);
  });

  it('does not count once older answers were given', () => {
    const gone = new Withdrawals();
    gone.withdrawn('a', true);
    gone.round(gone.now());
    gone.misled();
    expect(gone.told.has('a')).toBe(false);
    gone.round(gone.now());
    expect(gone.told.has('a')).toBe(true);
  });
});

describe('all of it together', () => {
  it('finds nothing where nothing happened', () => {
    expect(judge(truth(), look(), story())).toEqual([]);
  });

  it.each([
    ['what is on the list', { tasks: [task({ status: 'cancelled', expected: 'nothing' })] }, {}, {}, 'is still on the list'],
    ['what was written', {}, {}, { acts: [{ task: TASK, from: 0, until: 0, what: { deed: 'message', text: 'm' }, of: null, outcome: 'done', status: null, misled: false }] }, 'message of'],
    ['the record', {}, {}, { opened: new Map([[TASK, 1]]) }, 'openings of'],
  ] as [string, Partial<Truth>, Partial<Look>, Partial<Story>, string][])('finds what is wrong with %s', (_what, is, shown, was, said) => {
    expect(judge(truth(is), look(shown), story(was)).map(({ what }) => what)).toContainEqual(expect.stringContaining(said));
  });
});
