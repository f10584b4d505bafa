/** Do the servers answer, and what time is it there? */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { CLOCK_DIFFERENCE_MS } from '../fhir/period.ts';
import type { Failure } from '../platform/failure.ts';
import { heard, unanswered, type Fetch } from '../platform/heard.ts';
import { FEED_FILE, inFeed } from '../platform/updates/feed.ts';
import type { Answered } from '../session/discovery.ts';
import type { Site } from '../site.ts';
import { line, missing, ok, warning, type Outcome } from './lines.ts';
import { whyUnanswered } from './reasons.ts';

/** How long the address of updates has to answer, ms. */
const UPDATES_MS = 15_000;

/** What an address gave: the document that it answered, or what was thrown in place of it. */
export type Reply = Answered | Failure;

export const isAnswer = (reply: Reply): reply is Answered => 'json' in reply;
/** A refusal is an answer of the practice's too. */
export const answers = (reply: Reply): boolean => isAnswer(reply) || reply.code !== 'practice-unreachable';

/** What was asked, or what it threw; nothing else is thrown. */
export const settled = (asking: Promise<Answered>): Promise<Reply> => asking.catch((error: unknown) => unanswered(error));

/** @param all that was asked of this server: one answer is enough */
function reach(all: readonly Reply[]): Outcome {
  const [first] = all;
  if (first === undefined || all.some(answers)) return ok('it answers');
  const { found, fix } = whyUnanswered(first);
  return missing(found, fix);
}

export const checkReach = (provider: readonly Reply[], fhir: readonly Reply[]): SiteCheckLine[] => [line('network.issuer', reach(provider)), line('network.fhir', reach(fhir))];

/** A server that does not say what time it is there agrees. */
export function checkClock(replies: readonly Reply[]): SiteCheckLine[] {
  const skews = replies.filter(isAnswer).map(({ skew }) => skew);
  if (skews.length === 0) return [];
  const [furthest = 0] = skews.toSorted((a, b) => Math.abs(b) - Math.abs(a));
  const minutes = Math.round(Math.abs(furthest) / 60);
  if (Math.abs(furthest) * 1000 <= CLOCK_DIFFERENCE_MS) return [line('network.clock', ok(Math.abs(furthest) <= 1 ? 'the same' : `${Math.abs(furthest)} seconds apart`))];
  return [line('network.clock', warning(`this computer is ${minutes} minutes ${furthest > 0 ? 'behind' : 'ahead of'} the servers`))];
}

export async function checkUpdates({ updates }: Site, fetch: Fetch): Promise<SiteCheckLine[]> {
  if (updates.by === 'it' || updates.feed === undefined) return [line('network.updates', ok('updates come by IT, and no address is asked'))];
  try {
    const response = await heard(fetch)(inFeed(updates.feed, FEED_FILE), { redirect: 'manual', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(UPDATES_MS) });
    await response.body?.cancel();
    return [line('network.updates', response.ok ? ok(`${FEED_FILE} is there`) : warning(`${FEED_FILE} is not there (status ${response.status})`, 'Put the feed’s files where updates.feed of the site file says, or correct that address.'))];
  } catch (error) {
    const { found, fix } = whyUnanswered(error);
    return [line('network.updates', warning(found, fix))];
  }
}
