/** The vaults on this computer: one folder a clinician and issuer, named by an opaque id. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VaultPerson } from '../../preload/contract.ts';
import { signingKey } from '../audit/chain.ts';
import { Journal } from '../audit/journal.ts';
import { Vault } from '../vault/vault.ts';
import type { Desk, Machine, Person } from './desk.ts';

export function vaultId(issuer: string, sds: string): string {
  return createHash('sha256').update(`${issuer}\u0000${sds}`).digest('hex').slice(0, 32);
}

const vaultsFolder = (profile: string) => join(profile, 'vaults');

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

export function loadVault({ profile, device, keychain, startSealer }: Machine, id: string): Promise<Vault> {
  return Vault.load(id, join(vaultsFolder(profile), id), `${device}/${id}`, keychain, startSealer);
}

/** Moves an unreadable vault out of the way, whole: whoever can may still rescue unsent work from it. */
export function setAside(profile: string, id: string, now: number): void {
  const folder = join(vaultsFolder(profile), id);
  renameSync(folder, `${folder}.unreadable-${now}`);
}

export function personOf(vault: Vault): Person | null {
  const text = vault.ledger.get('person');
  return text === null ? null : JSON.parse(text) as Person;
}

/** Makes this vault the open one, as far as it opens without a secret. */
export function sitDown(desk: Desk, vault: Vault, person: Person): void {
  const { machine } = desk;
  desk.vault = vault;
  desk.person = person;
  const seed = vault.signingSeed();
  const actor = { sds: person.sds, practitioner: `Practitioner/${person.practitioner}`, role: person.role.name, name: person.name };
  desk.journal = new Journal(vault.ledger, signingKey(seed), machine.device, actor, () => desk.now());
  seed.fill(0);
}

/** Closes the open vault, if there is one, and forgets everything about whose it was. */
export function standUp(desk: Desk): void {
  for (const download of desk.downloads.values()) download.abort();
  desk.vault?.close();
  desk.vault = null;
  desk.person = null;
  desk.journal = null;
  desk.session = null;
  desk.foreignOffered = 0;
  desk.listed.clear();
  desk.copies.clear();
}

/** Everyone with a vault here whose name can be read. A vault that does not open throws its own failure. */
export async function peopleHere(desk: Desk): Promise<VaultPerson[]> {
  const people: VaultPerson[] = [];
  for (const id of vaultIds(desk.machine.profile)) {
    if (desk.vault?.id === id) {
      if (desk.person) people.push({ vault: id, name: desk.person.name, broken: false });
      continue;
    }
    const vault = await loadVault(desk.machine, id);
    const person = personOf(vault);
    vault.close();
    if (person?.role.kind === 'clinician' && vault.rule) people.push({ vault: id, name: person.name, broken: false });
  }
  return people;
}
