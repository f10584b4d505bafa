/**
 * How long this computer may be used without the practice. Time never runs backwards here: a floor rises with every moment that the
 * computer has been up, asleep or not, so that a clock set back gains nothing; and the time it has been up counts by itself, whatever the clock says.
 */
import { z } from 'zod';

export const Lease = z.object({
  /** ms since the epoch. */
  issued: z.number(), expires: z.number(),
  /** Longest time, in ms, that the computer may be up without an answer from the practice, and how long it has been. */
  longestRun: z.number(), ran: z.number(),
  /** No earlier moment than this is believed. */
  floor: z.number(),
  /** Both clocks when they were last looked at. */
  wall: z.number(), uptime: z.number(),
  /** How far the wall clock is ahead of the floor by jumps that the floor did not follow. */
  ahead: z.number(),
  /** How often the wall clock was set back. */
  backward: z.number().int(),
});
export type Lease = z.infer<typeof Lease>;

/** The wall clock, and the time since the computer was started, sleep included; both in ms. */
export interface Clock {
  wall: number;
  uptime: number;
}

/** Clocks are corrected by seconds all the time; more than this is a clock that was set. */
const TOLERANCE_MS = 5 * 60_000;
/** A clock that was set far ahead by mistake must be possible to set right: the floor follows one jump by no more than this. */
const LARGEST_RAISE_MS = 24 * 3600_000;
/** The floor bears a clock that is corrected; one that is set back again and again is refused. */
const BACKWARD_ALLOWED = 2;

/** What is no lease counts as none. */
export function parseLease(text: string | null): Lease | null {
  if (text === null) return null;
  try {
    return Lease.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A fresh lease from a practice that has just answered. The floor starts anew: the practice's answer proves the time. */
export function issueLease({ wall, uptime }: Clock, hours: number): Lease {
  const length = hours * 3600_000;
  return { issued: wall, expires: wall + length, longestRun: length, ran: 0, floor: wall, wall, uptime, ahead: 0, backward: 0 };
}

/** No use offline until the practice has been asked again. */
export function endedLease(clock: Clock, floor: number): Lease {
  return { ...issueLease(clock, 0), issued: 0, expires: 0, floor };
}

/** The lease as it stands at this moment. */
export function advance(lease: Lease, { wall, uptime }: Clock): Lease {
  // Less than before: the computer was started again, and has been up for at least this long since.
  const elapsed = uptime >= lease.uptime ? uptime - lease.uptime : uptime;
  const setBack = wall < lease.wall + elapsed - TOLERANCE_MS;
  let floor = lease.floor + elapsed;
  const lead = wall - floor;
  let ahead = Math.max(0, Math.min(lease.ahead, lead));
  if (lead > ahead + TOLERANCE_MS) {
    const raise = Math.min(lead, LARGEST_RAISE_MS);
    floor += raise;
    ahead = lead - raise;
  } else if (ahead === 0) floor = Math.max(floor, wall);
  return { ...lease, ran: lease.ran + elapsed, floor, wall, uptime, ahead, backward: lease.backward + (setBack ? 1 : 0) };
}

/** ms since the epoch: the wall clock, but never before the floor. */
export function effectiveNow(lease: Lease | null, clock: Clock): number {
  return Math.max(lease ? advance(lease, clock).floor : 0, clock.wall);
}

/** When offline use will end as the wall clock will show it, ms since the epoch: sooner than `expires` where that was set back. */
export function leaseEnd(lease: Lease, clock: Clock): number {
  const { floor, expires, ran, longestRun } = advance(lease, clock);
  return clock.wall + Math.min(expires - Math.max(floor, clock.wall), longestRun - ran);
}

/** Why offline use is refused at this moment, or null when it is allowed. */
export function offlineRefusal(lease: Lease | null, clock: Clock): 'lease-ended' | 'clock-set-back' | null {
  if (!lease) return 'lease-ended';
  const { floor, backward, expires, ran, longestRun } = advance(lease, clock);
  if (backward > BACKWARD_ALLOWED) return 'clock-set-back';
  return Math.max(floor, clock.wall) >= expires || ran >= longestRun ? 'lease-ended' : null;
}
