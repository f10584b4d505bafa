/** Recordings that cannot all be right, as a wrong practice offers them: what is told at one moment is held against what was told before and beside it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentReference, Provenance } from '@medplum/fhirtypes';
import { siteBinding } from '../site.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import type { RecordingInfo } from '../../../practice/index.ts';
import { fetchCopy } from './fetchCopy.ts';
import { TestDesk, WINDOW } from './journeys.fixture.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow } from './takeIn.ts';
import { openRecording } from './watch.ts';
import { buildWorklist } from './worklist.ts';

const practice = practiceForTests();
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const nothing = () => undefined;
let at: TestDesk;
beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
});
afterEach(() => at.remove());

const add = (title: string, more = {}) => practice.get().repo.addRecording({ owner: 'ada', title, media: Buffer.from(`bytes of ${title}`), ...more });
const rowOf = ({ taskIds: [task = ''] }: RecordingInfo) => at.desk.vaultOrThrow().library.assignment(at.rowOf(task))!;
/** Reason codes of a row, or `shown`. */
async function standing(recording: RecordingInfo): Promise<string[] | 'shown'> {
  const { rowId } = rowOf(recording);
  const { rows, withheld } = await buildWorklist(at.desk);
  if (rows.some(({ id }) => id === rowId)) return 'shown';
  return withheld.find(({ id }) => id === rowId)?.reasons.map((reason) => reason.code) ?? [];
}
const sealed = ({ masterIdentifier }: RecordingInfo) => at.desk.vaultOrThrow().copies.stored(masterIdentifier) !== null;

describe('two recordings of one clinician at one time', () => {
  it('are both withheld, also the one whose copy was here before, and both come back when one is put right', async () => {
    const honest = await add('honest');
    const first = await add('first of two');
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, rowOf(first), nothing);
    expect(sealed(first)).toBe(true);
    const { startedAt } = practice.get().repo.manifest(first.id);
    const second = await add('second of two', { startedAt: new Date(Date.parse(startedAt) + 20_000) });
    await syncWorklist(at.desk);
    expect([await standing(first), await standing(second), await standing(honest)]).toEqual([['recordings-overlap'], ['recordings-overlap'], 'shown']);
    expect(sealed(first)).toBe(false);
    await expect(openRecording(at.desk, WINDOW, rowOf(first).rowId, nothing)).rejects.toThrow(code('recording-withheld'));
    await expect(fetchCopy(at.desk, rowOf(second), nothing)).rejects.toThrow(code('recording-withheld'));

    const task = await practice.get().repo.read('Task', second.taskIds[0]!);
    await practice.get().repo.update({ ...task, status: 'cancelled' } as typeof task);
    await syncWorklist(at.desk);
    expect(await standing(first)).toBe('shown');
  });
});

describe('one file under two recordings', () => {
  it('is shown under neither', async () => {
    const bytes = Buffer.from('the same bytes');
    const [one, other] = [await add('one', { media: bytes }), await add('other', { media: bytes })];
    await syncWorklist(at.desk);
    expect([await standing(one), await standing(other)]).toEqual([['media-under-two'], ['media-under-two']]);
  });
});

describe('one file under two recordings, at a practice that says nothing of its digest', () => {
  it('is noticed when the second comes: no copy of it is made, and the first is withheld too', async () => {
    Object.assign(at.desk, { site: { ...at.desk.site, assurance: 'unsigned-permitted' } });
    at.desk.vault?.ledger.set('binding', siteBinding(at.desk.site));
    const bytes = Buffer.from('bytes that nobody named');
    const { repo } = practice.get();
    const [one, other] = [await add('one', { media: bytes }), await add('other', { media: bytes })];
    for (const { id } of [one, other]) {
      const document = await repo.read<DocumentReference>('DocumentReference', id);
      delete document.content[0]!.attachment.extension;
      await repo.update(document);
      // Nobody signed anything about it.
      const signed = await repo.read<Provenance>('Provenance', id.replace('rec-', 'prov-'));
      await repo.update({ ...signed, target: [{ reference: 'DocumentReference/none' }] });
    }
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, rowOf(one), nothing);
    expect([await standing(one), await standing(other), sealed(one)]).toEqual(['shown', 'shown', true]);
    await expect(fetchCopy(at.desk, rowOf(other), nothing)).rejects.toThrow(code('recording-withheld'));
    expect([await standing(one), await standing(other), sealed(other)]).toEqual([['media-under-two'], ['media-under-two'], false]);
    await syncWorklist(at.desk);
    expect([await standing(one), await standing(other), sealed(one)]).toEqual([['media-under-two'], ['media-under-two'], false]);
  });
});

