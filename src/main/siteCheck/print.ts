/** The site check on a terminal, and its exit code. */
import { advisedBy, groupNames, summaryOf, untried, type Mark, type SiteCheckLine } from '../../preload/siteCheck.ts';
import { NEEDS_SIGN_IN } from './needs.ts';

const marks: Record<Mark, string> = { ok: 'ok', missing: 'MISSING', warning: 'warning', 'not-tried': 'not tried' };
const WIDTH = Math.max(...Object.values(marks).map(({ length }) => length));

/** 0: everything that is needed is there. 1: something is missing. 2: it could not be checked, because there is no site file or nothing answers. */
export function exitCode(lines: readonly SiteCheckLine[]): 0 | 1 | 2 {
  const lacks = lines.filter(({ mark }) => mark === 'missing').map(({ id }) => id);
  if (lacks.includes('site.file') || (lacks.includes('network.issuer') && lacks.includes('network.fhir'))) return 2;
  return lacks.length > 0 ? 1 : 0;
}

/** For a person: what was not tried is told by its reason, and an advice once. */
export function asText(lines: readonly SiteCheckLine[]): string {
  const out: string[] = [];
  const add = (mark: Mark, text: string, ...below: string[]) => void out.push(`  ${marks[mark].padEnd(WIDTH)}  ${text}`, ...below.map((one) => `  ${' '.repeat(WIDTH)}  ${one}`));
  const reasons = [...untried(lines)].filter(([, { length }]) => length > 1);
  const gathered = new Set(reasons.flatMap(([, of]) => of));
  let group = '';
  for (const line of lines.filter((one) => !gathered.has(one))) {
    if (line.group !== group) out.push('', groupNames[line.group]);
    ({ group } = line);
    const { id, mark, looked, found, fix, see } = line;
    const first = advisedBy(line, lines);
    add(mark, `${id}: ${looked} – ${found}`, ...fix === null ? [] : first === id ? [`To do: ${fix}`, `More: ${see}`] : [`To do: as for ${first}`]);
  }
  if (reasons.length > 0) out.push('', 'Not tried (--json has each)');
  for (const [why, { length }] of reasons) add('not-tried', `${length} checks: ${why}`, ...why === NEEDS_SIGN_IN ? ['To do: run the check again with --sign-in'] : []);
  return `${out.join('\n').trimStart()}\n\n${summaryOf(lines)}\n`;
}

/** One object. Fields are added, and none is taken away or given another meaning. @param version of the app */
export function asJson(lines: readonly SiteCheckLine[], version: string, at: string): string {
  const count = (mark: Mark) => lines.filter((line) => line.mark === mark).length;
  return `${JSON.stringify({ version: 1, app: version, at, exitCode: exitCode(lines), summary: { ok: count('ok'), missing: count('missing'), warnings: count('warning'), notTried: count('not-tried') }, lines }, null, 2)}\n`;
}
