/** app://ui — the page's own files and nothing else, each with the content security policy. */
import { readFileSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';

export const APP_SCHEME = 'app';
/** `new URL('app://ui/').origin` is "null" in Node; a frame's origin is this. */
export const APP_ORIGIN = 'app://ui';

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", 'media-src recording:', "connect-src 'none'",
  "worker-src 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

/** As Electron takes it. */
interface AppFile {
  statusCode: number;
  data: Buffer;
  headers: Record<string, string>;
}

const headersOf = (type: string): AppFile['headers'] => ({ 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
/** It may come to be a document, of our origin. */
const NOTHING: AppFile = { statusCode: 404, data: Buffer.alloc(0), headers: headersOf('text/plain') };

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.json': 'application/json',
};

/** @param root folder of the built page. Only GET; only known types; no way out of the folder. Never throws. @returns of status 404 what there is not */
export function answerAppFile(request: { method: string; url: string }, root: string): AppFile {
  try {
    const url = new URL(request.url);
    const path = normalize(join(root, url.pathname === '/' ? 'index.html' : decodeURIComponent(url.pathname)));
    const type = TYPES[extname(path)];
    if (request.method !== 'GET' || url.host !== 'ui' || !path.startsWith(root + sep) || type === undefined) return NOTHING;
    // No cross-origin-opener-policy: there is no window that could open ours or be opened by it, and for such a page Chromium gives up the process that it has made ready and starts another.
    return { statusCode: 200, data: readFileSync(path), headers: headersOf(type) };
  } catch {
    return NOTHING;
  }
}
