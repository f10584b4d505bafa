/** The vaults on this computer: one folder a clinician and issuer, named by an opaque id. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProblemCode, VaultPerson } from '../../preload/contract.ts';
import { advance } from '../vault/lease.ts';
import { Vault } from '../vault/vault.ts';
import { Failure, problemOf } from '../platform/failure.ts';
import { faultFields, log } from '../platform/log.ts';
import type { Site } from '../site.ts';
import type { Place } from '../vault/keyring.ts';
import { closeConsole } from './console/close.ts';
import type { Desk, Machine, Person } from './desk.ts';
import { endExpired, KEPT, keptHere } from './kept.ts';
import { journalOf, personOf } from './whose.ts';

export function vaultId(issuer: string, sds: string): string {
  return createHash('sha256').update(`${issuer}\u0000${sds}`).digest('hex').slice(0, 32);
}

const vaultsFolder = (profile: string) => join(profile, 'vaults');

export const folderOf = (profile: string, id: string): string => join(vaultsFolder(profile), id);

/** This installation's id: names the device in audit and in the keychain. Not a secret. */
export function deviceId(profile: string): string {
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  const path = join(profile, 'device.json');
  if (existsSync(path)) {
    const { device } = JSON.parse(readFileSync(path, 'utf8')) as { device?: unknown };
    if (typeof device === 'string' && /^[0-9a-f-]{36}$/.test(device)) return device;
  }
  const device = randomUUID();
  writeFileSync(path, JSON.stringify({ device }), { mode: 0o600 });
  return device;
}

export function vaultIds(profile: string): string[] {
  const folder = vaultsFolder(profile);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^[0-9a-f]{32}$/.test(name) && Vault.exists(join(folder, name)));
}

/** The part of a {@link Desk} that loading a vault needs. */
export interface Where {
  machine: Pick<Machine, 'profile' | 'device' | 'computer' | 'keychain' | 'startSealer'>;
  site: Pick<Site, 'recoveryKey'>;
}

export function placeOf({ profile, device, computer, keychain }: Where['machine'], id: string): Place {
  return { folder: folderOf(profile, id), owner: `${device}/${id}`, computer, keychain };
}

/** A vault that does not open is noted beside it, because its own record cannot be written then. */
export async function loadVault({ machine, site }: Where, id: string): Promise<Vault> {
  try {
    return await Vault.load(id, placeOf(machine, id), site.recoveryKey, machine.startSealer);
  } catch (error) {
    if (error instanceof Failure) noteRefused(machine.profile, id, error.code, Date.now());
    throw error;
  }
}

const Refused = z.record(z.string(), z.object({ times: z.number(), since: z.iso.datetime() }));
/** Beside the vaults and not in them: what does not open is left as it is. */
const refusedPath = (profile: string, id: string) => join(profile, 'refused', `${id}.json`);

function readRefused(profile: string, id: string): z.infer<typeof Refused> {
  try {
    return Refused.parse(JSON.parse(readFileSync(refusedPath(profile, id), 'utf8')));
  } catch {
    return {};
  }
}

function noteRefused(profile: string, id: string, code: ProblemCode, now: number): void {
  const refused = readRefused(profile, id);
  const { times, since } = refused[code] ?? { times: 0, since: new Date(now).toISOString() };
  try {
    mkdirSync(join(profile, 'refused'), { recursive: true, mode: 0o700 });
    writeFileSync(refusedPath(profile, id), JSON.stringify({ ...refused, [code]: { times: times + 1, since } }), { mode: 0o600 });
  } catch (error) {
    // A note that cannot be written must not hide what it was about.
    log('fault', { step: 'vault', ...faultFields(error) });
  }
}

/** What kept this vault from opening before goes into its record, now that there is one. */
function recordRefused(desk: Desk, id: string): void {
  const { profile } = desk.machine;
  for (const [code, { times, since }] of Object.entries(readRefused(profile, id))) desk.journal?.write({ event: 'store-refused', code, times, since });
  rmSync(refusedPath(profile, id), { force: true });
}

