import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { entryHash, FIRST_PREVIOUS } from '../src/main/audit/chain.ts';
import { readEntry, reportedFrom } from '../src/main/audit/reported.ts';
import { problemsOf } from './fhir/validate.ts';
import { clientOf, practiceForTests } from './testing/fixture.ts';

const EVENTS = 2_500;
const practice = practiceForTests({ events: EVENTS });

type Page = Bundle<AuditEvent>;
const resources = (page: Page) => (page.entry ?? []).flatMap(({ resource }) => resource ?? []);

describe('a practice with a history', () => {
  it('gives all of it, newest first, in pages of up to a thousand', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const sizes: number[] = [];
    const got: AuditEvent[] = [];
    for (let url: string | undefined = 'AuditEvent?_sort=-_lastUpdated&_count=5000'; url !== undefined; ) {
      const { body }: { body: Page } = await pat.get<Page>(url);
      expect(body.total).toBe(EVENTS);
      sizes.push(resources(body).length);
      got.push(...resources(body));
      url = body.link?.find(({ relation }) => relation === 'next')?.url;
    }
    expect(sizes).toEqual([1_000, 1_000, 500]);
    expect(new Set(got.map(({ id }) => id)).size).toBe(EVENTS);
    const times = got.map(({ meta }) => meta?.lastUpdated ?? '');
    expect(times).toEqual([...times].sort().reverse());
    expect(times[0]! < new Date().toISOString()).toBe(true);
  });

  it('is made of entries that this app reads, in chains that hold from the first to the last', async () => {
    const events = (await practice.get().repo.auditEvents()).slice(0, EVENTS);
    const heads = new Map<string, { seq: number; hash: Buffer }>();
    for (const event of events) {
      const reported = reportedFrom(event)!;
      const read = readEntry(reported.body);
      expect(read?.entry).not.toBeNull();
      const chain = `${read!.chain.device} ${read!.chain.sds}`;
      const head = heads.get(chain) ?? { seq: 0, hash: FIRST_PREVIOUS };
      expect(read!.seq).toBe(head.seq + 1);
      expect(entryHash(read!.seq, head.hash, reported.body)).toEqual(reported.hash);
      heads.set(chain, { seq: read!.seq, hash: reported.hash });
      if (read!.seq % 50 === 1) expect(verify(null, reported.hash, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: reported.key! }, format: 'jwk' }), reported.signature)).toBe(true);
    }
    expect(heads.size).toBeGreaterThan(5);
    for (const event of [events[0], events[999], events.at(-1)]) expect(problemsOf(event!)).toBeUndefined();
  });

  it('can be followed from a moment on, with what comes in', async () => {
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const all = await practice.get().repo.auditEvents();
    const moments = all.map(({ meta }) => Date.parse(meta?.lastUpdated ?? ''));
    for (const [i, prefix] of [[40, 'ge'], [1_700, 'ge'], [700, 'gt'], [1_200, 'le'], [1_200, 'lt'], [5, 'eq']] as const) {
      const at = moments[i]!;
      const passes = { ge: (one: number) => one >= at, gt: (one: number) => one > at, le: (one: number) => one <= at, lt: (one: number) => one < at, eq: (one: number) => one === at }[prefix];
      const { body } = await pat.get<Page>(`AuditEvent?_lastUpdated=${prefix}${new Date(at).toISOString()}&_sort=_lastUpdated&_count=10`);
      expect([prefix, body.total]).toEqual([prefix, moments.filter(passes).length]);
      expect(resources(body)[0]?.id).toBe(all[moments.findIndex(passes)]?.id);
    }
    const { id: _, meta: __, ...fresh } = all[3]!;
    const name = '11111111-2222-4333-8444-555555555555';
    const renamed = { ...fresh, entity: [{ name, what: { identifier: { value: name } } }] };
    const before = new Date().toISOString();
    const ada = await clientOf(practice.get(), 'ada');
    expect([(await ada.send('POST', 'AuditEvent', renamed, { 'If-None-Exist': `entity-name=${name}` })).status, (await ada.send('POST', 'AuditEvent', renamed, { 'If-None-Exist': `entity-name=${name}` })).status]).toEqual([201, 200]);
    const { body } = await pat.get<Page>(`AuditEvent?_lastUpdated=ge${before}&_sort=-_lastUpdated`);
    expect([body.total, resources(body)[0]?.entity?.[0]?.name]).toEqual([1, name]);
    // What was seeded is found by its name as well, and not made twice.
    expect((await ada.send('POST', 'AuditEvent', fresh, { 'If-None-Exist': `entity-name=${all[3]!.entity!.at(-1)!.name!}` })).status).toBe(200);
  });

  it('shows what was written over once, where it is now', async () => {
    const { repo } = practice.get();
    const pat = await clientOf(practice.get(), 'pat', 'manager');
    const before = await repo.auditEvents();
    await repo.update({ ...before[1_000]!, outcome: '8' });
    const after = await repo.auditEvents();
    expect(after.map(({ id }) => id)).toEqual([...before.filter((_, i) => i !== 1_000).map(({ id }) => id), before[1_000]!.id]);
    expect(resources((await pat.get<Page>('AuditEvent?_sort=-_lastUpdated&_count=1')).body)[0]).toMatchObject({ id: before[1_000]!.id, outcome: '8' });
  });
});
