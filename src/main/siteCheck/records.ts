/** What is written about who looked, what stops a recording, and what else is read beside it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { SITE_CHECK, siteCheckEvent } from '../outbox/balp.ts';
import { sendOne } from '../outbox/deliver.ts';
import { auditPages } from '../service/auditTrail.ts';
import { readEntries, type ListEntries } from '../service/lists.ts';
import { readForms, readReviews } from '../service/reviewWork.ts';
import { readStopList } from '../service/stopList.ts';
import { reviewPage } from '../service/subjects.ts';
import { line, missing, ok, warning, type Outcome } from './lines.ts';
import { saidOf } from './reasons.ts';
import type { Signed } from './signIn.ts';

/** As long as an entry of the app's may well be, bytes. */
const ENTRY_BYTES = 600;

const tried = async (id: string, work: () => Promise<Outcome>, otherwise = missing): Promise<SiteCheckLine> => line(id, await work().catch((error: unknown) => otherwise(saidOf(error))));

/** One real entry, with the subtype `site-check`, sent twice: it is the one thing of a practice's that the check writes. @param now ms since the epoch */
export async function checkRecord({ http, practitioner, name }: Signed, version: string, now: number): Promise<SiteCheckLine[]> {
  const id = randomUUID();
  const actor = { practitioner: `Practitioner/${practitioner}`, name };
  const event = siteCheckEvent({ id, device: randomUUID(), at: new Date(now).toISOString(), actor }, new URL(http.fhirBase).host, version, randomBytes(ENTRY_BYTES));
  const send = () => sendOne(http, id, event, [SITE_CHECK]);
  let kept: string;
  try {
    kept = await send();
  } catch (error) {
    return [line('record.create', missing(saidOf(error)))];
  }
  return [line('record.create', ok('one entry was written, and the answer shows it as it was sent')), await tried('record.once', async () => (await send() === kept ? ok('the second answer is of the same entry') : missing('there are two of it now')))];
}

export const checkStops = ({ http }: Signed): Promise<SiteCheckLine> => tried('stops.list', async () => {
  const { state, found, stops } = await readStopList(http);
  if (state === 'unreadable') return missing('not all of it was read and understood: nothing is lifted, and offline use ends');
  if (state === 'absent') return warning('the practice gives this person no Lists: nothing can be stopped at once, and the app says so on every screen');
  return ok(found ? `${stops.length} ${stops.length === 1 ? 'entry' : 'entries'}` : 'there is none yet; the first stop makes one');
});

/** @param documents "DocumentReference/id" */
export const checkReviews = async ({ http, practitioner }: Signed, documents: readonly string[]): Promise<SiteCheckLine[]> => [
  await tried('reviews.forms', async () => ok(`${(await readForms(http)).length} forms`), warning),
  await tried('reviews.read', async () => {
    await readReviews(http, documents, `Practitioner/${practitioner}`);
    return ok('they can be read');
  }, warning),
];

/** What managers and second readers read. */
export async function checkConsole({ http }: Signed): Promise<SiteCheckLine[]> {
  return [
    await tried('record.read', async () => {
      const pages = auditPages(http, null);
      const { value } = await pages.next();
      await pages.return();
      return ok(`${value?.length ?? 0} entries on the first page`);
    }),
    await tried('console.assignments', async () => ok(`${(await reviewPage(http, { document: null, owners: [] }, null)).tasks.length} on the first page`)),
    await tried('console.lists', async () => lists([await readEntries(http, 'device-list'), await readEntries(http, 'lift-proposals')])),
  ];
}

function lists(read: readonly ListEntries[]): Outcome {
  if (read.some(({ state }) => state === 'unreadable')) return missing('not all of them was read and understood');
  return read.some(({ state }) => state === 'absent') ? missing('the practice gives this person no Lists') : ok('they can be read');
}
