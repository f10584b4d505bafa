/** Prints a page of our own to PDF: a window without preload, script or network, in a session of its own that answers two addresses. */
import { BrowserWindow, session as electronSession } from 'electron';
import { Failure } from '../platform/failure.ts';
import { APP_SCHEME } from './appScheme.ts';
import { denyPermissions } from './policy.ts';

export interface Page {
  page: string;
  style: string;
  header: string;
  footer: string;
  landscape: boolean;
}

/** No origin of the door's: ipc.ts takes calls from app://ui alone. */
const ADDRESS = `${APP_SCHEME}://print/`;
const STYLE_ADDRESS = `${ADDRESS}print.css`;
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Longer than the largest list takes; a page that does not end must not keep the export waiting for ever. */
const PATIENCE_MS = 120_000;
const MM_PER_INCH = 25.4;

let printed = 0;

export async function printPdf({ page, style, header, footer, landscape }: Page): Promise<Buffer> {
  printed += 1;
  // In memory only, and never the session of a screen.
  const session = electronSession.fromPartition(`print-${printed}`);
  denyPermissions(session);
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: url !== ADDRESS && url !== STYLE_ADDRESS }));
  const answer = (body: string, type: string) =>
    new Response(body, { headers: { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } });
  session.protocol.handle(APP_SCHEME, ({ url }) => {
    if (url === ADDRESS) return answer(page, 'text/html');
    return url === STYLE_ADDRESS ? answer(style, 'text/css') : new Response(null, { status: 404 });
  });
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session, sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false, spellcheck: false, devTools: false,
      javascript: false, // What names and free text come to in the page, they cannot act.
      images: false,
    },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Failure('internal', 'printing took too long')), PATIENCE_MS);
      window.webContents.once('render-process-gone', () => reject(new Failure('internal', 'printing process ended')));
    });
    const made = async (): Promise<Buffer> => {
      await window.loadURL(ADDRESS);
      return window.webContents.printToPDF({
        pageSize: 'A4', landscape, printBackground: true, displayHeaderFooter: true, headerTemplate: header, footerTemplate: footer,
        margins: { top: 20 / MM_PER_INCH, bottom: 18 / MM_PER_INCH, left: 15 / MM_PER_INCH, right: 15 / MM_PER_INCH },
        generateTaggedPDF: true, // Read aloud in its order, with headings and table cells.
      });
    };
    return await Promise.race([made(), tooLong]);
  } finally {
    clearTimeout(timer);
    window.destroy();
  }
}
