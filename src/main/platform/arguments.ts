/** The command line: `--site FILE`, `--profile DIR`, and `--check [--sign-in] [--json]`. Chromium's own switches are left to Chromium. */
import { isAbsolute, resolve } from 'node:path';

export interface Arguments {
  site: string | null;
  profile: string | null;
  /** The site check in place of the app. */
  check: { signIn: boolean; json: boolean } | null;
}

export function parseArguments(argv: readonly string[], cwd: string): Arguments {
  const value = (name: string): string | null => {
    const index = argv.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
    const arg = argv[index];
    if (arg === undefined) return null;
    const text = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : argv[index + 1];
    return text === undefined || text === '' || text.startsWith('--') ? null : isAbsolute(text) ? text : resolve(cwd, text);
  };
  const has = (name: string): boolean => argv.includes(`--${name}`);
  return { site: value('site'), profile: value('profile'), check: has('check') ? { signIn: has('sign-in'), json: has('json') } : null };
}
