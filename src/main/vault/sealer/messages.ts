/** What main and a sealer say to each other. A thread serves one download, and after its end the next. */
import type { ProblemCode } from '../../../preload/contract.ts';
import type { Beside } from '../../platform/beside.ts';
import type { PartFile, Received } from './receiving.ts';

export type ToSealer =
  /** First: the recording's key, in memory that both have, so that main can wipe it whatever became of the sealer; what its parts are bound to, the signed size, and what earlier downloads left, in order of place. */
  | { do: 'begin'; key: Uint8Array; bound: Uint8Array; limit: number; parts: PartFile[] }
  /** A further part in an empty file; `anew` where nothing that is here counts any more. */
  | { do: 'part'; part: PartFile; anew: boolean }
  | { do: 'chunk'; bytes: Uint8Array }
  /** Close and sync the open part: all that was pushed is kept. */
  | { do: 'pause' }
  /** The same, and say of which bytes the whole is. The last message of a download. */
  | { do: 'end' };

export type FromSealer =
  /** Plaintext bytes kept of each file; 0 for one of no use. */
  | { did: 'begin'; kept: number[] }
  | { did: 'part' }
  | { did: 'pause' }
  /** This many bytes are no longer on the way. */
  | { did: 'chunk'; bytes: number }
  | { did: 'end'; received: Received }
  /** The last message. */
  | { did: 'fail'; code: ProblemCode; message: string };

export interface SealerThread extends Beside<ToSealer, FromSealer> {
  /** It has answered to `end`, and may take up the next download: afterwards nothing is heard of it here, `post` throws, and `kill` and `rest` do nothing. */
  rest(): void;
}

export type StartSealer = () => SealerThread;
