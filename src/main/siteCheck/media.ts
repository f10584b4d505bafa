/** The rest of a recording, asked for as after a download that broke off: its last few bytes, which are counted and dropped. */
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import type { Assured } from '../assurance/assess.ts';
import type { PracticeHttp } from '../service/http.ts';
import { downloadMedia, type Already } from '../service/media.ts';
import { line, missing, notTried, ok, warning, type Outcome } from './lines.ts';
import { saidOf } from './reasons.ts';

const FEW_BYTES = 16;

export async function checkMedia(http: PracticeHttp, assured: readonly Assured[]): Promise<SiteCheckLine[]> {
  // Of what is sensitive nothing is fetched that nobody opens.
  const [one] = assured.filter(({ sensitive, media }) => !sensitive && media.size > FEW_BYTES);
  if (!one) return [line('media.range', notTried('no recording may be shown that is not sensitive'))];
  const { binary, contentType, size } = one.media;
  /** Where the answer begins, and its tag. The connection is closed after the few bytes, whatever else would come. */
  const ask = async (etag: string | null): Promise<{ isRest: boolean; came: number; etag: string | null }> => {
    const end = new AbortController();
    try {
      const already: Already = { from: size - FEW_BYTES, total: size, etag };
      const body = await downloadMedia(http, binary, contentType, end.signal, already);
      if (body.from === 0) return { isRest: false, came: 0, etag: body.etag };
      let came = 0;
      for await (const chunk of body.chunks) {
        came += chunk.length;
        if (came > FEW_BYTES) break;
      }
      return { isRest: true, came, etag: body.etag };
    } finally {
      end.abort();
    }
  };
  try {
    const first = await ask(null);
    if (!first.isRest) return [line('media.range', warning('the server gave the whole recording'))];
    if (first.came !== FEW_BYTES) return [line('media.range', missing(`${first.came} bytes or more came in place of ${FEW_BYTES}`))];
    const range = line('media.range', ok(`206, with the ${FEW_BYTES} bytes that were asked for`));
    if (first.etag === null) return [range, line('media.version', warning('there is no strong ETag'))];
    return [range, line('media.version', await held(ask, first.etag))];
  } catch (error) {
    return [line('media.range', missing(saidOf(error)))];
  }
}

/** The version that is there is gone on with, and one that is not there is not. */
async function held(ask: (etag: string) => Promise<{ isRest: boolean }>, etag: string): Promise<Outcome> {
  if (!(await ask(etag)).isRest) return warning('with If-Range and its own ETag the server gave the whole recording');
  return ok('a strong ETag, and If-Range with it');
}
