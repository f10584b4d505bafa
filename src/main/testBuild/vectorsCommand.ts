/** `--test-command=vectors FILE`: the official vectors, in this runtime. */
import { readFileSync } from 'node:fs';
import type { Invocation } from './commands.ts';
import { checkVectors, readVectors } from './vectors.ts';

/** Answers with the exit code: 0 when every vector opened and every changed copy was refused. */
export function runVectors({ operand, packaged, say }: Invocation): number {
  if (operand === null) throw new Error('test-command vectors: name the file of vectors');
  const { opened, notOpened, refused, notRefused } = checkVectors(readVectors(JSON.parse(readFileSync(operand, 'utf8'))));
  const { electron, chrome, node } = process.versions;
  say(`Electron ${electron}, Chromium ${chrome}, Node ${node}, ${process.platform} ${process.arch}, ${packaged ? 'packaged' : 'not packaged'}`);
  say(`official vectors: ${opened} opened, ${notOpened} did not; changed copies: ${refused} refused, ${notRefused} were not`);
  say(`${opened + refused} passed, ${notOpened + notRefused} failed`);
  return notOpened + notRefused === 0 ? 0 : 1;
}
