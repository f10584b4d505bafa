/** The site check on a screen: as anybody sees the practice's systems, and as who is in sees them with the session that they have. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mark, SiteCheckLine, SiteCheckReport } from '../../preload/siteCheck.ts';
import { Failure } from '../platform/failure.ts';
import { log } from '../platform/log.ts';
import { asPerson, report, withoutSignIn } from '../siteCheck/check.ts';
import { line, notTried, ok, warning } from '../siteCheck/lines.ts';
import type { Signed } from '../siteCheck/signIn.ts';
import { noSite } from '../siteCheck/site.ts';
import type { Site } from '../site.ts';
import type { Desk, PracticeSession } from './desk.ts';

/** What a session that goes on has shown, and what only the command tries. */
const ofSession = ({ tokens }: PracticeSession): SiteCheckLine[] => [
  ...['person.sign-in', 'person.claims', 'person.practitioner', 'person.role'].map((id) => line(id, ok('as at this sign-in'))),
  line('person.scopes', ok('what the role cannot do without, as at this sign-in')),
  line('person.refresh', tokens.refreshToken === null ? warning('no refresh token came: people sign in again when their token ends') : ok('there is a refresh token')),
  line('person.revocation', notTried('it is tried at sign-out')),
  ...['record.create', 'record.once'].map((id) => line(id, notTried('this app sends its own entries; only the command with --sign-in writes one to try it'))),
];

function told(lines: SiteCheckLine[]): SiteCheckReport {
  const count = (mark: Mark) => lines.filter((one) => one.mark === mark).length;
  log('site-check', { missing: count('missing'), warnings: count('warning') });
  return { lines };
}

/** @param readSite throws where there is no good site file */
export async function checkSite(desk: Desk, readSite: () => Site): Promise<SiteCheckReport> {
  const now = () => desk.machine.now();
  let bare: Site;
  try {
    bare = readSite();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return told(report([noSite(error)], null));
  }
  const folder = mkdtempSync(join(tmpdir(), 'viewing-room-check-'));
  try {
    const { lines, site } = await withoutSignIn({ site: bare, fetch: desk.machine.fetch, folder, now, overruled: false });
    const { session, person } = desk;
    // A lock that comes meanwhile closes nothing here: no line says anything of what was read.
    if (!desk.isInside || !session || !person) return told(report(lines, null));
    const signed: Signed = { http: session.http, role: person.role, sds: person.sds, practitioner: person.practitioner, name: person.name };
    return told(report([...lines, ...ofSession(session), ...await asPerson(signed, site, desk.machine.about.version, now, false)], signed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
