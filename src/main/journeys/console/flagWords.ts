/** What a flag about one recording says beside what the trail knows: why it was withheld, in words, and the reference that the clinician was told to quote. */
import type { Flag } from '../../../preload/console.ts';
import { forClinician, reasons, type ReasonCode } from '../../assurance/reasons.ts';
import { MISMATCHES } from '../../audit/trail/flags.ts';
import type { Trail } from '../../audit/trail/client.ts';
import { readEntry } from '../../audit/reported.ts';
import { reference } from '../worklist.ts';

/** Each is a question to the trail. */
const MOST = 200;

const isReason = (code: string): code is ReasonCode => code in reasons;

export function withWords(trail: Trail, flags: readonly Flag[]): Promise<Flag[]> {
  const asked = new Set(flags.filter(({ kind }) => kind === 'wrong-patient' || kind === 'withheld-mismatch').slice(0, MOST));
  return Promise.all(flags.map((flag) => (asked.has(flag) ? worded(trail, flag) : Promise.resolve(flag))));
}

async function worded(trail: Trail, flag: Flag): Promise<Flag> {
  const [first] = flag.events;
  if (first === undefined) return flag;
  const entry = readEntry(Buffer.from((await trail.ask('details', { id: first })).entry, 'utf8'))?.entry;
  const task = entry && 'subject' in entry ? entry.subject?.task ?? null : null;
  const why = entry?.event === 'withheld' ? entry.reasons.filter((code) => MISMATCHES.has(code)).filter(isReason).map(forClinician) : [];
  const sentence = why.length > 0 ? `A recording was withheld because two things that should agree did not. ${why.join(' ')}` : flag.sentence;
  return { ...flag, sentence: task === null ? sentence : `${sentence} The clinician may quote ${reference(task)}.` };
}
