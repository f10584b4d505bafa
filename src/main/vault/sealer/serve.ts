/** The shell of a sealer: answers each message in the order in which they came, and does nothing more after a failure. */
import { problemOf } from '../../platform/failure.ts';
import { SEGMENT_BYTES } from '../segments.ts';
import { letGo } from './keptMemory.ts';
import type { FromSealer, ToSealer } from './messages.ts';
import { Receiving } from './receiving.ts';

/** Nothing of the bytes stays with this thread, which may have another recording next. @returns how many they were */
async function push(receiving: Receiving, bytes: Uint8Array): Promise<number> {
  const { length } = bytes;
  await receiving.push(bytes);
  letGo([bytes]);
  return length;
}

/** @returns what to call with each message. */
export function serve(post: (message: FromSealer) => void, segmentBytes = SEGMENT_BYTES): (message: ToSealer) => void {
  let receiving: Receiving | null = null;
  let over = false;

  const answer = async (message: ToSealer): Promise<FromSealer> => {
    if (message.do === 'begin') {
      receiving = new Receiving(message.key, message.bound, message.limit, segmentBytes);
      return { did: 'begin', kept: await receiving.resume(message.parts) };
    }
    if (!receiving) throw new Error('not begun');
    switch (message.do) {
      case 'part':
        await receiving.part(message.part, message.anew);
        return { did: 'part' };
      case 'chunk':
        return { did: 'chunk', bytes: await push(receiving, message.bytes) };
      case 'pause':
        await receiving.pause();
        return { did: 'pause' };
      case 'end':
        return { did: 'end', received: await receiving.end() };
    }
  };

  const handle = async (message: ToSealer): Promise<void> => {
    if (over) return;
    const reply = await answer(message).catch((error: unknown): FromSealer => {
      const { code, message: why } = problemOf(error);
      return { did: 'fail', code, message: why };
    });
    if (reply.did === 'end' || reply.did === 'fail') {
      await receiving?.wipe();
      receiving = null;
    }
    over = reply.did === 'fail';
    post(reply);
  };

  let last = Promise.resolve();
  return (message) => {
    last = last.then(() => handle(message));
  };
}
