import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { Failure } from '../platform/failure.ts';
import { PracticeHttp } from '../service/http.ts';
import { enterManager } from './console/console.fixture.ts';
import { consoleOf } from './console/console.ts';
import { Gate, TestDesk, SECRET, WINDOW } from './journeys.fixture.ts';
import { lock, switchUser, unlock } from './lock.ts';
import { showUnlock } from './arrive.ts';
import { Rhythm } from './rhythm.ts';
import { confirmRole } from './role.ts';
import { syncWorklist } from './sync.ts';
import { openRecording } from './watch.ts';
import { buildWorklist } from './worklist.ts';

const practice = practiceForTests();
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
let at: TestDesk;
const before: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const putBack of before.splice(0)) await putBack();
  at.remove();
});

async function change<T extends Practitioner | PractitionerRole>(type: T['resourceType'], id: string, changed: Partial<T>): Promise<void> {
  const resource = await practice.get().repo.read<T>(type, id);
  const asItWas = structuredClone(resource);
  before.push(() => practice.get().repo.update(asItWas));
  await practice.get().repo.update({ ...resource, ...changed });
}

async function withCopy(): Promise<void> {
  await at.withCopy('task-01');
  expect(at.desk.vaultOrThrow().copies.counts().recordings).toBe(1);
}

