/** What a page may never do, whatever it shows. Numbers are those of Electron's security checklist. */
import { app, type Session, type WebContents } from 'electron';
import { log } from '../platform/log.ts';
import { APP_ORIGIN, APP_SCHEME } from './appScheme.ts';

/** 5. Permissions: fullscreen for the player and nothing else, asked or checked, devices included. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(permission === 'fullscreen'));
  session.setPermissionCheckHandler((_contents, permission) => permission === 'fullscreen');
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
}

/** The page's own session reaches no network at all: whatever is not our two schemes is refused before it is sent. */
export function denyNetwork(session: Session, recordingScheme: string): void {
  session.webRequest.onBeforeRequest((details, decide) => {
    const { protocol } = new URL(details.url);
    const ours = protocol === `${APP_SCHEME}:` || protocol === `${recordingScheme}:` || protocol === 'devtools:';
    if (!ours) log('blocked-request');
    decide({ cancel: !ours });
  });
}

/** 11–14. No other page, no new window, no webview, no WebRTC around the policy. */
export function pinContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.url.startsWith(`${APP_ORIGIN}/`)) event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
}

/** Applies {@link pinContents} to every web contents there will ever be. */
export function pinAllContents(): void {
  app.on('web-contents-created', (_event, contents) => pinContents(contents));
}
