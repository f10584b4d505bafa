import type { Practice } from '../../practice/index.ts';

/** A chain entry as the specs look at it. */
export interface Entry {
  seq: number;
  event: string;
  media?: [number, number][];
  attended?: [number, number][];
  subject?: { document: string | null };
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
