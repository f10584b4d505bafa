/** Versions (Semantic Versioning 2.0.0, without build metadata). */
import { z } from 'zod';

const number = '(?:0|[1-9]\\d{0,5})';
const label = `(?:${number}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const form = new RegExp(`^(${number})\\.(${number})\\.(${number})(?:-(${label}(?:\\.${label})*))?$`);

/** What does not have the form is compared with nothing. */
export const Version = z.string().max(60).regex(form, { error: 'a version such as 1.2.0', abort: true });

/** Negative: `a` comes before `b` (section 11: a pre-release comes before its release). Throws for what is no {@link Version}. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (const at of [0, 1, 2]) {
    const difference = Number(left.core[at]) - Number(right.core[at]);
    if (difference !== 0) return difference;
  }
  if (left.pre === null || right.pre === null) return Number(left.pre === null) - Number(right.pre === null);
  for (let at = 0; at < Math.max(left.pre.length, right.pre.length); at += 1) {
    const difference = compareLabels(left.pre[at], right.pre[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function partsOf(version: string): { core: string[]; pre: string[] | null } {
  const [, major, minor, patch, pre] = form.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) throw new RangeError('not a version');
  return { core: [major, minor, patch], pre: pre?.split('.') ?? null };
}

/** Numbers come before words; who has fewer labels comes first. */
function compareLabels(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [aNumber, bNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aNumber && bNumber) return Number(a) - Number(b);
  if (aNumber !== bNumber) return aNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
