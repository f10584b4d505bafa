import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a program that notes the addresses it is given the session's default browser: what the app opens through the system is
 * seen here, and the pages are answered in `browser.ts`.
 * @param env of the session: where it keeps its settings
 * @returns the addresses that were opened so far
 */
export function noteDefaultBrowser(folder: string, env: Record<string, string | undefined> = process.env): () => string[] {
  const { XDG_DATA_HOME: data, XDG_CONFIG_HOME: config } = env;
  if (!data || !config) throw new Error('run by scripts/e2e.ts, in a desktop session of its own');
  const notes = path.join(folder, 'opened');
  const program = path.join(folder, 'browser.sh');
  rmSync(notes, { force: true });
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${notes}'\n`);
  chmodSync(program, 0o755);
  mkdirSync(path.join(data, 'applications'), { recursive: true });
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(data, 'applications', 'noting-browser.desktop'), `[Desktop Entry]\nType=Application\nName=Noting browser\nExec=${program} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n`);
  writeFileSync(path.join(config, 'mimeapps.list'), '[Default Applications]\nx-scheme-handler/http=noting-browser.desktop\nx-scheme-handler/https=noting-browser.desktop\ntext/html=noting-browser.desktop\n');
  return () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
}
