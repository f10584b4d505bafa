/**
 * How long this computer may be used without the practice. Time never runs backwards here: the floor is the latest moment
 * that was ever seen, so a clock set back gains nothing.
 */
import { z } from 'zod';

const Lease = z.object({ issued: z.number(), expires: z.number(), floor: z.number() });
export type Lease = z.infer<typeof Lease>;

/** Clocks are corrected by seconds all the time; more than this is a clock that was set back. */
const BACKWARD_TOLERANCE_MS = 5 * 60_000;

/** What is no lease counts as none. */
export function parseLease(text: string | null): Lease | null {
  if (text === null) return null;
  try {
    return Lease.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A fresh lease from a practice that has just answered; `now` in ms. The floor starts anew: the practice's answer proves the time. */
export function issueLease(now: number, hours: number): Lease {
  return { issued: now, expires: now + hours * 3600_000, floor: now };
}

/** The lease with its floor raised to `now`. */
export function advance(lease: Lease, now: number): Lease {
  return now > lease.floor ? { ...lease, floor: now } : lease;
}

export function effectiveNow(lease: Lease | null, wall: number): number {
  return Math.max(lease?.floor ?? 0, wall);
}

/** Why offline use is refused at this moment, or null when it is allowed. */
export function offlineRefusal(lease: Lease | null, wall: number): 'lease-ended' | 'clock-set-back' | null {
  if (!lease) return 'lease-ended';
  if (wall < lease.floor - BACKWARD_TOLERANCE_MS) return 'clock-set-back';
  return effectiveNow(lease, wall) >= lease.expires ? 'lease-ended' : null;
}
