/** What the three signed statements are called, read and checked against: the app's own schemas (docs/backend.md, "Signed statements"). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { Assignment, Manifest, TranscriptStatement } from '../../src/main/assurance/statements.ts';
import { parseStrict } from '../../src/main/platform/json.ts';
import { Stop } from '../lib/process.ts';

export const kinds = ['manifest', 'transcript', 'assignment'] as const;
export type Kind = (typeof kinds)[number];
export const schemas = { manifest: Manifest, transcript: TranscriptStatement, assignment: Assignment };
/** Which resource a Provenance of this kind is about. */
export const targetType = { manifest: 'DocumentReference', transcript: 'DocumentReference', assignment: 'Task' } as const;

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

/** @throws Stop when there is none, or it cannot be read */
export async function bytesOf(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
}

function unreadable(file: string, error: unknown): Stop {
  const { code } = error as NodeJS.ErrnoException;
  return new Stop(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code ?? String(error)}).`);
}

/** Bytes as JSON, as strictly as the app reads a statement. @throws Stop which says what is wrong with them */
export function jsonOf(file: string, bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Stop(`${file} is not UTF-8 text.`);
  }
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Stop(`${file} is not JSON: ${(error as Error).message}.`);
  }
  try {
    return parseStrict(text);
  } catch {
    throw new Stop(`${file} has a member twice: two readers of the same bytes could see two values.`);
  }
}

/** The first wrong field and what it should be; null when the value is a statement of this kind. */
export function wrongField(kind: Kind, value: unknown): string | null {
  const parsed = schemas[kind].safeParse(value);
  return parsed.success ? null : said(parsed.error.issues[0]);
}

function said(issue: z.core.$ZodIssue | undefined): string {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.') || 'the whole statement';
  return `${field}: ${unknown === undefined ? issue?.message ?? 'not valid' : 'no such member'}`;
}

/** Size, SHA-256 and, where asked for, the SHA-256 of every block of a file (base64url); one block is in memory at a time. */
export async function digestsOf(file: string, blockSize: number | null = null): Promise<{ size: number; sha256: string; blocks: string[] }> {
  const whole = createHash('sha256');
  const blocks: string[] = [];
  let size = 0;
  let [block, filled] = [createHash('sha256'), 0];
  const endBlock = () => {
    blocks.push(block.digest('base64url'));
    [block, filled] = [createHash('sha256'), 0];
  };
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      whole.update(chunk);
      size += chunk.length;
      for (let at = 0; blockSize !== null && at < chunk.length;) {
        const part = chunk.subarray(at, at + blockSize - filled);
        block.update(part);
        at += part.length;
        filled += part.length;
        if (filled === blockSize) endBlock();
      }
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (filled > 0) endBlock();
  return { size, sha256: whole.digest('base64url'), blocks };
}
