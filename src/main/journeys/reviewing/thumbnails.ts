/** Small pictures of what plays, made by the screen that plays it and kept sealed beside it. Each is exposure: of one frame. Never of a sensitive recording. */
import { THUMBNAIL_EVERY } from '../../../preload/review.ts';
import type { Assured } from '../../assurance/assess.ts';
import { Failure } from '../../platform/failure.ts';
import type { Grant } from '../../playback/grants.ts';
import type { Desk } from '../desk.ts';
import { passing } from './reviewing.ts';

const MOST_BYTES = 40_000;

async function playing(desk: Desk, window: number, id: string): Promise<{ grant: Grant; assured: Assured }> {
  const watched = desk.watching.get(id);
  if (!watched || !desk.grants.find(id, window)) throw new Failure('bad-request', 'nothing plays under this grant');
  const { assured } = await passing(desk, watched.rowId);
  const grant = desk.grants.find(id, window);
  if (!grant || assured.recording !== watched.recording) throw new Failure('bad-request', 'nothing plays under this grant');
  if (assured.sensitive) throw new Failure('bad-request', 'no pictures of a sensitive recording');
  return { grant, assured };
}

const placeOf = (at: number): number => Math.round(at / THUMBNAIL_EVERY) * THUMBNAIL_EVERY;

export async function keepThumbnail(desk: Desk, window: number, id: string, at: number, base64: string): Promise<void> {
  const { grant, assured } = await playing(desk, window, id);
  const jpeg = Buffer.from(base64, 'base64');
  if (jpeg.length > MOST_BYTES || jpeg[0] !== 0xff || jpeg[1] !== 0xd8 || jpeg.at(-2) !== 0xff || jpeg.at(-1) !== 0xd9) throw new Failure('bad-request', 'no small JPEG');
  // Recorded before it is kept: the screen that made it has it.
  grant.exposure.frame(at, false);
  desk.vaultOrThrow().copies.keepThumbnail(assured, placeOf(at), jpeg);
}

/** The nearest one, or null where there is none yet. */
export async function thumbnail(desk: Desk, window: number, id: string, at: number): Promise<{ at: number; jpeg: string } | null> {
  const { grant, assured } = await playing(desk, window, id);
  const found = desk.vaultOrThrow().copies.thumbnail(assured, placeOf(at), THUMBNAIL_EVERY);
  if (!found) return null;
  grant.exposure.frame(found.at, true);
  return { at: found.at, jpeg: found.jpeg.toString('base64') };
}
