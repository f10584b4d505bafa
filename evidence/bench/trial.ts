/** How much is measured. Smaller sizes, from the command line, are for trying a measure out: what comes of them is no result, and is not kept. */
export const sizes = {
  /** Runs, or pairs of runs, that a median is of. */
  runs: 9,
  /** Entries of the manager's trail. */
  events: 1_000_000,
  /** Of the recording that is brought here, in MB. */
  megabytes: 256,
  assignments: 10_000,
  /** Of these so many have a copy here. */
  sealed: 50,
};
export type Size = keyof typeof sizes;

export const MB = 1_000_000;
