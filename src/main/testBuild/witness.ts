/**
 * `--test-command-witness=FILE`: notes, one JSON line each, every reply and message that leaves main for a screen, and every range of a
 * recording that is decrypted: `{kind: 'reply' | 'push', name, value}`, `{kind: 'range', recording, from, length}`.
 */
import { appendFileSync } from 'node:fs';
import type { Desk } from '../journeys/desk.ts';
import { noteCrossings } from '../window/crossing.ts';

export function startWitness(argv: readonly string[], desk: Desk): void {
  const prefix = '--test-command-witness=';
  const file = argv.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
  if (!file) return;
  const note = (line: Record<string, unknown>) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  note({ kind: 'started' });
  noteCrossings((kind, name, value) => note({ kind, name, value }));
  const { grants } = desk;
  const issue = grants.issue.bind(grants);
  grants.issue = (window, recording, write, id) => {
    const readFrom = recording.readFrom.bind(recording);
    recording.readFrom = async (from, to) => {
      const bytes = await readFrom(from, to);
      note({ kind: 'range', recording: id === undefined ? null : desk.watching.get(id)?.recording ?? null, from, length: bytes.length });
      return bytes;
    };
    return issue(window, recording, write, id);
  };
}
