/** The practice's whole record of access, as its server gives it: newest first, page by page. What counts of it audit/reported.ts reads. */
import type { PracticeHttp } from './http.ts';
import { refuseOutcome, searchPages } from './search.ts';

/** A server may give fewer. */
const PAGE = 500;
/** Of a server that gives 50 a page, a million entries. */
const MOST_PAGES = 20_000;

/** @param since ISO time of the server's own clock: what it got since then; null for everything. Throws what a search throws. */
export async function* auditPages(http: PracticeHttp, since: string | null): AsyncGenerator<unknown[], void> {
  const query = `AuditEvent?${since === null ? '' : `_lastUpdated=ge${encodeURIComponent(since)}&`}_sort=-_lastUpdated&_count=${PAGE}`;
  for await (const page of searchPages(http, query, MOST_PAGES, true)) {
    for (const resource of page) refuseOutcome(resource);
    yield page;
  }
}
