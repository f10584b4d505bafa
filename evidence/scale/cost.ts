/** What is counted, and of what. */

/** Bytes as on the wire, headers included. `bytesDownGzip`: as down, had each JSON body come compressed. */
export interface Cost {
  requests: number;
  bytesUp: number;
  bytesDown: number;
  bytesDownGzip: number;
}
export type ByKind = Record<string, Cost>;

export const WATCHED_MINUTES = 10;
export const names = {
  first: 'first sign-in, first sync', round: 'a round, nothing changed', changed: 'a round, one new assignment', all: '"Update now", nothing changed', list: 'the list on the screen', poll: 'a question while playing',
  locked: 'a question while locked', unlock: 'unlocking', start: 'starting the app, unlocking', open: 'opening what is here, closing', review: 'a review written', watch: `${WATCHED_MINUTES} minutes of watching`,
};

/** Without what comes as a download, which is `apart`. */
export interface Scene extends Cost {
  name: string;
  assignments: number;
  copies: number;
  byKind: ByKind;
  apart: Cost;
}

export const sum = (costs: readonly Cost[]): Cost => costs.reduce((all, one) => ({
  requests: all.requests + one.requests, bytesUp: all.bytesUp + one.bytesUp, bytesDown: all.bytesDown + one.bytesDown, bytesDownGzip: all.bytesDownGzip + one.bytesDownGzip,
}), { requests: 0, bytesUp: 0, bytesDown: 0, bytesDownGzip: 0 });
