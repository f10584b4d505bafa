import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from './oracle.ts';
import { emptiness, none, verdictOf, type Outcome, type Ran } from './verdict.ts';
import { inWorker } from './workers.ts';

const ran = (change: Partial<Ran> = {}): Ran => ({ seed: 's', findings: [], injected: Object.fromEntries(Object.keys(none()).map((fault) => [fault, 1])) as Ran['injected'], sequence: [], done: 2, arriving: 1, ms: 1, ...change });
const lost: Finding = { kind: 'lost', what: 'a note' };
const PLANT = 'misses an assignment';
const control = (planted: boolean, findings: Finding[]): Outcome => ({ ran: ran({ findings }), control: { plant: PLANT, planted } });
const planned = (change: Partial<Ran> = {}): Outcome => ({ ran: ran(change), control: null });

describe('runs in which nothing could be found', () => {
  it('are those in which next to nothing succeeded', () => {
    expect(emptiness([ran(), ran({ done: 3 })])).toEqual([]);
    expect(emptiness([ran(), ran({ done: 1 })])).toEqual(['3 acts and openings succeeded in 2 runs, and 4 should']);
    expect(emptiness([])).toEqual(['nothing was run']);
    expect(emptiness([ran({ done: 0 })])).toEqual([]);
    expect(verdictOf([planned({ done: 0 }), planned({ done: 0 })], [])).toMatchObject({ passed: 2, failed: 1 });
  });

  it('are those without a fault of each kind, where they are many', () => {
    const without = (count: number) => Array.from({ length: count }, () => ran({ injected: { ...none(), kill: 1 } }));
    expect(emptiness(without(99))).toEqual([]);
    expect(emptiness(Array.from({ length: 100 }, () => ran({ arriving: 0 })))).toEqual(['nothing was watched while it came']);
    expect(emptiness(without(100))).toEqual(Object.keys(none()).filter((fault) => fault !== 'kill').map((fault) => `never injected: ${fault}`));
  });
});

describe('a planted defect', () => {
  it('counts as found where nothing is found without it', () => {
    expect(verdictOf([planned(), control(true, [lost]), control(false, [])], [PLANT])).toMatchObject({ found: [PLANT], passed: 2, failed: 0 });
    for (const outcomes of [
      [control(true, [lost]), control(false, [lost])], [control(true, [lost])], [control(false, [])], [control(true, [{ kind: 'wrong', what: '' }]), control(false, [])], [control(true, []), control(false, [])],
    ] satisfies Outcome[][]) expect(verdictOf([planned(), ...outcomes], [PLANT])).toMatchObject({ found: [], passed: 1, failed: 1 });
  });
});

it('a run with findings fails, and its controls are not counted as runs', () => {
  expect(verdictOf([planned(), planned({ findings: [lost] }), control(true, [lost]), control(false, [])], [PLANT])).toMatchObject({ passed: 2, failed: 1 });
});

describe('a worker', () => {
  const work = async (script: string): Promise<Outcome[]> => {
    const folder = mkdtempSync(join(tmpdir(), 'chaos-worker-'));
    const heard: Outcome[] = [];
    try {
      writeFileSync(join(folder, 'worker.mjs'), `process.once('message', () => { const send = (one) => new Promise((sent) => process.send(one, sent)); const ran = (seed) => ({ ran: { seed, findings: [] }, control: null }); ${script} });`);
      await inWorker(join(folder, 'worker.mjs'), { folder, runs: ['a', 'b', 'c'].map((seed) => ({ seed, control: null })), until: Infinity }, (outcome) => heard.push(outcome));
    } finally {
      rmSync(folder, { recursive: true });
    }
    return heard;
  };
  const told = (outcomes: readonly Outcome[]) => outcomes.map(({ ran: { seed, findings } }) => [seed, ...findings.map(({ kind, what }) => `${kind}: ${what}`)]);

  it('that dies leaves what it had, and a finding of what was under way', async () => {
    expect(told(await work(`send(ran('a')).then(() => process.exit(3));`))).toEqual([['a'], ['b', 'stuck: a worker ended with code 3']]);
    expect(told(await work(`process.kill(process.pid, 'SIGKILL');`))).toEqual([['a', 'stuck: a worker ended with SIGKILL']]);
    expect(told(await work(`send(ran('a')).then(() => send({ broken: 'no practice' })).then(() => process.exit());`))).toEqual([['a'], ['b', 'stuck: no practice']]);
  });

  it('that is done says so', async () => {
    expect(told(await work(`send(ran('a')).then(() => send({ done: true })).then(() => process.exit());`))).toEqual([['a']]);
  });
});
