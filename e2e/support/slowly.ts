/** 64 KiB: what a slow line gives at a time. */
const STEP = 65_536;

/** A body over a slow line. @param everyMs between two pieces. @param atOnce so many bytes come before the first wait. @param hurry while it says so nothing is waited for */
export async function* slowly(body: Buffer, everyMs: number, { atOnce = 0, hurry = () => false }: { atOnce?: number; hurry?: () => boolean } = {}): AsyncGenerator<Buffer> {
  if (atOnce > 0) yield body.subarray(0, atOnce);
  for (let at = atOnce; at < body.length; at += STEP) {
    if (!hurry()) await new Promise((resolve) => setTimeout(resolve, everyMs));
    yield body.subarray(at, at + STEP);
  }
}
