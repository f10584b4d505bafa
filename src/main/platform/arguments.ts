/** The command line: `--site FILE`, `--profile DIR`, and `--check [--sign-in] [--json]`. Chromium's own switches are left to Chromium, but for those that open the app to others. */
import { isAbsolute, resolve } from 'node:path';

/** Our own options. */
const OURS: readonly string[] = ['site', 'profile', 'check', 'sign-in', 'json'];

/** Chromium's switches that a site check may need: for its network, and where there is no screen. */
const BESIDE_CHECK = /^(proxy-.+|no-proxy-server|auth-.+|headless|ozone-platform|disable-gpu|lang)$/;

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

/**
 * Options that are probably mistyped, as they were written: Chromium takes any option and says nothing. Beside `--check`, where somebody is at a terminal, these are all that are neither
 * {@link OURS} nor in {@link BESIDE_CHECK}; without it, those that are at most two letters away from one of {@link OURS}.
 */
export function mistyped(argv: readonly string[]): string[] {
  const names = argv.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []).filter((name) => !OURS.includes(name));
  const isMeant = argv.includes('--check') ? (name: string) => BESIDE_CHECK.test(name) : (name: string) => OURS.every((own) => distance(name, own) > 2);
  return names.filter((name) => !isMeant(name)).map((name) => `--${name}`);
}

/** Letters to be put in, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** One line, for a terminal or the operating system's own box. */
export const notKnown = (given: readonly string[]): string => `Viewing Room does not know ${given.join(' or ')}. It knows --site FILE, --profile DIR and --check [--sign-in] [--json].`;

/** Chromium's switches with which the app does not start: it would run with less protection than it claims, and nobody would see it. */
const REFUSED_SWITCHES = [
  // Attach to the page, and see and do what the clinician does.
  'remote-debugging-port', 'remote-debugging-pipe',
  // Take a page's confinement away.
  'no-sandbox', 'disable-gpu-sandbox', 'disable-namespace-sandbox', 'disable-seccomp-filter-sandbox', 'disable-setuid-sandbox', 'single-process', 'in-process-gpu', 'no-zygote', 'no-zygote-sandbox',
  // Put another program in place of a part.
  'browser-subprocess-path', 'gpu-launcher', 'renderer-cmd-prefix', 'utility-cmd-prefix', 'zygote-cmd-prefix',
  // Believe any server, or hand over what was said to it.
  'ignore-certificate-errors', 'ignore-certificate-errors-spki-list', 'ssl-key-log-file', 'log-net-log', 'trace-startup', 'enable-tracing',
  // Loosen the rules between pages, or add code and untried features to them.
  'disable-web-security', 'allow-running-insecure-content', 'disable-site-isolation-trials', 'load-extension', 'js-flags',
  'blink-settings', 'enable-blink-features', 'enable-blink-test-features', 'enable-experimental-web-platform-features',
] as const;

/** Chromium's variables that do the same. */
const REFUSED_VARIABLES = ['SSLKEYLOGFILE'] as const;

/**
 * Which of both were given, as they are written.
 * @param inspectable whether Node's inspector is open, which the fuses of the shipped program forbid: a test copy has nothing to refuse
 */
export const refused = (has: (name: string) => boolean, env: NodeJS.ProcessEnv, inspectable: boolean): string[] =>
  (inspectable ? [] : [...REFUSED_SWITCHES.filter(has).map((name) => `--${name}`), ...REFUSED_VARIABLES.filter((name) => env[name])]);

/** Said by the operating system: there is no page yet. */
export const notStarted = {
  title: 'Viewing Room did not start',
  body: (given: readonly string[]): string =>
    `It was started with ${given.join(' and ')}, which takes protection away from the recordings.\n\nAsk the person who looks after your practice’s computers to remove it from what starts Viewing Room.`,
};
