/** The one window: sandboxed, isolated, in a session of its own that leaves nothing on disk. */
import { BrowserWindow, session as electronSession } from 'electron';
import { log } from '../platform/log.ts';
import { APP_ORIGIN, APP_SCHEME, answerAppFile } from './appScheme.ts';
import { denyNetwork, denyPermissions } from './policy.ts';

export interface WindowOptions {
  /** Folders of the built page and the preload file. */
  rendererRoot: string;
  preload: string;
  recordingScheme: string;
  /** Answers recording:// for this window and no other. */
  media: (request: Request, window: number) => Promise<Response>;
  show: boolean;
}

let opened = 0;

/** A page that asks for nothing is waited for no longer than this. */
const NEVER_ASKED_MS = 2_000;

/** Steps of the zoom, as factors: WCAG 2.2 1.4.4 asks for 2. */
const zooms = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** Ctrl and +, − or 0, which the menu would bring if there were one. */
function zoomByKeys(window: BrowserWindow): void {
  const { webContents } = window;
  const step = (to: 'in' | 'out' | 'reset') => {
    const now = webContents.getZoomFactor();
    const next = to === 'reset' ? 1 : to === 'in' ? zooms.find((zoom) => zoom > now + 0.01) : zooms.findLast((zoom) => zoom < now - 0.01);
    if (next !== undefined) webContents.setZoomFactor(next);
  };
  webContents.on('before-input-event', (event, { type, key, control, meta, alt }) => {
    const to = ({ '+': 'in', '=': 'in', '-': 'out', _: 'out', 0: 'reset' } as const)[key];
    if (type !== 'keyDown' || alt || !(control || meta) || to === undefined) return;
    event.preventDefault();
    step(to);
  });
  webContents.on('zoom-changed', (_event, direction) => step(direction));
}

/** @returns the window, and what resolves when its page has its document and begins to read it, or asks for nothing */
export function openWindow({ rendererRoot, preload, recordingScheme, media, show }: WindowOptions): { window: BrowserWindow; given: Promise<void> } {
  opened += 1;
  // No `persist:`, and a new name each time: memory only, and no second window shares its protocol handlers.
  const session = electronSession.fromPartition(`room-${opened}`);
  denyPermissions(session);
  denyNetwork(session, recordingScheme);
  const window = new BrowserWindow({
    width: 1366, height: 768, minWidth: 640, minHeight: 480, show: false, title: 'Viewing Room', backgroundColor: '#f0f4f5', autoHideMenuBar: true,
    webPreferences: {
      session, preload,
      sandbox: true, // 4. The page's process is confined by the operating system.
      contextIsolation: true, // 3. The page cannot reach the preload's objects.
      nodeIntegration: false, // 2. No Node in a page.
      webSecurity: true, // 6. Same-origin policy stays.
      allowRunningInsecureContent: false, // 8.
      webviewTag: false, // 12.
      spellcheck: false, // What is typed about a patient is not sent for checking.
      enableWebSQL: false,
      devTools: false,
      v8CacheOptions: 'none',
      backgroundThrottling: false, // Reports of what was shown must come from a hidden window as well.
    },
  });
  const contentsId = window.webContents.id;
  const given = new Promise<void>((resolve) => {
    setTimeout(resolve, NEVER_ASKED_MS);
    // Not `handle`: it takes a `Request`, and with the first of those Node reads its whole fetch and HTTP/2 (50 ms), while the page waits for its document.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- until `handle` can do without (docs/dependencies.md)
    session.protocol.registerBufferProtocol(APP_SCHEME, (request, answer) => {
      answer(answerAppFile(request, rendererRoot));
      resolve();
    });
  });
  session.protocol.handle(recordingScheme, (request) => media(request, contentsId));
  // Advisory, and without effect on Linux: the watermark is the deterrent.
  window.setContentProtection(process.platform !== 'linux');
  window.removeMenu();
  zoomByKeys(window);
  if (show) window.once('ready-to-show', () => window.show());
  const page = `${APP_ORIGIN}/`;
  // 13. An empty page is announced to nobody before it is there (`will-navigate` is not asked): ours comes back.
  window.webContents.on('did-navigate', (_event, url) => {
    if (url.startsWith(page)) return;
    log('blocked-request');
    void window.loadURL(page);
  });
  void window.loadURL(page);
  return { window, given };
}