describe('a newer manifest that withdrew a recording', () => {
  it('cannot be followed by the older one, nor by another of its revision, not even after a purge', async () => {
    const recording = await add('re-signed');
    const { repo } = practice.get();
    const before = repo.manifest(recording.id);
    await syncWorklist(at.desk);
    expect(await standing(recording)).toBe('shown');
    // It was somebody else's call, says the recorder.
    await repo.signManifest(recording.id, (manifest) => {
      manifest.revision = 5;
      manifest.clinicians = ['555000000002'];
      for (const joined of manifest.joined) if (joined.role === 'clinician') joined.id = '555000000002';
    });
    await syncWorklist(at.desk);
    expect(await standing(recording)).toEqual(['not-mine']);
    const back = (revision: number) => repo.signManifest(recording.id, (manifest) => Object.assign(manifest, { ...before, revision }));
    await back(4);
    await syncWorklist(at.desk);
    expect(await standing(recording)).toEqual(['manifest-older']);
    const vault = at.desk.vaultOrThrow();
    vault.destroyContent();
    await vault.setSecret('593026', { kind: 'pin', minLength: 6 });
    await back(5);
    await syncWorklist(at.desk);
    expect(await standing(recording)).toEqual(['manifest-contradicts']);
    await back(6);
    await syncWorklist(at.desk);
    expect(await standing(recording)).toBe('shown');
    expect(await refreshRow(at.desk, rowOf(recording))).not.toBeNull();
  });
});

describe('a statement that cannot be read just now', () => {
  const manifestOf = ({ id }: RecordingInfo) => new RegExp(`/Binary/manifest-${id.replace('rec-', '')}$`);

  it('keeps its own recording away, and no other; what is here already stays', async () => {
    const here = await add('is here');
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, rowOf(here), nothing);
    const fresh = await add('is new');
    const other = await add('is new too');
    at.broken = manifestOf(fresh);
    await expect(syncWorklist(at.desk)).rejects.toMatchObject({ code: 'practice-error' });
    expect(await standing(other)).toBe('shown');
    expect(() => rowOf(fresh)).toThrow('no row');
    at.broken = manifestOf(here);
    await syncWorklist(at.desk);
    expect([await standing(here), await standing(fresh), sealed(here)]).toEqual(['shown', 'shown', true]);
    // What can be read of it counts all the same.
    const task = await practice.get().repo.read('Task', here.taskIds[0]!);
    await practice.get().repo.update({ ...task, status: 'cancelled' } as typeof task);
    await syncWorklist(at.desk);
    expect(() => rowOf(here)).toThrow('no row');
  });

  it('of a transcript leaves its captions as they were known', async () => {
    const spoken = await add('spoken', { transcript: 'WEBVTT\n\n00:00:00.000 --> 00:00:08.000\n<v Doctor>words\n' });
    await syncWorklist(at.desk);
    const before = rowOf(spoken).evidence.transcript;
    expect(before?.statements.length).toBeGreaterThan(0);
    at.broken = new RegExp(`/Binary/statement-${spoken.id.replace('rec-', '')}$`);
    await syncWorklist(at.desk);
    expect(rowOf(spoken).evidence.transcript).toEqual(before);
  });

  it('is a practice that does not answer, when there are several in a row', async () => {
    at.broken = /\/Binary\/manifest-/;
    await expect(syncWorklist(at.desk)).rejects.toThrow(code('practice-unreachable'));
  });

  it('is none when it is far too large', async () => {
    const huge = await add('huge');
    await practice.get().repo.signManifest(huge.id, () => undefined, { bytes: Buffer.alloc(1_100_000, 32) });
    await syncWorklist(at.desk);
    expect(await standing(huge)).toEqual(['manifest-missing']);
  });
});

describe('answers that overtake each other', () => {
  it('do not bring back what a later one withdrew: a sync that was under way leaves it gone', async () => {
    const recording = await add('withdrawn meanwhile');
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, rowOf(recording), nothing);
    const row = rowOf(recording);
    // The sync has read the Task and waits for a statement, while the assignment ends and its row is asked about.
    const gate = at.hold(/\/Binary\/manifest-/);
    const sync = syncWorklist(at.desk);
    await gate.reached;
    const task = await practice.get().repo.read('Task', recording.taskIds[0]!);
    await practice.get().repo.update({ ...task, owner: { reference: 'Practitioner/gp-2' } } as typeof task);
    expect(await refreshRow(at.desk, row)).toBeNull();
    gate.open();
    await sync;
    expect(() => rowOf(recording)).toThrow('no row');
    expect(sealed(recording)).toBe(false);
  });

  it('do not bring back what a sync withheld: a row that was being asked about is asked about again', async () => {
    const recording = await add('in error meanwhile');
    await syncWorklist(at.desk);
    const row = rowOf(recording);
    const gate = at.hold(/\/Consent\?/);
    const refreshed = refreshRow(at.desk, row);
    await gate.reached;
    const document = await practice.get().repo.read<DocumentReference>('DocumentReference', recording.id);
    await practice.get().repo.update<DocumentReference>({ ...document, status: 'entered-in-error' });
    await syncWorklist(at.desk);
    expect(await standing(recording)).toEqual(['recording-status']);
    gate.open();
    await refreshed;
    expect(await standing(recording)).toEqual(['recording-status']);
  });

  it('of statements that cannot be read leave everything else of the answer standing', async () => {
    const recording = await add('unread, and in error');
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, rowOf(recording), nothing);
    const document = await practice.get().repo.read<DocumentReference>('DocumentReference', recording.id);
    await practice.get().repo.update<DocumentReference>({ ...document, status: 'entered-in-error' });
    at.broken = new RegExp(`/Binary/manifest-${recording.id.replace('rec-', '')}$`);
    await syncWorklist(at.desk);
    expect([await standing(recording), sealed(recording)]).toEqual([['recording-status'], false]);
  });
});
