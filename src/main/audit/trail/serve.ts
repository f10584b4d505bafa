/** The shell of the trail's process: answers each question in the order in which they came, except that a verification lets others pass. */
import { Failure, problemOf } from '../../platform/failure.ts';
import { flags, openedPairs } from './flags.ts';
import { activity, ladder } from './ladder.ts';
import type { Crossing, FromTrail, ToTrail } from './messages.ts';
import { bodiesOf, chainHead, chainKey, chainSlice, deviceRows, eventDetails, eventPage, findingRows, managersActions } from './queries.ts';
import type { Reported } from '../reported.ts';
import { TrailStore } from './store.ts';
import { Verifying } from './verifying.ts';

/** Where a message that waits is taken in between. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const arrived = (one: Crossing): Reported => ({ ...one, body: buffer(one.body), hash: buffer(one.hash), signature: buffer(one.signature) });

/** @returns what to call with each message. */
export function serve(post: (message: FromTrail) => void): (message: ToTrail) => void {
  let open: { store: TrailStore; verifying: Verifying } | null = null;
  let lastVerification: Promise<unknown> = Promise.resolve();

  const answer = (message: ToTrail): unknown => {
    if (message.do === 'open') {
      if (open) throw new Failure('internal', 'open already');
      const store = new TrailStore(message.ask.path, buffer(message.ask.key));
      open = { store, verifying: new Verifying(store) };
      return null;
    }
    if (!open) throw new Failure('internal', 'not open');
    const { store, verifying } = open;
    const { db } = store;
    switch (message.do) {
      case 'add': return store.add(message.ask.reported.map(arrived));
      case 'counts': return store.counts();
      case 'events': return eventPage(db, message.ask.filter, message.ask.next, message.ask.limit);
      case 'details': return eventDetails(db, message.ask.id);
      case 'bodies': return bodiesOf(db, message.ask.event);
      case 'ladder': return ladder(db, message.ask.filter, message.ask.complete);
      case 'managers': return managersActions(db, message.ask.filter);
      case 'activity': return activity(db, message.ask.filter);
      case 'devices': return deviceRows(db);
      case 'findings': return findingRows(db);
      case 'chain': return chainSlice(db, message.ask).map((one) => ({ ...one, body: new Uint8Array(one.body), hash: new Uint8Array(one.hash), signature: new Uint8Array(one.signature) }));
      case 'chainKey': return chainKey(db, message.ask);
      case 'chainHead': {
        const head = chainHead(db, message.ask);
        return head && { ...head, hash: new Uint8Array(head.hash) };
      }
      case 'flags': return flags(db, message.ask);
      case 'pairs': return openedPairs(db, message.ask.from, message.ask.to);
      case 'verify': {
        const { known, complete } = message.ask;
        const run = (): Promise<unknown> => verifying.run(known, complete, (verified, of) => post({ did: 'progress', id: message.id, verified, of }), pause);
        const mine = lastVerification.then(run);
        lastVerification = mine.catch(() => undefined);
        return mine;
      }
    }
  };

  const fail = (id: number, error: unknown): void => {
    const { code, message } = problemOf(error);
    post({ did: 'fail', id, code, message });
  };
  return (message) => {
    try {
      const given = answer(message);
      if (given instanceof Promise) given.then((later: unknown) => post({ did: 'answer', id: message.id, answer: later }), (error: unknown) => fail(message.id, error));
      else post({ did: 'answer', id: message.id, answer: given });
    } catch (error) {
      fail(message.id, error);
    }
  };
}
