/** Who is at the desk may change while the practice or the disk is answering: nothing of the one before reaches the next. */
import type { Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { Worklist } from '../../preload/contract.ts';
import { personCalled } from '../../../practice/people.ts';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { Vault } from '../vault/vault.ts';
import { Gate, holdNextCopy, SECRET, TestDesk, WINDOW } from './journeys.fixture.ts';
import { chooseVault, showUnlock } from './arrive.ts';
import { fetchCopy } from './fetchCopy.ts';
import { handlersFor } from './handlers.ts';
import { lock, signOut, switchUser, unlock } from './lock.ts';
import { Rhythm } from './rhythm.ts';
import type { SignIn } from './signIn.ts';
import { deliverWaiting } from './deliver.ts';
import { syncWorklist } from './sync.ts';
import { refreshRow } from './takeIn.ts';
import { openRecording } from './watch.ts';
import { buildWorklist, showWorklist } from './worklist.ts';

const practice = practiceForTests();
const nothing = () => undefined;
let at: TestDesk;
beforeEach(() => {
  at = new TestDesk(practice.get());
});
afterEach(() => {
  vi.restoreAllMocks();
  at.remove();
});

const locked = () => new Failure('locked', 'test');
const open = (task: string) => openRecording(at.desk, WINDOW, at.rowOf(task), nothing);

/** Ada is in, with a copy of task-01; the disk holds her next opening back. */
async function heldOpening(): Promise<{ gate: Gate; opening: Promise<unknown> }> {
  const vault = await at.enter('ada');
  await syncWorklist(at.desk);
  await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-01'))!, nothing);
  const gate = holdNextCopy(vault);
  const opening = open('task-01');
  opening.catch(nothing);
  await gate.reached;
  return { gate, opening };
}

describe('an opening', () => {
  it('of an assignment that was withdrawn meanwhile gives no grant, although another one has the same recording here', async () => {
    const vault = await at.enter('ada');
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', 'task-01');
    const other = await repo.update<Task>({ ...structuredClone(task), id: 'task-01b' });
    await syncWorklist(at.desk);
    const first = at.rowOf('task-01');
    const gate = at.hold(/Task\?_id=task-01&/);
    const opening = openRecording(at.desk, WINDOW, first, nothing);
    opening.catch(nothing);
    await gate.reached;
    await repo.update<Task>({ ...task, status: 'cancelled' });
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-01b'))!, nothing);
    at.broken = /Task\?_id=task-01&/;
    gate.open();
    await expect(opening).rejects.toMatchObject({ code: 'recording-withheld' });
    expect(at.desk.grants.ids).toEqual([]);
    at.broken = null;
    await repo.update(task);
    await repo.update<Task>({ ...other, status: 'cancelled' });
  });

  it('that a lock overtakes gives no grant', async () => {
    const { gate, opening } = await heldOpening();
    await lock(at.desk, locked());
    gate.open();
    await expect(opening).rejects.toMatchObject({ code: 'locked' });
    expect(at.desk.grants.ids).toEqual([]);
    expect(at.desk.watching.size).toBe(0);
  });

  it('that a lock and the next unlock overtake gives no grant', async () => {
    const { gate, opening } = await heldOpening();
    await lock(at.desk, locked());
    await unlock(at.desk, SECRET);
    gate.open();
    await expect(opening).rejects.toMatchObject({ code: 'locked' });
    expect(at.desk.grants.ids).toEqual([]);
  });

  it('that a withdrawal overtakes gives no grant', async () => {
    const { gate, opening } = await heldOpening();
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', 'task-01');
    await repo.update({ ...task, status: 'cancelled' });
    await syncWorklist(at.desk);
    gate.open();
    await expect(opening).rejects.toMatchObject({ code: 'recording-withheld' });
    expect(at.desk.grants.ids).toEqual([]);
    await repo.update(task);
  });

  it('that another overtakes leaves one recording on screen', async () => {
    const { gate, opening } = await heldOpening();
    const { grant } = await open('task-02');
    gate.open();
    await expect(opening).rejects.toMatchObject({ code: 'busy' });
    expect(at.desk.grants.ids).toEqual([grant]);
  });

  it('closes what it opened when the transcript cannot be recorded', async () => {
    const vault = await at.enter('ada');
    await syncWorklist(at.desk);
    await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-01'))!, nothing);
    let closed = 0;
    const original = vault.copies.open.bind(vault.copies);
    vi.spyOn(vault.copies, 'open').mockImplementationOnce(async (assured) => {
      const recording = await original(assured);
      vi.spyOn(recording, 'close').mockImplementation(async () => void (closed += 1));
      vi.spyOn(vault.ledger, 'append').mockImplementation(() => {
        throw new Error('disk');
      });
      return recording;
    });
    await expect(open('task-01')).rejects.toMatchObject({ code: 'audit-unwritable' });
    expect([closed, at.desk.grants.ids]).toEqual([1, []]);
  });
});

describe('another person', () => {
  const asBen = async () => {
    await switchUser(at.desk);
    return at.enter('ben');
  };
  const adasIn = (rows: { evidence: { task: { owner?: { reference?: string | undefined } | undefined } } }[]) =>
    rows.filter(({ evidence }) => evidence.task.owner?.reference !== 'Practitioner/gp-2');

  it('keeps nothing of a sync that the one before began', async () => {
    await at.enter('ada');
    const gate = at.hold(/Task\?owner/);
    const sync = syncWorklist(at.desk);
    sync.catch(nothing);
    await gate.reached;
    const ben = await asBen();
    ben.ledger.set('lease', 'his own');
    gate.open();
    await expect(sync).rejects.toMatchObject({ code: 'locked' });
    expect(ben.library.assignments()).toEqual([]);
    expect(ben.ledger.get('lease')).toBe('his own');
    expect(at.recorded()).not.toContain('withheld');
  });

  it('keeps nothing of a sync whose evidence came late', async () => {
    await at.enter('ada');
    const gate = at.hold(/Provenance\?target/);
    const sync = syncWorklist(at.desk);
    sync.catch(nothing);
    await gate.reached;
    const ben = await asBen();
    gate.open();
    await expect(sync).rejects.toMatchObject({ code: 'locked' });
    expect(adasIn(ben.library.assignments())).toEqual([]);
  });

  it('keeps nothing of a row that was read again, and nothing opens', async () => {
    const ada = await at.enter('ada');
    await syncWorklist(at.desk);
    const row = ada.library.assignment(at.rowOf('task-01'))!;
    for (const work of [() => refreshRow(at.desk, row), () => openRecording(at.desk, WINDOW, row.rowId, nothing)]) {
      if (at.desk.person?.practitioner !== 'gp-1') {
        await switchUser(at.desk);
        await at.enter('ada');
      }
      const gate = at.hold(/Task\?_id/);
      const reading = work();
      reading.catch(nothing);
      await gate.reached;
      const ben = await asBen();
      gate.open();
      await expect(reading).rejects.toMatchObject({ code: 'locked' });
      expect(ben.library.assignments()).toEqual([]);
      expect(at.recorded().filter((event) => event === 'denied' || event === 'withheld')).toEqual([]);
    }
  });

  it('is told nothing of the one before', async () => {
    await at.enter('ada');
    at.desk.foreignOffered = 3;
    await asBen();
    expect(at.desk.foreignOffered).toBe(0);
    expect((await buildWorklist(at.desk)).notYours).toBe(0);
  });
});

describe('a download', () => {
  it('that waited while its assignment was withdrawn is not begun', async () => {
    const vault = await at.enter('ada');
    await syncWorklist(at.desk);
    const [first, second] = ['task-01', 'task-02'].map((task) => vault.library.assignment(at.rowOf(task))!);
    const gate = at.hold(/\/Binary\//);
    const one = fetchCopy(at.desk, first!, nothing, 'opened');
    const two = fetchCopy(at.desk, second!, nothing);
    two.catch(nothing);
    await gate.reached;
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', 'task-02');
    await repo.update({ ...task, status: 'cancelled' });
    await syncWorklist(at.desk);
    gate.open();
    await one;
    await expect(two).rejects.toMatchObject({ code: 'recording-withheld' });
    expect(vault.library.sealedRecordings()).toEqual([first!.recording]);
    await repo.update(task);
  });
});

describe('a repaint of the worklist', () => {
  const painted = () => at.pushed.filter(({ name }) => name === 'worklist').map(({ value }) => (value as Worklist).ids);

  /** A repaint whose first signature takes its time. */
  async function heldRepaint(): Promise<{ gate: Gate; repaint: Promise<void> }> {
    const gate = new Gate();
    const honest = crypto.subtle.verify.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, 'verify').mockImplementationOnce(async (...signed) => {
      await gate.pass();
      return honest(...signed);
    });
    // Another site file: what is remembered does not hold.
    at.desk.site = { ...at.desk.site, largestRecordingBytes: at.desk.site.largestRecordingBytes - 1 };
    const repaint = showWorklist(at.desk);
    await gate.reached;
    return { gate, repaint };
  }

  it('that a newer one overtakes lists nobody who was withdrawn meanwhile', async () => {
    await at.enter('ada');
    await syncWorklist(at.desk);
    const id = at.rowOf('task-01');
    const { gate, repaint } = await heldRepaint();
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', 'task-01');
    await repo.update({ ...task, status: 'cancelled' });
    await syncWorklist(at.desk);
    const newer = showWorklist(at.desk);
    gate.open();
    await Promise.all([repaint, newer]);
    await repo.update(task);
    expect(painted().flat()).not.toContain(id);
    // What the sync paints itself, and the newer one.
    expect(painted()).toHaveLength(2);
  });

  it('is not put off for ever by a download that goes on', async () => {
    const vault = await at.enter('ada');
    await syncWorklist(at.desk);
    const { gate, repaint } = await heldRepaint();
    let asked = 0;
    await fetchCopy(at.desk, vault.library.assignment(at.rowOf('task-01'))!, () => void (asked += 1));
    gate.open();
    await repaint;
    // Queued, begun and ended; how far it is shows with what is painted anyway.
    expect(asked).toBe(3);
    expect(painted()).toHaveLength(1);
  });
});

describe('leaving', () => {
  it('locks although what was watched cannot be recorded', async () => {
    const vault = await at.enter('ada');
    await syncWorklist(at.desk);
    const { grant } = await open('task-01');
    at.desk.grants.find(grant, WINDOW)?.exposure.bytesDelivered();
    vi.spyOn(vault.ledger, 'append').mockImplementation(() => {
      throw new Error('disk');
    });
    await lock(at.desk, locked()).catch(nothing);
    expect(vault.unlocked).toBe(false);
    expect(at.desk.state.screen).toBe('unlock');
    expect(at.desk.grants.ids).toEqual([]);
  });

  describe('by signing out, while the practice takes its time', () => {
    /** Ada has signed out; the practice has yet to take what was recorded. */
    async function signedOut(): Promise<{ vault: Vault; row: string; revoke: MockInstance; finish: () => Promise<void> }> {
      const vault = await at.enter('ada');
      await syncWorklist(at.desk);
      const row = at.rowOf('task-01');
      const revoke = vi.spyOn(at.desk.session!.tokens, 'revoke');
      const gate = at.hold(/AuditEvent/);
      const leaving = signOut(at.desk);
      await gate.reached;
      const finish = async () => {
        gate.open();
        await leaving;
        await Vault.allLeft();
      };
      return { vault, row, revoke, finish };
    }

    it('closes the vault and leaves nothing of the room', async () => {
      const { vault, row, revoke, finish } = await signedOut();
      expect([vault.unlocked, at.desk.person, at.desk.session]).toEqual([false, null, null]);
      expect(at.desk.state).toMatchObject({ screen: 'sign-in', people: [{ vault: vault.id, name: personCalled('ada').name }] });
      await expect(openRecording(at.desk, WINDOW, row, nothing)).rejects.toMatchObject({ code: 'locked' });
      expect(revoke).not.toHaveBeenCalled();
      const before = practice.get().accessLog.length;
      await finish();
      expect(practice.get().accessLog.slice(before).filter(({ path }) => path.includes('AuditEvent')).length).toBeGreaterThan(0);
      expect(revoke).toHaveBeenCalledOnce();
      expect([at.desk.state.screen, at.desk.vault, at.desk.grants.ids]).toEqual(['sign-in', null, []]);
    });

    it('is back at the way in when a sign-in is begun and given up', async () => {
      const { finish } = await signedOut();
      const begun = { cancel: () => true } as unknown as SignIn;
      await handlersFor(at.desk, new Rhythm(at.desk), begun, async () => undefined).cancelSignIn(WINDOW);
      expect(at.desk.state.screen).toBe('sign-in');
      await finish();
    });

    it('lets somebody else in, and takes nothing from them', async () => {
      const { revoke, finish } = await signedOut();
      const ben = await at.enter('ben');
      const session = at.desk.session;
      await finish();
      expect(revoke).toHaveBeenCalledOnce();
      expect([at.desk.vault, at.desk.session, ben.unlocked, at.desk.state.screen]).toEqual([ben, session, true, 'room']);
      expect(ben.library.get('refreshToken')).toBe('refresh token of ben');
    });

    it('lets the same person come back, by their secret and without a session', async () => {
      const { vault: { id }, finish } = await signedOut();
      await chooseVault(at.desk, id);
      expect(at.desk.state).toMatchObject({ screen: 'unlock', person: { vault: id }, signedIn: false });
      await unlock(at.desk, SECRET);
      at.desk.showRoom();
      await finish();
      expect([at.desk.vault?.id, at.desk.vault?.unlocked, at.desk.state.screen]).toEqual([id, true, 'room']);
      expect(at.desk.vault?.library.get('refreshToken')).toBeNull();
      expect(at.desk.lease()?.expires).toBeLessThanOrEqual(at.desk.now());
    });
  });

  it('while a secret is being tried leaves nothing open', async () => {
    const vault = await at.enter('ada');
    await lock(at.desk, locked());
    await showUnlock(at.desk, null);
    const trying = unlock(at.desk, SECRET);
    trying.catch(nothing);
    await switchUser(at.desk);
    await expect(trying).rejects.toMatchObject({ code: 'locked' });
    expect(vault.unlocked).toBe(false);
  });
});

describe('a session', () => {
  it('that is renewed for one person never becomes the next one’s', async () => {
    const ada = await at.enter('ada');
    ada.library.set('refreshToken', 'token of ada');
    at.desk.session = null;
    const gate = at.hold(/token$/);
    at.answer = /token$/;
    const sync = new Rhythm(at.desk).sync();
    await gate.reached;
    await switchUser(at.desk);
    const ben = await at.enter('ben');
    const his = at.desk.session;
    gate.open();
    await sync;
    expect(at.desk.session).toBe(his);
    expect(ben.library.get('refreshToken')).toBe('refresh token of ben');
  });
});

describe('what is on screen while the practice is silent', () => {
  it.each<[string, () => void, string]>([
    ['ends with the lease', () => at.desk.vault!.ledger.set('lease', JSON.stringify({ issued: 0, expires: 1, floor: 0 })), 'lease-ended'],
    ['ends with its assignment', () => vi.spyOn(at.desk, 'now').mockReturnValue(Date.now() + 400 * 24 * 3600_000), 'recording-withheld'],
  ])('%s', async (_what, change, code) => {
    await at.enter('ada');
    await syncWorklist(at.desk);
    const { grant } = await open('task-01');
    practice.get().lies.down = true;
    const rhythm = new Rhythm(at.desk);
    await rhythm.pollWatched();
    expect(at.desk.grants.ids).toEqual([grant]);
    change();
    await rhythm.pollWatched();
    expect(at.desk.grants.ids).toEqual([]);
    expect(at.pushed.filter(({ name }) => name === 'revoked')).toEqual([{ name: 'revoked', value: { grant, problem: expect.objectContaining({ code }) as unknown } }]);
  });
});

describe('the vault', () => {
  it('opens nothing for a manager', async () => {
    await at.enter('dee');
    await syncWorklist(at.desk);
    const row = at.desk.vaultOrThrow().library.assignments()[0]!.rowId;
    at.desk.person = { ...at.desk.person!, role: { id: 'role-gp-4-manager', kind: 'manager', name: 'Practice manager' } };
    await expect(buildWorklist(at.desk)).rejects.toMatchObject({ code: 'locked' });
    await expect(openRecording(at.desk, WINDOW, row, nothing)).rejects.toMatchObject({ code: 'locked' });
  });

  it('shows no row while the site file is another', async () => {
    await at.enter('ada');
    await syncWorklist(at.desk);
    expect((await buildWorklist(at.desk)).rows).not.toEqual([]);
    at.desk.site = { ...at.desk.site, assurance: 'unsigned-permitted' };
    expect((await buildWorklist(at.desk)).rows).toEqual([]);
    await expect(open('task-01')).rejects.toMatchObject({ code: 'site-file-changed' });
  });
});

describe('delivery', () => {
  it('sends each entry once when it is asked for twice', async () => {
    await at.enter('ada');
    at.desk.journal!.write({ event: 'foreign-offered', count: 1 });
    at.desk.journal!.write({ event: 'foreign-offered', count: 2 });
    const before = practice.get().accessLog.length;
    const waiting = at.desk.vault!.ledger.undelivered();
    expect(waiting).toBeGreaterThanOrEqual(2);
    await Promise.all([deliverWaiting(at.desk), deliverWaiting(at.desk)]);
    const sent = practice.get().accessLog.slice(before).filter(({ path }) => path.includes('AuditEvent'));
    expect([at.desk.vault!.ledger.undelivered(), sent.length]).toEqual([0, waiting]);
  });
});
