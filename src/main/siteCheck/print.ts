/** The site check on a terminal, and its exit code. */
import { groupNames, summaryOf, type Mark, type SiteCheckLine } from '../../preload/siteCheck.ts';

const marks: Record<Mark, string> = { ok: 'ok', missing: 'MISSING', warning: 'warning', 'not-tried': 'not tried' };
const WIDTH = Math.max(...Object.values(marks).map(({ length }) => length));

/** 0: everything that is needed is there. 1: something is missing. 2: it could not be checked, because there is no site file or nothing answers. */
export function exitCode(lines: readonly SiteCheckLine[]): 0 | 1 | 2 {
  const lacks = lines.filter(({ mark }) => mark === 'missing').map(({ id }) => id);
  if (lacks.includes('site.file') || (lacks.includes('network.issuer') && lacks.includes('network.fhir'))) return 2;
  return lacks.length > 0 ? 1 : 0;
}

export function asText(lines: readonly SiteCheckLine[]): string {
  const out: string[] = [];
  let group = '';
  for (const { group: of, id, mark, looked, found, fix, see } of lines) {
    if (of !== group) out.push('', groupNames[of]);
    group = of;
    out.push(`  ${marks[mark].padEnd(WIDTH)}  ${id}: ${looked} – ${found}`);
    if (fix !== null) out.push(`  ${' '.repeat(WIDTH)}  To do: ${fix}`, `  ${' '.repeat(WIDTH)}  More: ${see}`);
  }
  return `${out.join('\n').trimStart()}\n\n${summaryOf(lines)}\n`;
}

/** One object. Fields are added, and none is taken away or given another meaning. @param version of the app */
export function asJson(lines: readonly SiteCheckLine[], version: string, at: string): string {
  const count = (mark: Mark) => lines.filter((line) => line.mark === mark).length;
  return `${JSON.stringify({ version: 1, app: version, at, exitCode: exitCode(lines), summary: { ok: count('ok'), missing: count('missing'), warnings: count('warning'), notTried: count('not-tried') }, lines }, null, 2)}\n`;
}
