/** What is remembered is exactly what would be decided afresh, whatever changed in between; and it is remembered. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as assurance from '../assurance/assess.ts';
import { digest, NHS, NOW, signed } from '../assurance/assurance.fixture.ts';
import { stopKey } from '../assurance/stops.ts';
import { EVERYTHING, URI } from '../fhir/systems.ts';
import type { Evidence } from '../service/offered.ts';
import { siteBinding } from '../site.ts';
import { BusyDesk, taskOf, urnOf } from './busyDesk.fixture.ts';
import { buildWorklist, decide, rowsNow, showWorklist } from './worklist.ts';

vi.mock('../assurance/assess.ts', async (original) => {
  const actual = await original<typeof assurance>();
  return { ...actual, assess: vi.fn(actual.assess) };
});
const ROWS = 6;
const HOUR = 3600_000;

let at: BusyDesk;
beforeAll(async () => {
  at = await new BusyDesk().open();
  await at.fill(0, ROWS);
});
afterAll(() => at.remove());
beforeEach(() => {
  vi.mocked(assurance.assess).mockClear();
});

const vault = () => at.desk.vaultOrThrow();

/** By row: its content, or the reasons against it. */
async function remembered(): Promise<Map<string, unknown>> {
  const { rows, withheld } = await buildWorklist(at.desk);
  return new Map<string, unknown>([
    ...rows.map(({ id, title, patient, due, progress, review, purpose, offline, sensitive, consultedAt }) => [id, { title, patient, due, progress, review, purpose, offline, sensitive, consultedAt }] as const),
    ...withheld.map(({ id, since, reasons }) => [id, { since, reasons: reasons.map(({ code }) => code) }] as const),
  ]);
}

async function fresh(): Promise<Map<string, unknown>> {
  const all = new Map<string, unknown>();
  for (const row of vault().library.assignments()) {
    const decision = await decide(at.desk, row);
    if (!decision.ok) all.set(row.rowId, { since: row.withheldSince ?? new Date(at.desk.now()).toISOString(), reasons: decision.reasons });
    else {
      const { title, patient, due, progress, review, purpose, offline, sensitive, startedAt } = decision.assured;
      all.set(row.rowId, { title, patient, due, progress, review, purpose, offline, sensitive, consultedAt: startedAt });
    }
  }
  return all;
}

async function change(n: number, how: (evidence: Evidence) => unknown): Promise<void> {
  const row = vault().library.assignmentOf(`Task/${taskOf(n)}`);
  const evidence = row?.evidence ?? await at.evidence(n);
  await how(evidence);
  await at.take([evidence]);
}

/** A manifest as the recorder of the call signs it, after `how`. */
async function resign(n: number, how: (manifest: Record<string, unknown>) => void): Promise<void> {
  await change(n, async (evidence) => {
    const manifest = JSON.parse(Buffer.from(evidence.manifests[0]?.bytes ?? '', 'base64').toString()) as Record<string, unknown>;
    how(manifest);
    evidence.manifests = [await signed(manifest, at.scene.signers.recorder)];
  });
}

/** So many minutes after the call began. */
const startOf = (n: number, minutes: number) => new Date(Date.parse('2024-01-01T09:03:00Z') + n * HOUR + minutes * 60_000).toISOString();
const patientKey = (n: number) => stopKey({ system: NHS, value: `999${String(n).padStart(7, '0')}` });
const recordingKey = (n: number) => stopKey({ system: URI, value: urnOf(n) });

let order = NOW;
/** Moments of stops and lifts, in the order in which they are made. */
const later = () => {
  order += 1;
  return order;
};
const lift = (identifiers: string[]) => {
  const moment = later();
  vault().ledger.keepStops([], identifiers.map((identifier) => ({ identifier, at: moment })));
};

