/** The record as a server gives it: all of it, or it is said that it is not. */
import { describe, expect, it } from 'vitest';
import { auditPages } from './auditTrail.ts';
import type { PracticeHttp } from './http.ts';

const event = (id: number) => ({ resource: { resourceType: 'AuditEvent', id: String(id) } });
const bundle = (ids: number[], next: string | null, total?: number) =>
  ({ resourceType: 'Bundle', ...(total === undefined ? {} : { total }), link: next === null ? [] : [{ relation: 'next', url: next }], entry: ids.map(event) });

async function read(...pages: unknown[]): Promise<number> {
  let asked = 0;
  const http = { json: async () => pages[asked++] ?? null } as unknown as PracticeHttp;
  let entries = 0;
  for await (const page of auditPages(http, null)) entries += page.length;
  return entries;
}
const cutShort = { code: 'practice-error', message: 'search was not answered in full' };

describe('the pages of the record', () => {
  it('are read to their end', async () => {
    expect(await read(bundle([1, 2], 'b', 3), bundle([3], null, 3))).toBe(3);
    // Not every server counts, and what comes in meanwhile is counted on later pages.
    expect(await read(bundle([1, 2], 'b'), bundle([3], null))).toBe(3);
    expect(await read(bundle([1, 2], 'b', 3), bundle([3], null, 4))).toBe(3);
    expect(await read({ ...bundle([1], null), total: 'many' })).toBe(1);
  });

  it('are not whole where there are fewer than the server counted: a page that is not named is not read', async () => {
    await expect(read(bundle([1, 2], null, 3))).rejects.toMatchObject(cutShort);
    await expect(read(bundle([1, 2], 'b', 4), bundle([3], null, 4))).rejects.toMatchObject(cutShort);
    await expect(read(bundle([], null, 1))).rejects.toMatchObject(cutShort);
  });
});
