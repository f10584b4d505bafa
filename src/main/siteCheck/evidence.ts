/** What is needed before a recording is shown, for a few assignments of who is signed in: read and decided as the app does. Nothing of it is printed or kept. */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { taskReasons, type Reviewer } from '../assurance/admit.ts';
import { assess, type Assured } from '../assurance/assess.ts';
import { forRecord, type ReasonCode } from '../assurance/reasons.ts';
import type { Task } from '../fhir/resources.ts';
import { gather } from '../service/evidence.ts';
import type { PracticeHttp } from '../service/http.ts';
import type { Site } from '../site.ts';
import { line, missing, notTried, ok, warning, type Outcome } from './lines.ts';
import { saidOf } from './reasons.ts';

/** So many assignments are looked at. */
const FEW = 5;

/** Reasons of the app's own decision that have a line of their own. */
const linesOf = {
  'evidence.recording': ['recording-missing', 'recording-shape'],
  'evidence.encounter': ['encounter-missing'],
  'evidence.patient': ['patient-missing'],
  'evidence.organisation': ['custodian-differs'],
  'evidence.consent': ['consent-missing'],
  'evidence.manifest': ['manifest-missing', 'manifest-untrusted', 'manifest-key-retired', 'manifest-malformed', 'manifest-other-recording', 'manifest-contradicts'],
} satisfies Record<string, ReasonCode[]>;

export async function checkEvidence(http: PracticeHttp, mine: readonly Task[], reviewer: Reviewer, site: Site, now: number): Promise<{ lines: SiteCheckLine[]; assured: Assured[] }> {
  const open = mine.filter((task) => taskReasons(task, reviewer, site, now).length === 0).slice(0, FEW);
  const only = (found: Outcome) => ({ lines: [line('evidence.recording', found)], assured: [] });
  if (open.length === 0) return only(notTried(mine.length === 0 ? 'nothing is assigned to this person' : 'no assignment of this person is open now'));
  const gathered = await gather(http, open).catch((error: unknown) => saidOf(error));
  if (typeof gathered === 'string') return only(missing(gathered));
  if (gathered.unread.size > 0) return only(missing(`for ${gathered.unread.size} of ${open.length} assignments the server answered with an error`));
  const decided = await Promise.all(gathered.offered.map((one) => assess(one, { reviewer, site, now, seen: () => null, rivals: () => [], stopped: () => false, wrongRevision: () => null })));
  const refusals = decided.map((one): readonly ReasonCode[] => (one.ok ? [] : one.reasons));
  /** Without a recording nothing else was looked at, and without its Encounter no patient of it is known. */
  const looked = (id: string) => refusals.filter((reasons) => !has(reasons, id === 'evidence.recording' ? [] : [...linesOf['evidence.recording'], ...(id === 'evidence.patient' ? linesOf['evidence.encounter'] : [])]));
  const lines = Object.entries(linesOf).map(([id, codes]) => line(id, share(looked(id), codes)));
  const assured = decided.flatMap((one) => (one.ok ? [one.assured] : []));
  const own: readonly ReasonCode[] = Object.values(linesOf).flat();
  const others = refusals.flat().filter((code) => !own.includes(code));
  return { lines: [...lines, line('evidence.decision', decision(assured.length, decided.length, others))], assured };
}

const has = (reasons: readonly ReasonCode[], codes: readonly ReasonCode[]): boolean => codes.some((code) => reasons.includes(code));

function share(looked: readonly (readonly ReasonCode[])[], codes: readonly ReasonCode[]): Outcome {
  if (looked.length === 0) return notTried('what it hangs on is missing');
  const without = looked.filter((reasons) => has(reasons, codes));
  const found = `for ${looked.length - without.length} of ${looked.length} assignments`;
  if (without.length === 0) return ok(found);
  return (without.length === looked.length ? missing : warning)(`${found}; ${saying(without.flat().filter((code) => codes.includes(code)))}`);
}

function decision(passed: number, all: number, others: readonly ReasonCode[]): Outcome {
  const found = `${passed} of ${all} may be shown`;
  if (others.length > 0) return (passed === 0 ? missing : warning)(`${found}; ${saying(others)}`);
  return passed === all ? ok(found) : notTried('it waits for what is missing above');
}

const saying = (codes: readonly ReasonCode[]): string => [...new Set(codes)].map((code) => `${code} (${forRecord(code)})`).join('; ');