describe('the role of a session', () => {
  it('goes on while the practice says so', async () => {
    await expect(confirmRole(at.desk)).resolves.toBeUndefined();
    expect(at.recorded()).not.toContain('role-ended');
  });

  it('is not ended by a practice that cannot say', async () => {
    practice.get().lies.down = true;
    await expect(confirmRole(at.desk)).rejects.toThrow(code('practice-unreachable'));
    expect(at.desk.roleEnded).toBe(false);
  });

  it('takes a copy with it that no assignment names', async () => {
    await withCopy();
    const { library, copies } = at.desk.vaultOrThrow();
    library.removeAssignment('Task/task-01');
    practice.get().lies.answer = (asked, honest) => (asked.path === 'Practitioner/gp-1' ? { ...honest, status: 410 } : honest);
    await expect(confirmRole(at.desk)).rejects.toThrow(code('role-ended'));
    expect(copies.counts().recordings).toBe(0);
  });

  it('once ended leaves no time to review offline', async () => {
    await syncWorklist(at.desk);
    expect(at.desk.standing().leaseEnds).not.toBeNull();
    await change<PractitionerRole>('PractitionerRole', 'role-gp-1', { active: false });
    await expect(confirmRole(at.desk)).rejects.toThrow(code('role-ended'));
    expect(at.desk.lease()).not.toBeNull();
    expect(at.desk.standing().leaseEnds).toBeNull();
    // Whoever comes back is told why there is nothing.
    await showUnlock(at.desk, null);
    await unlock(at.desk, SECRET);
    await new Rhythm(at.desk).sync();
    expect(at.desk.standing().problem?.code).toBe('role-ended');
  });

  it('is not ended by a session that was renewed for somebody else, nor are its copies', async () => {
    await withCopy();
    const { site, machine, session } = at.desk;
    at.desk.session = {
      ...session!,
      http: new PracticeHttp(site.fhirBase, machine.fetch, async () => {
        throw new Failure('identity-mismatch', 'renewed for somebody else');
      }),
    };
    await expect(confirmRole(at.desk)).rejects.toThrow(code('identity-mismatch'));
    expect(at.desk.roleEnded).toBe(false);
    expect(at.desk.vaultOrThrow().copies.counts().recordings).toBe(1);
  });

  it.each<[string, number, object]>([
    ['an outcome of something', 200, { resourceType: 'OperationOutcome' }],
    ['the record of another', 200, { resourceType: 'Practitioner', id: 'gp-2' }],
    ['a fault of its own', 500, { resourceType: 'OperationOutcome' }],
  ])('is not ended by an answer that is %s', async (_what, status, body) => {
    practice.get().lies.answer = (asked, honest) => (asked.path === 'Practitioner/gp-1' ? { ...honest, status, body: Buffer.from(JSON.stringify(body)) } : honest);
    await expect(confirmRole(at.desk)).rejects.toThrow(code('practice-error'));
    expect(at.desk.roleEnded).toBe(false);
  });

  it.each<[string, (role: object) => object]>([
    ['says two things of it', (role) => ({ ...role, code: [{ text: 'GP partner' }] })], ['cannot be read', (role) => ({ ...role, active: 'yes' })],
  ])('is not ended by an answer that %s', async (_what, retell) => {
    await withCopy();
    practice.get().lies.answer = (asked, honest) => {
      if (asked.path !== 'PractitionerRole') return honest;
      const bundle = JSON.parse(honest.body.toString('utf8')) as { entry: { resource: object }[] };
      return { ...honest, body: Buffer.from(JSON.stringify({ ...bundle, entry: [...bundle.entry, ...bundle.entry.map(({ resource }) => ({ resource: retell(resource) }))] })) };
    };
    await expect(confirmRole(at.desk)).rejects.toThrow(code('practice-error'));
    expect([at.desk.roleEnded, at.desk.vaultOrThrow().copies.counts().recordings]).toEqual([false, 1]);
  });

  it.each<[string, () => Promise<void>]>([
    ['is inactive', () => change<PractitionerRole>('PractitionerRole', 'role-gp-1', { active: false })],
    ['is over', () => change<PractitionerRole>('PractitionerRole', 'role-gp-1', { period: { end: '2020-01-01' } })],
    ['has another code', () => change<PractitionerRole>('PractitionerRole', 'role-gp-1', { code: [{ coding: [{ system: 'urn:none', code: 'R9999' }] }] })],
    ['is somebody else’s', () => change<PractitionerRole>('PractitionerRole', 'role-gp-1', { practitioner: { reference: 'Practitioner/gp-2' } })],
    ['is of a person whom the practice does not know any more', async () => {
      practice.get().lies.answer = (asked, honest) => (asked.path === 'Practitioner/gp-1' ? { ...honest, status: 410 } : honest);
    }],
    ['is of a person who has left', () => change<Practitioner>('Practitioner', 'gp-1', { active: false })],
    ['is of a record that is now another person’s', () => change<Practitioner>('Practitioner', 'gp-1', { identifier: [{ system: 'https://fhir.nhs.uk/Id/sds-user-id', value: '555000000099' }] })],
  ])('ends when it %s: nothing is left, shown or opened until a sign-in finds one', async (_what, ends) => {
    await withCopy();
    const { copies } = at.desk.vaultOrThrow();
    await ends();
    await expect(confirmRole(at.desk)).rejects.toThrow(code('role-ended'));
    expect(copies.counts().recordings).toBe(0);
    expect(at.desk.state).toMatchObject({ screen: 'no-role', ended: 'clinician' });
    expect(at.desk.session).toBeNull();
    expect(at.desk.vault?.unlocked).toBe(false);
    expect(at.recorded()).toContain('role-ended');

    await showUnlock(at.desk, null);
    await unlock(at.desk, SECRET);
    const { rows, withheld } = await buildWorklist(at.desk);
    expect(rows).toEqual([]);
    expect(new Set(withheld.flatMap(({ reasons }) => reasons.map((reason) => reason.code)))).toEqual(new Set(['role-ended']));
  });

  it.each([['pat', 'manager', 'role-pm-1'], ['cal', 'guardian', 'role-cg-1']] as const)('at a console is asked about with each reading: of %s nothing of the record is left when it ends', async (username, kind, role) => {
    const desk = await enterManager(at, practice.get(), username);
    const rhythm = new Rhythm(desk);
    await rhythm.sync();
    const folder = join(at.profile, 'trail');
    expect([desk.state.screen, existsSync(folder)]).toEqual(['console', true]);
    const revoke = vi.spyOn(desk.session!.tokens, 'revoke');
    await change<PractitionerRole>('PractitionerRole', role, { active: false });
    await rhythm.sync();
    expect(desk.state).toMatchObject({ screen: 'no-role', ended: kind });
    expect([desk.console, desk.session, existsSync(folder)]).toEqual([null, null, false]);
    expect(at.recorded()).toContain('role-ended');
    expect(desk.vault?.ledger.undelivered()).toBe(0);
    expect(revoke).toHaveBeenCalledOnce();
    // What they have as a clinician was not said to have ended.
    expect(desk.roleEnded).toBe(false);
    await expect(consoleOf(desk)).rejects.toThrow(code('session-expired'));
  });

  it('at a console goes on while the practice cannot say, and a second reader’s with whichever role they have', async () => {
    const desk = await enterManager(at, practice.get(), 'cal');
    practice.get().lies.down = true;
    await new Rhythm(desk).sync();
    expect(desk.state).toMatchObject({ screen: 'console', standing: { problem: { code: 'practice-unreachable', detail: { of: 'console' } } } });
    practice.get().lies.down = false;
    const before = await practice.get().repo.read<PractitionerRole>('PractitionerRole', 'role-cg-1');
    await practice.get().repo.update({ ...structuredClone(before), id: 'role-cg-1-other' });
    await change<PractitionerRole>('PractitionerRole', 'role-cg-1', { active: false });
    await expect(confirmRole(desk)).resolves.toBeUndefined();
    await practice.get().repo.update({ ...structuredClone(before), id: 'role-cg-1-other', active: false });
    await expect(confirmRole(desk)).rejects.toThrow(code('role-ended'));
  });

  it('at a console ends with the site file that names somebody else', async () => {
    const desk = await enterManager(at, practice.get(), 'cal');
    desk.site = { ...desk.site, secondReaders: ['555000000009'] };
    await expect(confirmRole(desk)).rejects.toThrow(code('role-ended'));
  });

  describe('that ends', () => {
    const ends = () => {
      practice.get().lies.answer = (asked, honest) => (asked.path === 'Practitioner/gp-1' ? { ...honest, status: 410 } : honest);
    };
    it('leaves nothing on the screen while the practice takes its time with what was recorded, and gives it the last of it', async () => {
      await withCopy();
      ends();
      const revoke = vi.spyOn(at.desk.session!.tokens, 'revoke');
      const gate = at.hold(/AuditEvent/);
      const ending = expect(confirmRole(at.desk)).rejects.toThrow(code('role-ended'));
      await gate.reached;
      expect([at.desk.state.screen, at.desk.session]).toEqual(['no-role', null]);
      expect(revoke).not.toHaveBeenCalled();
      gate.open();
      await ending;
      expect(at.desk.vault?.ledger.undelivered()).toBe(0);
      expect(revoke).toHaveBeenCalledOnce();
    });

    it('leaves nothing on the screen although what was shown cannot be recorded', async () => {
      ends();
      vi.spyOn(at.desk.vaultOrThrow().ledger, 'append').mockImplementation(() => {
        throw new Error('disk');
      });
      const revoke = vi.spyOn(at.desk.session!.tokens, 'revoke');
      await expect(confirmRole(at.desk)).rejects.toThrow(code('audit-unwritable'));
      expect([at.desk.state.screen, at.desk.session, at.desk.vault?.unlocked]).toEqual(['no-role', null, false]);
      expect(revoke).toHaveBeenCalledOnce();
    });

    it('while the person locks leaves no session, nor one for the next unlock', async () => {
      await withCopy();
      ends();
      const vault = at.desk.vaultOrThrow();
      const revoke = vi.spyOn(at.desk.session!.tokens, 'revoke');
      const honest = vault.destroyCopy.bind(vault);
      vi.spyOn(vault, 'destroyCopy').mockImplementationOnce((recording, cause) => {
        void lock(at.desk, new Failure('locked', 'test'));
        return honest(recording, cause);
      });
      await confirmRole(at.desk).catch(() => undefined);
      expect(at.desk.session).toBeNull();
      expect(revoke).toHaveBeenCalledOnce();
      await showUnlock(at.desk, null);
      await unlock(at.desk, SECRET);
      expect(vault.library.get('refreshToken')).toBeNull();
    });

    it('while somebody else sits down takes nothing from them', async () => {
      await withCopy();
      await openRecording(at.desk, WINDOW, at.rowOf('task-01'), () => undefined);
      ends();
      const gate = new Gate();
      const honest = at.desk.grants.revoke.bind(at.desk.grants);
      vi.spyOn(at.desk.grants, 'revoke').mockImplementationOnce(async (grant) => {
        await honest(grant);
        await gate.pass();
      });
      const ending = expect(confirmRole(at.desk)).rejects.toThrow(code('locked'));
      await gate.reached;
      await switchUser(at.desk);
      const ben = await at.enter('ben');
      gate.open();
      await ending;
      expect([at.desk.vault, ben.unlocked, at.desk.state.screen, at.recorded().includes('role-ended')]).toEqual([ben, true, 'room', false]);
      expect(at.desk.session).not.toBeNull();
    });
  });
});
