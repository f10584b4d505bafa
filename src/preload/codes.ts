/** Codes and counts that cross the door and stand in the log as well: apart from what they belong to (health.ts, updates.ts), which the first screen does not wait for. */

/**
 * Why an update was not taken; words: src/renderer/text/updates.ts. `unreachable`: the feed gave no answer; `unreadable`: what it gave is no feed document; `key-unknown`: no key that
 * this app has signed it; `not-yet`: its date is in the future; `replayed`: a later document was seen before; `no-file`: nothing in it for this kind of installation; `hash-differs`:
 * the file is not the one that was signed; `disk`: it could not be written here; `cannot-apply`: this installation cannot replace itself; `not-applied`: the system's installer did not take it.
 */
export const updateRefusals = [
  'unreachable', 'unreadable', 'key-unknown', 'signature-wrong', 'expired', 'not-yet', 'replayed', 'older-version', 'no-file', 'interrupted', 'hash-differs', 'disk', 'cannot-apply', 'not-applied',
] as const;

/**
 * Why the practice did not answer, as far as it shows. `page`: something else answered; `proxy`: it wants to know who asks, or lets nothing through; `certificate`: no proof of being the
 * practice; `certificate-date`: one that is not valid by this computer’s clock; `proxy-refused`: the proxy did not take the name and password that the person gave.
 */
export const unansweredReasons = ['page', 'proxy', 'certificate', 'certificate-date', 'proxy-refused'] as const;

/** Of a count. Nine digits at most: an NHS number has ten, and does not fit. */
export const COUNT_LIMIT = 999_999_999;