/** [what, which row, a number between 0 and 9] */
const steps: Record<string, (n: number, k: number) => unknown> = {
  status: (n, k) => change(n, ({ task }) => Object.assign(task, { status: ['requested', 'in-progress', 'completed', 'cancelled'][k % 4] })),
  period: (n, k) => change(n, ({ task }) => Object.assign(task, { restriction: { period: k === 9 ? {} : { start: ['2026-11-15', '2026-11'][k % 2], end: k % 3 === 0 ? '2026-11-22' : new Date(NOW + k * 9 * HOUR).toISOString() } } })),
  modified: (n, k) => change(n, ({ task }) => Object.assign(task, { lastModified: new Date(NOW - k * 20 * HOUR).toISOString() })),
  consent: (n, k) => change(n, ({ consents: [consent] }) => Object.assign(consent?.provision ?? {}, { period: { start: '2026-11-10', end: new Date(NOW + (k - 2) * 15 * HOUR).toISOString() } })),
  refusal: (n, k) => change(n, ({ consents }) => consents.push({ ...structuredClone(consents[0]!), id: `no-${k}`, provision: { type: 'deny', period: { start: new Date(NOW + (k - 3) * 8 * HOUR).toISOString(), end: new Date(NOW + k * 8 * HOUR).toISOString() } } })),
  owner: (n, k) => change(n, ({ task }) => Object.assign(task, { owner: { reference: `Practitioner/gp-${1 + (k % 2)}` } })),
  peer: (n, k) => change(n, async (evidence) => {
    evidence.assignments = [await signed({ ...at.scene.assignment, task: taskOf(n), recording: urnOf(n), owner: '555000000001', patient: { identifiers: [{ system: NHS, value: `999${String(n).padStart(7, '0')}` }], birthDate: evidence.patients[0]?.birthDate, family: evidence.patients[0]?.name?.[0]?.family }, period: { start: new Date(NOW - HOUR * k).toISOString(), end: new Date(NOW + k * 7 * HOUR).toISOString() } }, at.scene.signers.manager)];
  }),
  colleagues: (n, k) => resign(n, (manifest) => Object.assign(manifest, { clinicians: [`55500000000${1 + (k % 2)}`], joined: [{ role: 'clinician', id: `55500000000${1 + (k % 2)}`, at: manifest.startedAt }] })),
  anew: (n) => change(n, async (evidence) => Object.assign(evidence, await at.evidence(n))),
  revision: (n, k) => resign(n, (manifest) => Object.assign(manifest, { revision: k })),
  media: (n, k) => resign(n, (manifest) => Object.assign(manifest, { revision: Number(manifest.revision) + 1, media: { ...manifest.media as object, sha256: digest(['X', 'Y', 'Z'][k % 3] ?? '') } })),
  times: (n, k) => resign(n, (manifest) => Object.assign(manifest, { revision: Number(manifest.revision) + 1, startedAt: startOf(n, k % 2), endedAt: startOf(n, 5 + 20 * k) })),
  stop: (n, k) => vault().ledger.keepStops([{ identifier: [patientKey(n), recordingKey(n), stopKey(EVERYTHING)][k === 9 ? 2 : k % 2] ?? '', at: later() }], []),
  lift: (n) => lift([patientKey(n), recordingKey(n), stopKey(EVERYTHING)]),
  wrong: (n, k) => vault().ledger.keepWrongPatient(urnOf(n), k % 5),
  seen: (n, k) => vault().ledger.saw([{ recording: urnOf(n), revision: k % 5, sha256: digest('S') }]),
  refused: (n, k) => {
    const row = vault().library.assignmentOf(`Task/${taskOf(n)}`);
    if (row) vault().library.saveAssignment({ ...row, mediaRefused: k % 2 === 0 ? null : digest('R') });
  },
  since: (n, k) => vault().library.setWithheldSince(`Task/${taskOf(n)}`, k % 2 === 0 ? null : '2026-11-19T08:00:00.000Z'),
  received: (n, k) => vault().library.received(urnOf(n), digest(['X', 'Y', 'Z'][k % 3] ?? '')),
  remove: (n) => vault().library.removeAssignment(`Task/${taskOf(n)}`),
  clock: (_, k) => {
    at.now += [1, 0.25, HOUR, 7 * HOUR, 26 * HOUR][k % 5] ?? 0;
  },
  // To the very moment at which something begins or ends, or just beside it.
  edge: (n, k) => {
    const { task, consents } = vault().library.assignmentOf(`Task/${taskOf(n)}`)?.evidence ?? {};
    const moments = [task?.restriction?.period?.end, task?.lastModified, consents?.at(-1)?.provision?.period?.end, consents?.[0]?.provision?.period?.end].map((time) => Date.parse(time ?? ''));
    const moment = (moments[k % 4] ?? NaN) + (k % 4 === 1 ? at.desk.site.completedVisibleDays * 24 * HOUR : 0);
    if (moment > at.now) at.now = moment + [0, 1, -1, 0.25][n % 4]!;
  },
  days: (_, k) => {
    at.desk.site = { ...at.desk.site, completedVisibleDays: k };
  },
  keys: (_, k) => {
    at.desk.site = { ...at.scene.site, manifestKeys: k % 3 === 0 ? [] : at.scene.site.manifestKeys };
    vault().ledger.set('binding', k === 8 ? 'another' : siteBinding(at.desk.site));
  },
  role: (_, k) => vault().ledger.set('roleEnded', k % 4 === 0 ? '{}' : null),
  rolledBack: (_, k) => vault().ledger.set('rolledBack', k % 4 === 0 ? '{}' : null),
};

