/** A manager or second reader at a desk of the demo practice, as their sign-in leaves it: a vault without a secret, and a session with their role's scopes. */
import { randomUUID } from 'node:crypto';
import { afterEach } from 'vitest';
import { personCalled } from '../../../../practice/people.ts';
import type { Practice } from '../../../../practice/index.ts';
import { AS_GUARDIAN, AS_MANAGER, bearerOf } from '../../../../practice/testing/sign-in.ts';
import { PracticeHttp } from '../../service/http.ts';
import type { EntryBody } from '../../audit/entry.ts';
import { SECOND_READER } from '../../session/roles.ts';
import type { Tokens } from '../../session/tokens.ts';
import type { Desk, Person } from '../desk.ts';
import { TestDesk } from '../journeys.fixture.ts';
import { siteBinding } from '../../site.ts';
import { personOf } from '../whose.ts';
import { loadVault, sitDown, standUp, vaultId } from '../vaults.ts';
import { closeConsole } from './close.ts';

/** Desks for one test file, each on a computer of its own: a chain that begins anew under an old name is a finding. Gone after each test. */
export function desksForTests(practice: () => Practice): () => TestDesk {
  const desks: TestDesk[] = [];
  afterEach(async () => {
    for (const at of desks.splice(0)) {
      await closeConsole(at.desk);
      at.remove();
    }
  });
  return () => {
    const at = new TestDesk(practice());
    Object.assign(at.desk.machine, { device: randomUUID() });
    desks.push(at);
    return at;
  };
}

export async function enterManager(at: TestDesk, practice: Practice, username: 'pat' | 'dee' | 'cal', kind: 'manager' | 'guardian' = username === 'cal' ? 'guardian' : 'manager'): Promise<Desk> {
  const { desk } = at;
  const { machine, site } = desk;
  const { sdsUserId: sds, practitionerId: practitioner, name } = personCalled(username);
  standUp(desk);
  const vault = await loadVault(desk, vaultId(site.issuer, sds));
  const person: Person = { sds, subject: username, name, practitioner, role: { id: `role-${practitioner}${username === 'dee' ? '-manager' : ''}`, kind, name: kind === 'manager' ? 'Practice manager' : SECOND_READER }, organisation: 'Demo' };
  if (personOf(vault) === null) vault.ledger.set('person', JSON.stringify(person));
  vault.ledger.set('binding', siteBinding(site));
  sitDown(desk, vault, person);
  const { Authorization = '' } = await bearerOf(practice.url, username, kind === 'manager' ? AS_MANAGER : AS_GUARDIAN);
  desk.session = { tokens: { revoke: async () => true } as unknown as Tokens, http: new PracticeHttp(site.fhirBase, machine.fetch, async () => Authorization.replace('Bearer ', '')), ended: false };
  desk.showRoom();
  return desk;
}

/** What is recorded of a manager's acts, without what is of the chain. */
export function actsOf({ vault }: Desk): Record<string, unknown>[] {
  return (vault?.ledger.entries(1, 10_000) ?? []).map(({ body }) => {
    const { version: _version, id: _id, seq: _seq, device: _device, at: _at, actor: _actor, ...event } = JSON.parse(body.toString('utf8')) as EntryBody;
    return event;
  });
}
