import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mistyped, notKnown, notStarted, parseArguments, refused } from './arguments.ts';

describe('the command line', () => {
  const parse = (...argv: string[]) => parseArguments(argv, `${sep}work`);
  it('names a site file and a profile, as two words or one', () => {
    expect(parse('app', '--site', 'site.json', '--profile=p')).toEqual({ site: `${sep}work${sep}site.json`, profile: `${sep}work${sep}p`, check: null });
    expect(parse('app', `--site=${sep}a=b.json`)).toEqual({ site: `${sep}a=b.json`, profile: null, check: null });
  });

  it('asks for the site check, and says how', () => {
    expect(parse('app', '--check', '--site', 'site.json')).toEqual({ site: `${sep}work${sep}site.json`, profile: null, check: { signIn: false, json: false } });
    expect(parse('app', '--check', '--sign-in', '--json').check).toEqual({ signIn: true, json: true });
    for (const other of [['--checks'], ['-check'], ['check'], ['--sign-in', '--json']]) expect(parse('app', ...other).check).toBeNull();
  });

  it('gives nothing for a name without a value, or a longer name', () => {
    for (const argv of [['--site'], ['--site='], ['--site', '--profile'], ['--sites', 'x'], ['site', 'x']]) expect(parse(...argv).site).toBeNull();
  });
});

describe('an option that is not known', () => {
  it.each(['--chek', '--checks', '--Check', '--chekc', '--sign_in', '--signin', '--jsno', '--sit=site.json', '--profle', '--prfile=p', '-check', '-site', '–check', '—check', '--CHECK', '--Site=x'])('is refused where it is all but one of ours: %s', (option) => {
    expect(mistyped(['app', option])).toEqual([option.replace(/=.*/, '')]);
  });

  it.each(['--disable-gpu', '--proxy-server=http://127.0.0.1:1', '--lang=en', '--inspect=0', '--remote-debugging-port=0', '--kiosk', '--type=renderer', '--user-data-dir=x', '--test-command=x', '--force-run', '--updated', '--v=1', '--', '-psn_0_1', 'chek'])('is Chromium’s to know else: %s', (option) => {
    expect(mistyped(['app', option, '--site=site.json', '--profile', 'chek'])).toEqual([]);
  });

  it('is refused beside --check whatever it is, but for the switches that a check needs', () => {
    expect(mistyped(['app', '--check', '--sign-in', '--json', '--site', 'site.json', '--profile=p'])).toEqual([]);
    expect(mistyped(['app', '--check', '--headless', '--ozone-platform=headless', '--proxy-server=http://proxy.example:3128', '--proxy-bypass-list=x', '--disable-gpu'])).toEqual([]);
    expect(mistyped(['app', '--verbose', '--check', '--signed-in', '--format=json'])).toEqual(['--verbose', '--signed-in', '--format']);
  });

  it('is told in one line, with what there is', () => {
    expect(notKnown(['--chek', '--jsno'])).toBe('Viewing Room does not know --chek or --jsno. It knows --site FILE, --profile DIR and --check [--sign-in] [--json].');
  });
});

describe('what opens the app to others', () => {
  const given = (...names: string[]) => (name: string) => names.includes(name);
  it('is refused as a switch, whatever stands beside it', () => {
    expect(refused(given('disable-gpu', 'remote-debugging-port', 'no-sandbox'), {}, false)).toEqual(['--remote-debugging-port', '--no-sandbox']);
    expect(refused(given('disable-gpu', 'proxy-server', 'site'), { PATH: '/bin', VIEWING_ROOM_SITE: 'site.json' }, false)).toEqual([]);
  });

  it.each([
    ['another program as the zygote', 'zygote-cmd-prefix'], ['a zygote without a sandbox', 'no-zygote-sandbox'], ['drawing within main', 'in-process-gpu'], ['a page’s settings, web security among them', 'blink-settings'],
    ['features for tests', 'enable-blink-test-features'], ['a record of all that happens, requests with it', 'trace-startup'], ['the same by its older name', 'enable-tracing'],
    ['no sandbox, and more rights (Windows)', 'no-sandbox-and-elevated'], ['debuggers of sandboxed processes', 'allow-sandbox-debugging'], ['others’ code in them (Windows)', 'allow-third-party-modules'], ['a page that goes on after it broke a rule', 'disable-kill-after-bad-ipc'],
  ])('is refused: %s', (_what, name) => expect(refused(given(name), {}, false)).toEqual([`--${name}`]));

  it('is refused in the environment as well: Chromium writes the keys of each TLS connection where this says', () => {
    const found = refused(given('ssl-key-log-file'), { SSLKEYLOGFILE: '/tmp/keys' }, false);
    expect(found).toEqual(['--ssl-key-log-file', 'SSLKEYLOGFILE']);
    expect(notStarted.body(found)).toContain('started with --ssl-key-log-file and SSLKEYLOGFILE, which');
    expect(refused(given(), { SSLKEYLOGFILE: '' }, false)).toEqual([]);
  });

  it('is refused where it names a file to run in place of a package’s own', () => {
    expect(refused(given(), { NAPI_RS_NATIVE_LIBRARY_PATH: '/tmp/other.js' }, false)).toEqual(['NAPI_RS_NATIVE_LIBRARY_PATH']);
  });

  it('is let through where the inspector is open anyway, as in a test copy', () => {
    expect(refused(given('remote-debugging-port'), { SSLKEYLOGFILE: '/tmp/keys' }, true)).toEqual([]);
  });
});
