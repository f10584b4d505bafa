/**
 * An export of chains as a file that needs no app to be checked (docs/formats.md, "Chain export"): JSON Lines, one of the export itself, one for each entry, chain by chain
 * in order of `seq`, and one with their number and the SHA-256 of all bytes before it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { strictJsonOf } from '../platform/json.ts';
import { BODY_LIMIT } from './chain.ts';
import type { Head } from './verify.ts';

const count = z.number().int().nonnegative();
const HeadText = z.strictObject({ seq: z.number().int().positive(), hash: z.string() });
const ExportedChain = z.strictObject({ device: z.string(), sds: z.string(), name: z.string(), key: z.string().nullable(), enrolled: z.boolean(), before: HeadText.nullable(), head: HeadText });
const ExportHeader = z.strictObject({
  format: z.literal('viewing-room-audit'), version: z.literal(1), exportedAt: z.iso.datetime(), practice: z.string(),
  exporter: z.strictObject({ sds: z.string(), name: z.string() }), filter: z.record(z.string(), z.unknown()), chains: z.array(ExportedChain),
});
/** `before` and `head` of each chain: what its first entry here follows, and its last one here. Hashes are base64. */
export type ExportHeader = z.infer<typeof ExportHeader>;
export type ExportedChain = z.infer<typeof ExportedChain>;

const EntryLine = z.strictObject({ chain: count, seq: z.number().int().positive(), entry: z.string(), hash: z.string(), signature: z.string(), reference: z.string(), receivedAt: z.string().nullable() });
export type EntryLine = z.infer<typeof EntryLine>;
const Footer = z.strictObject({ entries: count, sha256: z.string() });

/** A line is an entry's body in base64 and little more; the first names every chain. */
const LONGEST_LINE = Math.ceil(BODY_LIMIT / 3) * 4 + 4096;
const LONGEST_HEADER = 16 * 1024 * 1024;

export interface ExportedEntry {
  /** Index of its chain in the header. */
  chain: number;
  seq: number;
  body: Buffer;
  hash: Buffer;
  signature: Buffer;
  reference: string;
  receivedAt: string | null;
}

export const headText = ({ seq, hash }: Head): { seq: number; hash: string } => ({ seq, hash: hash.toString('base64') });

/** The file's lines, each with its end. @param entries chain by chain, in order of seq. */
export async function* exportLines(header: Omit<ExportHeader, 'format' | 'version'>, entries: AsyncIterable<ExportedEntry> | Iterable<ExportedEntry>): AsyncGenerator<string> {
  const digest = createHash('sha256');
  let written = 0;
  const line = (value: ExportHeader | EntryLine): string => {
    const text = `${JSON.stringify(value)}\n`;
    digest.update(text);
    return text;
  };
  yield line({ format: 'viewing-room-audit', version: 1, ...header });
  for await (const { chain, seq, body, hash, signature, reference, receivedAt } of entries) {
    written += 1;
    yield line({ chain, seq, entry: body.toString('base64'), hash: hash.toString('base64'), signature: signature.toString('base64'), reference, receivedAt });
  }
  yield `${JSON.stringify({ entries: written, sha256: digest.digest('base64url') } satisfies z.infer<typeof Footer>)}\n`;
}

/** What is wrong with the file as a file. */
export class ExportFault extends Error {}

export type ExportPart = { kind: 'header'; header: ExportHeader } | { kind: 'entry'; line: number; entry: EntryLine } | { kind: 'bad-line'; line: number } | { kind: 'footer'; faults: string[] };

/** Reads an export as it comes: header, entries, and what the last line says of them. @throws ExportFault when it has no header */
export async function* readExport(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<ExportPart> {
  const digest = createHash('sha256');
  let number = 0;
  let entries = 0;
  let held: Buffer | null = null;
  let whole = false;
  for await (const { text, ended } of linesOf(bytes)) {
    // The last line is the one that none follows.
    if (held) {
      digest.update(held).update('\n');
      number += 1;
      if (number === 1) yield { kind: 'header', header: headerOf(held) };
      else {
        entries += 1;
        const read = EntryLine.safeParse(strictJsonOf(held));
        yield read.success ? { kind: 'entry', line: number, entry: read.data } : { kind: 'bad-line', line: number };
      }
    }
    held = text;
    whole = ended;
  }
  if (number === 0) throw new ExportFault('it has no first line of an export, or nothing after it');
  const footer = Footer.safeParse(held && whole ? strictJsonOf(held) : null);
  if (!footer.success) {
    yield { kind: 'footer', faults: ['its last line, with the number of entries and the digest, is missing: the file was cut off or changed'] };
    return;
  }
  const faults: string[] = [];
  if (footer.data.sha256 !== digest.digest('base64url')) faults.push('the digest in its last line is not that of the lines before it: the file was changed after it was exported');
  if (footer.data.entries !== entries) faults.push(`its last line says ${footer.data.entries} entries, and there are ${entries}`);
  yield { kind: 'footer', faults };
}

function headerOf(line: Buffer): ExportHeader {
  const header = ExportHeader.safeParse(strictJsonOf(line));
  if (!header.success) throw new ExportFault('its first line is not that of an export that this version reads');
  return header.data;
}

/** @throws ExportFault for a line without end. `ended`: by a line feed. */
async function* linesOf(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<{ text: Buffer; ended: boolean }> {
  let first = true;
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    const block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let end = block.indexOf(10); end >= 0; end = block.indexOf(10, from)) {
      rest.push(block.subarray(from, end));
      yield { text: Buffer.concat(rest), ended: true };
      [rest, length, first, from] = [[], 0, false, end + 1];
    }
    rest.push(Buffer.from(block.subarray(from)));
    length += block.length - from;
    if (length > (first ? LONGEST_HEADER : LONGEST_LINE)) throw new ExportFault('it has a line that is longer than any line of an export');
  }
  if (length > 0) yield { text: Buffer.concat(rest), ended: false };
}
