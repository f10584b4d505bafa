/** A FHIR request that is about to be answered. */
export type Asked = {
  method: string;
  /** Below the FHIR base, for example `Task` or `Binary/media-01`. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  fhirBase: string;
};

/** An answer as it goes out. A body that comes in parts may be slow, or never end. */
export type Given = { status: number; headers: Record<string, string>; body: Buffer | AsyncIterable<Buffer> };

/** How a test makes the practice wrong, unreachable or slow. All off when it starts. */
export type Lies = {
  /** Task search ignores `owner` and the access rule; nothing else is refused to a clinician either. */
  everyonesTasks: boolean;
  /** Pairs of recordings (DocumentReference ids) whose media bytes are served in place of each other's. */
  swapMedia: [string, string][];
  /** Other bytes for a Binary, by its id. */
  mediaInstead: Map<string, Buffer>;
  /** Binaries of which only the first half exists, answered as if that were all. */
  truncateMedia: Set<string>;
  /** Binaries whose connection is destroyed after this share of their bytes, 0 to 1. */
  cutMedia: Map<string, number>;
  /** Binaries are only ever served whole. */
  noRanges: boolean;
  /** Every connection is accepted and destroyed at once, open ones too. */
  down: boolean;
  /** Every FHIR request that needs a token answers 401. */
  rejectTokens: boolean;
  /** Every sign-in ends in `error=access_denied`. */
  refuseSignIn: boolean;
  /** Tokens that are renewed come with the identity of this username, whoever signed in; "" for their own. */
  renewsAs: string;
  /** Scopes that nobody is granted, whatever their roles. */
  withheldScopes: Set<string>;
  /** Has the last word on what anybody may read of how the practice is set up: gives another document in its place, or null where there is to be none. */
  document: ((name: 'provider' | 'smart' | 'metadata', honest: Record<string, unknown>) => object | null) | null;
  /** Every request for a List answers with this status; 0 for what it should be. */
  listStatus: number;
  /** How long each FHIR answer waits. */
  delayMs: number;
  /** Has the last word on every answer to someone with a token: gives another in its place, or null to break the connection off. */
  answer: ((asked: Asked, honest: Given & { body: Buffer }) => Given | null | Promise<Given | null>) | null;
};

/** `goDown` runs when `down` is switched on. */
export function honest(goDown: () => void): Lies {
  let down = false;
  return {
    everyonesTasks: false,
    swapMedia: [],
    mediaInstead: new Map(),
    truncateMedia: new Set(),
    cutMedia: new Map(),
    noRanges: false,
    get down() {
      return down;
    },
    set down(value: boolean) {
      down = value;
      if (down) goDown();
    },
    rejectTokens: false,
    refuseSignIn: false,
    renewsAs: '',
    withheldScopes: new Set(),
    document: null,
    listStatus: 0,
    delayMs: 0,
    answer: null,
  };
}
