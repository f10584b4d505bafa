import type { Adapter, AdapterPayload } from 'oidc-provider';

type Entry = { payload: AdapterPayload; expires: number };

/** Where the provider keeps sessions, grants and tokens: in memory, one store for each practice. */
export class TokenStore {
  readonly #entries = new Map<string, Entry>();

  adapter = (model: string): Adapter => {
    const key = (id: string): string => `${model} ${id}`;
    return {
      upsert: async (id, payload, expiresIn) => {
        this.#entries.set(key(id), { payload, expires: expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000 });
      },
      find: async (id) => this.#live(key(id)),
      findByUid: async (uid) => this.#first(model, (payload) => payload.uid === uid),
      findByUserCode: async (userCode) => this.#first(model, (payload) => payload.userCode === userCode),
      consume: async (id) => {
        const payload = this.#live(key(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => {
        this.#entries.delete(key(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [id, { payload }] of this.#entries) if (payload.grantId === grantId) this.#entries.delete(id);
      },
    };
  };

  /** As after a restart of a provider that keeps nothing: nobody is signed in, and no token is known. */
  forget(): void {
    this.#entries.clear();
  }

  #live(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.expires > Date.now()) return entry?.payload;
    this.#entries.delete(key);
    return undefined;
  }

  #first(model: string, wanted: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const key of this.#entries.keys()) {
      const payload = key.startsWith(`${model} `) ? this.#live(key) : undefined;
      if (payload && wanted(payload)) return payload;
    }
    return undefined;
  }
}