/** Moves an unreadable vault out of the way, whole: whoever can may still rescue unsent work from it. */
export function setAside(profile: string, id: string, now: number): void {
  const folder = folderOf(profile, id);
  renameSync(folder, `${folder}.unreadable-${now}`);
}

/** Makes this vault the open one, as far as it opens without a secret. @param keptOnly see {@link Desk.keptOnly} */
export function sitDown(desk: Desk, vault: Vault, person: Person, keptOnly = false): void {
  desk.vault = vault;
  desk.person = person;
  desk.keptOnly = keptOnly;
  desk.journal = journalOf({ machine: desk.machine, now: () => desk.now() }, vault, person);
  const lease = desk.lease();
  if (lease) vault.ledger.set('lease', JSON.stringify(advance(lease, desk.clock())));
  recordRefused(desk, vault.id);
  recordRollback(desk);
}

/** An older copy of the store was put back: recorded once, when it is found. */
export function recordRollback(desk: Desk): void {
  const ledger = desk.vault?.ledger;
  const found = ledger?.get('rolledBack') ?? null;
  if (!ledger || found === null || ledger.get('rolledBackRecorded') === found) return;
  desk.journal?.write({ event: 'rolled-back', found: JSON.parse(found) as Record<string, number | null> });
  ledger.set('rolledBackRecorded', found);
}

/** Closes the open vault, if there is one, and forgets everything about whose it was. */
export function standUp(desk: Desk): void {
  forgetPerson(desk);
  desk.vault?.close();
  desk.vault = null;
}

/** The vault, if it is still needed for what it has to send, is nobody's to unlock until somebody sits down. */
export function forgetPerson(desk: Desk): void {
  void closeConsole(desk).catch((error: unknown) => log('fault', faultFields(error)));
  desk.downloads.clear(new Failure('locked', 'nobody is here'));
  desk.person = null;
  desk.keptOnly = false;
  desk.journal = null;
  desk.session = null;
  desk.foreignOffered = 0;
  desk.stopList = null;
  desk.shown = null;
  desk.listed.clear();
  desk.told.clear();
}

/** Is this what is wrong with one vault, and not with the computer? */
export const isOfOneVault = (code: ProblemCode): boolean => code.startsWith('vault-') || code === 'keychain-absent' || code === 'disk-fault';

/** What a vault can be unlocked for: a clinician's room, an incident that a manager keeps here, both or neither. */
export function entriesIn(desk: Desk, vault: Vault): VaultPerson[] {
  endExpired(desk, vault);
  const person = personOf(vault);
  const kept = keptHere(vault);
  if (!vault.rule) return [];
  return [
    ...(person?.role.kind === 'clinician' ? [{ vault: vault.id, name: person.name, broken: false, kept: false }] : []),
    ...(kept ? [{ vault: `${vault.id}${KEPT}`, name: kept.person.name, broken: false, kept: true }] : []),
  ];
}

async function entriesOf(desk: Desk, id: string): Promise<VaultPerson[]> {
  const open = desk.vault?.id === id ? desk.vault : null;
  const vault = open ?? await loadVault(desk, id);
  try {
    return entriesIn(desk, vault);
  } finally {
    if (!open) vault.close();
  }
}

/** Everyone with a vault here, then the vaults that do not open: one person's trouble keeps nobody else out. Throws what is wrong with the keychain as a whole. */
export async function peopleHere(desk: Desk): Promise<VaultPerson[]> {
  const people: VaultPerson[] = [];
  const broken: VaultPerson[] = [];
  for (const id of vaultIds(desk.machine.profile)) {
    try {
      people.push(...await desk.oneLoad(() => entriesOf(desk, id)));
    } catch (error) {
      const { code } = problemOf(error);
      if (!(error instanceof Failure) || !isOfOneVault(code)) throw error;
      log('refused', { step: 'vault', code });
      broken.push({ vault: id, name: '', broken: true, kept: false });
    }
  }
  return [...people, ...broken];
}