describe('the list that is remembered', () => {
  it('is the one that would be decided afresh, after any changes', async () => {
    const step = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.integer({ min: 0, max: ROWS - 1 }), fc.integer({ min: 0, max: 9 }));
    const met = new Set<string>();
    let base = 0;
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 25 }), async (taken) => {
      // Each run has rows of its own, because some of what is kept is kept for good; the clock is where it was.
      for (let n = base; n < base + ROWS; n += 1) vault().library.removeAssignment(`Task/${taskOf(n)}`);
      base += 10;
      lift([stopKey(EVERYTHING)]);
      at.now = NOW;
      at.desk.site = at.scene.site;
      for (const [name, value] of [['binding', siteBinding(at.desk.site)], ['roleEnded', null], ['rolledBack', null]] as const) vault().ledger.set(name, value);
      await at.fill(base, base + ROWS);
      expect(await remembered()).toEqual(await fresh());
      for (const [what, n, k] of taken) {
        await steps[what]?.(base + n, k);
        const now = await fresh();
        expect(await remembered(), JSON.stringify([what, n, k])).toEqual(now);
        for (const one of now.values()) for (const code of (one as { reasons?: string[] }).reasons ?? ['passed']) met.add(code);
      }
    }), { numRuns: 30, endOnFailure: true, examples: [
      [[['media', 0, 0], ['media', 1, 0], ['times', 3, 9], ['anew', 0, 0], ['anew', 3, 0]]],
      // Once each of what chance may leave out.
      [[['wrong', 0, 4], ['owner', 1, 1], ['status', 2, 3], ['stop', 3, 0], ['keys', 0, 8], ['keys', 0, 1], ['role', 0, 0], ['role', 0, 1], ['rolledBack', 0, 0], ['rolledBack', 0, 1]]],
      [[['revision', 0, 0], ['consent', 1, 0], ['period', 2, 9], ['clock', 0, 4]]],
    ] });
    // Otherwise it would be a test of lists on which nothing happens.
    for (const code of ['passed', 'stopped', 'wrong-patient', 'outside-period', 'consent-missing', 'task-status', 'manifest-older', 'media-under-two', 'recordings-overlap', 'not-owner', 'site-changed', 'role-ended', 'rolled-back']) expect([...met]).toContain(code);
  }, 240_000);
});

describe('what is not concerned', () => {
  const decided = () => vi.mocked(assurance.assess).mock.calls.map(([{ task }]) => task.id).sort();
  beforeAll(async () => {
    at.remove();
    at = await new BusyDesk().open();
    await at.fill(0, ROWS);
    await buildWorklist(at.desk);
  });

  it('is not decided again', async () => {
    await buildWorklist(at.desk);
    at.now += 60_000;
    await showWorklist(at.desk);
    expect(decided()).toEqual([]);
    await change(2, ({ task }) => Object.assign(task, { status: 'in-progress' }));
    vault().ledger.keepStops([{ identifier: recordingKey(4), at: at.now }], []);
    await buildWorklist(at.desk);
    expect(decided()).toEqual([taskOf(2), taskOf(4)]);
    // The same once more changes nothing.
    await change(2, () => undefined);
    await buildWorklist(at.desk);
    expect(decided()).toHaveLength(2);
  });

  it('is decided again when a claim of another may concern it', async () => {
    await resign(0, (manifest) => Object.assign(manifest, { revision: 9, endedAt: '2024-01-01T11:06:00Z' }));
    vi.mocked(assurance.assess).mockClear();
    await buildWorklist(at.desk);
    expect(decided()).toEqual([taskOf(0), taskOf(1), taskOf(2)]);
    expect((await buildWorklist(at.desk)).withheld.flatMap(({ id, reasons }) => (reasons.some(({ code }) => code === 'recordings-overlap') ? [id] : []))).toEqual(expect.arrayContaining([`row-${taskOf(1)}`, `row-${taskOf(2)}`]));
  });

  it('is decided once for all who ask at the same time, and what is asked for alone is decided alone', async () => {
    at.desk.site = { ...at.desk.site };
    at.desk.site.completedVisibleDays += 1;
    vault().ledger.set('binding', siteBinding(at.desk.site));
    await Promise.all([buildWorklist(at.desk), showWorklist(at.desk), rowsNow(at.desk, [`row-${taskOf(5)}`])]);
    expect(decided()).toEqual(Array.from({ length: ROWS }, (_, n) => taskOf(n)));
    vi.mocked(assurance.assess).mockClear();
    at.desk.site = { ...at.desk.site, completedVisibleDays: at.desk.site.completedVisibleDays + 1 };
    vault().ledger.set('binding', siteBinding(at.desk.site));
    expect((await rowsNow(at.desk, [`row-${taskOf(5)}`])).map(({ id }) => id)).toEqual([`row-${taskOf(5)}`]);
    expect(decided()).toEqual([taskOf(5)]);
  });

  it('is not shown as it was decided before something came of it meanwhile', async () => {
    await change(5, ({ task }) => Object.assign(task, { status: 'accepted' }));
    const { library } = vault();
    const read = library.assignmentOf.bind(library);
    vi.spyOn(library, 'assignmentOf').mockImplementationOnce((task) => {
      const row = read(task)!;
      // While its signatures are looked at.
      queueMicrotask(() => library.saveAssignment({ ...row, evidence: { ...row.evidence, task: { ...row.evidence.task, status: 'cancelled' } } }));
      return row;
    });
    const asking = rowsNow(at.desk, [`row-${taskOf(5)}`]);
    expect(await asking).toEqual([]);
    expect(await rowsNow(at.desk, [`row-${taskOf(5)}`])).toEqual([]);
  });
});
