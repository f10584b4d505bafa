/** Tests that a document names as evidence: `folder/file.test.ts › describe › title`, in backticks. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../scripts/lib/paths.ts';
import { titlesIn } from '../scripts/lib/testTitles.ts';

/** Every test that a text names, in order. Anything in backticks with the sign ` › ` in it is one. */
export const testsNamedIn = (text: string): string[] => [...text.matchAll(/`([^`\n]+ › [^`\n]+)`/g)].map(([, name = '']) => name);

const known = new Map<string, ReadonlySet<string>>();

/** Why a named test is no evidence, or null where it is there and runs. */
export function faultOfTest(name: string): string | null {
  const [file = '', ...title] = name.split(' › ');
  const full = path.join(root, file);
  if (!/\.(?:test|spec)\.tsx?$/.test(file) || !existsSync(full)) return `${file} is no file of tests`;
  let titles = known.get(file);
  if (!titles) {
    titles = new Set(titlesIn(readFileSync(full, 'utf8'), file));
    known.set(file, titles);
  }
  return titles.has(title.join(' › ')) ? null : `${file} has no test “${title.join(' › ')}” that runs`;
}
