import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments, refusedSwitches } from './arguments.ts';

describe('the command line', () => {
  const parse = (...argv: string[]) => parseArguments(argv, `${sep}work`);
  it('names a site file and a profile, as two words or one', () => {
    expect(parse('app', '--site', 'site.json', '--profile=p')).toEqual({ site: `${sep}work${sep}site.json`, profile: `${sep}work${sep}p`, check: null });
    expect(parse('app', `--site=${sep}a=b.json`)).toEqual({ site: `${sep}a=b.json`, profile: null, check: null });
  });

  it('asks for the site check, and says how', () => {
    expect(parse('app', '--check', '--site', 'site.json')).toEqual({ site: `${sep}work${sep}site.json`, profile: null, check: { signIn: false, json: false } });
    expect(parse('app', '--check', '--sign-in', '--json').check).toEqual({ signIn: true, json: true });
    for (const other of [['--checks'], ['check'], ['--sign-in', '--json']]) expect(parse('app', ...other).check).toBeNull();
  });

  it('gives nothing for a name without a value, or a longer name', () => {
    for (const argv of [['--site'], ['--site='], ['--site', '--profile'], ['--sites', 'x'], ['site', 'x']]) expect(parse(...argv).site).toBeNull();
  });
});

describe('switches that open the app to others', () => {
  const given = (...names: string[]) => (name: string) => names.includes(name);
  it('are refused, whatever stands beside them', () => {
    expect(refusedSwitches(given('disable-gpu', 'remote-debugging-port', 'no-sandbox'), false)).toEqual(['remote-debugging-port', 'no-sandbox']);
    expect(refusedSwitches(given('disable-gpu', 'proxy-server', 'site'), false)).toEqual([]);
  });

  it('are let through where the inspector is open anyway, as in a test copy', () => {
    expect(refusedSwitches(given('remote-debugging-port'), true)).toEqual([]);
  });
});
