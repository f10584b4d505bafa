import { createHash } from 'node:crypto';
import type { Practice } from '../../practice/index.ts';

/** A chain entry as the specs look at it. */
export interface Entry {
  seq: number;
  event: string;
  media?: [number, number][];
  attended?: [number, number][];
  seconds?: number;
  rows?: number;
  sha256?: string;
  subject?: { document: string | null; recording: string | null };
  actor: { sds: string };
}

/** Every entry that the practice holds, in the order of the chain, with the details of the AuditEvent that it came in. */
export async function deliveredEntries(practice: { repo: Pick<Practice['repo'], 'auditEvents'> }): Promise<{ entry: Entry; details: Map<string, string> }[]> {
  const events = await practice.repo.auditEvents();
  return events.flatMap((event) => {
    const details = new Map((event.entity ?? []).flatMap((e) => e.detail ?? []).map((d) => [d.type, d.valueString ?? '']));
    const bytes = details.get('chain-entry');
    return bytes === undefined ? [] : [{ entry: JSON.parse(Buffer.from(bytes, 'base64').toString('utf8')) as Entry, details }];
  }).sort((a, b) => a.entry.seq - b.entry.seq);
}

/**
 * The seq of the first entry that does not follow from the one before, or null: from nothing but what the practice holds,
 * h = SHA-256(0x00 ‖ u64be(seq) ‖ h before ‖ body).
 */
export function brokenLink(entries: Awaited<ReturnType<typeof deliveredEntries>>): number | null {
  let previous: Buffer = Buffer.alloc(32);
  for (const [index, { entry, details }] of entries.entries()) {
    const seq = Buffer.alloc(8);
    seq.writeBigUInt64BE(BigInt(entry.seq));
    const hash = createHash('sha256').update(Buffer.of(0)).update(seq).update(previous).update(Buffer.from(details.get('chain-entry') ?? '', 'base64')).digest();
    if (entry.seq !== index + 1 || hash.toString('base64') !== details.get('chain-hash')) return entry.seq;
    previous = hash;
  }
  return null;
}
