/** What a practice's systems offer of what the app needs, line by line: found in main, printed by a command and shown on a screen. Part of the contract: both sides import it. */
import { z } from 'zod';

/** `missing`: the app cannot work without it. `warning`: it works, and something is worse for it. `not-tried`: nothing is known of it. */
const Mark = z.enum(['ok', 'missing', 'warning', 'not-tried']);
export type Mark = z.infer<typeof Mark>;

const Group = z.enum(['site', 'network', 'sign-in', 'scopes', 'fhir', 'person', 'worklist', 'evidence', 'media', 'stops', 'record', 'reviews', 'console']);
export type Group = z.infer<typeof Group>;

/** `id` is stable. `looked`: for what. `fix`: what to do about it, where it is missing or a warning. `see`: file and section of this repository's documents that say more. */
export const SiteCheckLine = z.object({ id: z.string(), group: Group, mark: Mark, looked: z.string(), found: z.string(), fix: z.string().nullable(), see: z.string() });
export type SiteCheckLine = z.infer<typeof SiteCheckLine>;

export const SiteCheckReport = z.object({ lines: z.array(SiteCheckLine) });
export type SiteCheckReport = z.infer<typeof SiteCheckReport>;

export const markNames: Record<Mark, string> = { ok: 'OK', missing: 'Missing', warning: 'Warning', 'not-tried': 'Not tried' };

export const groupNames: Record<Group, string> = {
  site: 'The site file', network: 'The way to the practice', 'sign-in': 'Signing in', scopes: 'What each role may ask for', fhir: 'What the FHIR server says of itself', person: 'Somebody’s sign-in',
  worklist: 'Assignments', evidence: 'What is needed before a recording is shown', media: 'Recordings', stops: 'The stop list', record: 'The access record', reviews: 'Reviews', console: 'A manager’s console',
};

/** "31 ok, 1 missing, 2 warnings, 14 not tried" */
export function summaryOf(lines: readonly SiteCheckLine[]): string {
  const count = (mark: Mark) => lines.filter((line) => line.mark === mark).length;
  const warnings = count('warning');
  return `${count('ok')} ok, ${count('missing')} missing, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('not-tried')} not tried`;
}

/** What was not tried, by its reason: one thing that is missing may keep many from being tried. */
export function untried(lines: readonly SiteCheckLine[]): Map<string, SiteCheckLine[]> {
  const reasons = new Map<string, SiteCheckLine[]>();
  for (const line of lines) if (line.mark === 'not-tried') reasons.set(line.found, [...reasons.get(line.found) ?? [], line]);
  return reasons;
}

/** Which of the lines gives this one's advice first: one cause may be met more than once. */
export const advisedBy = ({ fix }: SiteCheckLine, lines: readonly SiteCheckLine[]): string | undefined => lines.find((one) => one.fix === fix)?.id;
