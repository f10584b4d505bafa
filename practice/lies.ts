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
  /** Every request for a List answers with this status; 0 for what it should be. */
  listStatus: number;
  /** How long each FHIR answer waits. */
  delayMs: number;
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
    listStatus: 0,
    delayMs: 0,
  };
}
