/**
 * The operating system's keychain. Its states are kept apart: an entry is there, it is **absent**, the keychain is **locked**,
 * access is **denied**, or there is no keychain at all (**unavailable**). Only *absent* may ever lead to a new key, and then
 * only where no ciphertext exists.
 */
import { Failure } from '../platform/failure.ts';

/** The part of keytar that is used; values are base64url text because keychains hold text. */
export interface KeychainApi {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** libsecret, macOS Security and Windows Credential Manager report by text alone. */
const DENIED = /denied|not allowed|Rejected send message|user canceled|passphrase you entered is not correct|AccessDenied|dismissed/i;
const LOCKED = /locked|IsLocked|interaction is not allowed/i;

const PROBE = 'probe';
/** Of {@link Keychain.prove}, which leaves none. */
const PROOF = 'proof';

export function keychainFailure(error: unknown): Failure {
  const text = error instanceof Error ? error.message : '';
  if (LOCKED.test(text)) return new Failure('keychain-locked', 'keychain is locked', {}, { cause: error });
  if (DENIED.test(text)) return new Failure('keychain-denied', 'keychain refused', {}, { cause: error });
  return new Failure('keychain-unavailable', 'no keychain service answered', {}, { cause: error });
}

export class Keychain {
  static readonly service = 'Viewing Room';
  readonly #api: KeychainApi;

  constructor(api: KeychainApi) {
    this.#api = api;
  }

  /** The entry's bytes, or null when the keychain answered that there is none. */
  async read(account: string): Promise<Buffer | null> {
    const text = await this.#api.getPassword(Keychain.service, account).catch((error: unknown) => {
      throw keychainFailure(error);
    });
    // An empty value is a keychain's fault, not a key: some wallets answer '' while locked.
    if (text === '') throw new Failure('keychain-locked', 'keychain answered with nothing');
    if (text !== null) return Buffer.from(text, 'base64url');
    await this.#proveUnlocked();
    return null;
  }

  /** A locked Secret Service answers "no such entry" for entries that are there; only a write shows that it is locked. */
  async #proveUnlocked(): Promise<void> {
    await this.#api.setPassword(Keychain.service, PROBE, PROBE).catch((error: unknown) => {
      throw keychainFailure(error);
    });
    const kept = await this.#api.getPassword(Keychain.service, PROBE).catch((error: unknown) => {
      throw keychainFailure(error);
    });
    if (kept !== PROBE) throw new Failure('keychain-locked', 'keychain did not keep the probe');
  }

  /** Keeps an entry, reads it and forgets it: that it can do each of these now. Nothing of it stays. Throws the state that it is in. */
  async prove(): Promise<void> {
    try {
      await this.#api.setPassword(Keychain.service, PROOF, PROOF);
      const kept = await this.#api.getPassword(Keychain.service, PROOF);
      const forgotten = await this.#api.deletePassword(Keychain.service, PROOF);
      if (kept !== PROOF || !forgotten || await this.#api.getPassword(Keychain.service, PROOF) !== null) throw new Failure('keychain-locked', 'keychain did not keep or forget the proof');
    } catch (error) {
      await this.#api.deletePassword(Keychain.service, PROOF).catch(() => undefined);
      throw error instanceof Failure ? error : keychainFailure(error);
    }
  }

  /** Whether there is such an entry, in a keychain that {@link prove} found to work; writes nothing. */
  async has(account: string): Promise<boolean> {
    return await this.#api.getPassword(Keychain.service, account).catch((error: unknown) => {
      throw keychainFailure(error);
    }) !== null;
  }

  /** Stores and reads back: what the keychain did not keep was not stored. */
  async write(account: string, value: Uint8Array): Promise<void> {
    await this.#api.setPassword(Keychain.service, account, Buffer.from(value).toString('base64url')).catch((error: unknown) => {
      throw keychainFailure(error);
    });
    const kept = await this.read(account);
    // A keychain that takes a value and does not have it is locked behind a prompt that nobody answered.
    if (!kept?.equals(value)) throw new Failure('keychain-locked', 'keychain did not keep the value');
  }

  /** Forgets an entry; one that is not there is forgotten already. */
  async remove(account: string): Promise<void> {
    await this.#api.deletePassword(Keychain.service, account).catch((error: unknown) => {
      throw keychainFailure(error);
    });
    // A locked keychain answers "no such entry" and keeps it.
    if (await this.read(account) !== null) throw new Failure('keychain-locked', 'keychain kept the entry');
  }
}
