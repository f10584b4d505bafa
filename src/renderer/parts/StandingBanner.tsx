import classNames from 'classnames';
import type { ProblemCode, Standing } from '../../preload/contract.ts';
import { attempt, door } from '../door.ts';
import { problemWords } from '../text/problems.ts';
import { standing as text } from '../text/room.ts';
import { formatBytes } from '../words/bytes.ts';
import { needsRoom } from '../words/storage.ts';
import { ago, timeLeft, until, weekendBefore } from '../words/time.ts';
import { ProxyButton } from './ProxyButton.tsx';
import { useNow } from './useNow.ts';

const day = 86_400_000;
/** So near the end it is said loudly. */
const near = day;
/** Days before the end of offline use in which it is said what to do: over a weekend or a bank holiday nobody is there to help. */
const warnsAhead = 2 * day;
const warnsAheadOfWeekend = 4 * day;
/** Problems that only the person can end, at the practice's sign-in page. */
const needsSignIn = new Set<ProblemCode>(['session-expired', 'site-file-changed', 'rolled-back', 'lease-ended', 'sign-in-refused', 'sign-in-failed', 'sign-in-timed-out', 'identity-mismatch', 'different-person', 'role-ended']);

/** Problems that keep every recording closed, whatever is left of the time for working offline. */
const closesAll = new Set<ProblemCode>(['site-file-changed', 'rolled-back', 'clock-set-back']);

interface Props {
  standing: Standing;
  offlineUse: boolean;
  /** Absent where storage is no place to go to from here. */
  onStorage?: (() => void) | undefined;
  /** Goes to what the practice refused of the person's work. */
  onRefused?: (() => void) | undefined;
}

/** Where the app stands towards the practice. Always there, so that its absence never has to be noticed. */
export function StandingBanner({ standing, offlineUse, onStorage, onRefused }: Props) {
  const now = useNow(15_000);
  const { online, syncing, lastSync, queued, unsent, setAside, refused, leaseEnds, problem, noRoom, downloadsWait, noStopList } = standing;
  /** Nobody has tried in vain yet: most often the practice answers within a second, and what is usual without a connection need not come and go above the list. What warns stays. */
  const connecting = !online && syncing && problem === null;
  const away = !online && !connecting;
  const leaseLeft = leaseEnds === null ? null : Date.parse(leaseEnds) - now;
  const leaseEnded = leaseLeft !== null && leaseLeft <= 0;
  const signedOut = problem !== null && needsSignIn.has(problem.code);
  const sentences = [online ? (syncing ? text.syncing : text.online) : connecting ? text.connecting : signedOut ? text.signedOut : text.offline];
  // Who has no list is told nothing about one.
  if (offlineUse) sentences.push(lastSync !== null ? text.updated(ago(lastSync, now)) : online ? text.never : text.asKept);
  // While connected what waits goes within seconds: only a queue that cannot go is news.
  if (queued + unsent > 0 && (away || problem !== null)) sentences.push(text.queued(unsent, queued === 0 ? null : offlineUse ? 'viewed' : 'did', signedOut ? 'signed-in' : online ? 'possible' : 'connected'));
  const weekend = leaseEnds === null ? null : weekendBefore(now, Date.parse(leaseEnds));
  const isSoon = leaseLeft !== null && leaseLeft > 0 && (!online || problem !== null) && leaseLeft < (weekend ? warnsAheadOfWeekend : warnsAhead);
  const isNear = isSoon && leaseLeft < near;
  const canReview = offlineUse && !(problem && closesAll.has(problem.code));
  if (canReview && leaseEnds !== null && leaseLeft !== null && !leaseEnded && (away || leaseLeft < day || isSoon || problem?.code === 'stop-list-unreadable')) sentences.push(text.lease(until(leaseEnds, now)));
  if (offlineUse && !online && leaseEnded) sentences.push(text.leaseEnded);
  // Who works offline goes on, and is told so above; a console is told what it cannot do, and everybody what they can do about it.
  const trouble = problem && !(offlineUse && problem.code === 'practice-unreachable' && problem.detail?.why === undefined && !online) ? problemWords(problem) : null;

  return (
    <section className={classNames('vr-standing', !online && 'vr-standing--offline', offlineUse && !online && (isNear || leaseEnded) && 'vr-standing--warning', trouble && 'vr-standing--problem')} aria-label={text.region}>
      <div className="vr-standing__inner">
        <div className="vr-standing__words" role="status">
          <p><span className="vr-standing__mark" aria-hidden="true" />{sentences.join(' ')}</p>
          {trouble && <p><strong>{trouble.what}.</strong> {trouble.means} {trouble.next}</p>}
          {canReview && isSoon && <p className={classNames(isNear && 'vr-standing__near')}>{text.leaseSoon(timeLeft(leaseLeft), weekend)}</p>}
          {refused > 0 && <p>{text.refused(refused)}</p>}
          {setAside > 0 && <p>{text.setAside(setAside)}</p>}
          {noStopList && offlineUse && <p>{text.noStopList}</p>}
          {noRoom && <p>{text.noRoom(noRoom.waiting, formatBytes(noRoom.needed), noRoom.dueOffline)}</p>}
          {downloadsWait && <p>{text.downloadsWait[downloadsWait.why](downloadsWait.count)}</p>}
        </div>
        {onStorage && (noRoom !== null || downloadsWait?.why === 'disk-full' || needsRoom(problem)) && <button type="button" className="vr-text-button" onClick={onStorage}>{text.storage}</button>}
        {downloadsWait && downloadsWait.why !== 'disk-full' && online && <button type="button" className="vr-text-button" onClick={() => void attempt(door.downloadWaiting())}>{text.downloadNow}</button>}
        {onRefused && refused > 0 && <button type="button" className="vr-text-button" onClick={onRefused}>{text.showRefused}</button>}
        <ProxyButton problem={problem} onDone={() => undefined} />
        {signedOut && <button type="button" className="vr-text-button" onClick={() => void attempt(door.signIn())}>{text.signIn}</button>}
        <button
          type="button" className="vr-text-button" aria-disabled={syncing || undefined}
          onClick={() => {
            if (!syncing) void attempt(door.sync());
          }}
        >
          {text.sync}
        </button>
      </div>
    </section>
  );
}
