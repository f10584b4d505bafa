/** The site file, and the keys that it names. */
import { problemOf } from '../platform/failure.ts';
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import type { Fetch } from '../service/http.ts';
import type { Site } from '../site.ts';
import { withFetchedKeys } from '../siteKeys.ts';
import { line, missing, ok, warning } from './lines.ts';
import { whyUnanswered } from './reasons.ts';

/** Why there is none. @param error of reading it */
export function noSite(error: unknown): SiteCheckLine {
  const { code, detail } = problemOf(error);
  if (code !== 'site-file-invalid') return line('site.file', missing('there is none, or it cannot be read', 'Place the practice’s site file where docs/site-file.md says, or name it with --site. It must be readable by this user.'));
  const { field = '', expected = '' } = detail ?? {};
  const wrong = field === 'the whole file' ? 'the file as a whole' : `the field “${field}”`;
  return line('site.file', missing(expected === 'no such field' ? `it has a field “${field}”, and there is no such field` : `${wrong} is wrong; expected: ${expected}`));
}

/** @param folder for the files while they are looked at @param overruled another was named, and the machine-wide one counts @returns the site with the keys of its key files, as far as they are to be had */
export async function checkSiteFile(site: Site, fetch: Fetch, folder: string, now: number, overruled: boolean): Promise<{ lines: SiteCheckLine[]; site: Site }> {
  const named = Object.keys(site.keyFiles);
  let [whole, files] = [site, named.length === 0 ? ok('none are named') : ok(`${named.length} of ${named.length}, as named`)];
  try {
    whole = await withFetchedKeys(site, fetch, folder);
  } catch (error) {
    const { code, detail } = problemOf(error);
    const { found, fix } = whyUnanswered(error);
    files = code === 'practice-unreachable' ? missing(`one cannot be fetched: ${found}`, fix) : missing(`${detail?.field ?? 'one'} is wrong; expected: ${detail?.expected ?? 'the file that is named'}`);
  }
  const file = overruled ? warning('the machine-wide one, and not the one that was named: it counts before every other', 'Take the machine-wide file away to check another, or leave --site out.') : ok('it can be read, and every field is right');
  return { lines: [line('site.file', file), line('site.keys', keys(whole, now)), line('site.key-files', files)], site: whole };
}

function keys({ assurance, manifestKeys, keyFiles }: Site, now: number) {
  if (assurance === 'unsigned-permitted') return warning('recordings need no signature here (assurance "unsigned-permitted")', 'Have the system that records the calls sign a manifest, name its key in manifestKeys, and set assurance to "signed". Until then the app marks every recording.');
  const good = manifestKeys.filter(({ revoked, notBefore, notAfter }) => revoked !== true && (notBefore === undefined || Date.parse(notBefore) <= now) && (notAfter === undefined || Date.parse(notAfter) >= now));
  if (good.length > 0) return ok(`${good.length} of ${manifestKeys.length} ${manifestKeys.length === 1 ? 'key' : 'keys'}`);
  // With a key file that could not be fetched nobody knows.
  return manifestKeys.length === 0 && keyFiles.manifest ? missing('none; the key file was not to be had') : missing('every one is revoked, over or not yet in use');
}
