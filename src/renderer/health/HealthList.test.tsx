import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { HealthItems } from '../../preload/health.ts';
import { HealthList } from './HealthList.tsx';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const HOUR = 3_600_000;
const when = (off: number) => new Date(NOW + off).toISOString();

const good: HealthItems = {
  runtime: { state: 'good', app: '0.1.0', electron: '45.4.1', chromium: '142.0.1.2', node: '24.1.0', demoOnly: false },
  system: { state: 'good', platform: 'win32', release: '10.0.22631', architecture: 'x64' },
  keychain: { state: 'good', is: 'works' },
  disk: { state: 'good', free: 48_000, copies: 1_200, stores: 1, budget: 20_000, reserve: true },
  clock: { state: 'good', ahead: 2, setBack: 0, refused: false },
  practice: { state: 'good', session: true, online: true, reached: when(-60_000), lastSync: when(-120_000), leaseEnds: when(72 * HOUR), problem: null, why: null, unsent: 0, refused: 0 },
  record: { state: 'good', waiting: 0, setAside: 0, chain: 'whole' },
  site: { state: 'good', from: 'machine-wide', odsCode: 'Z12345', problem: null, field: null },
  updates: { state: 'good', by: 'it' },
  log: { state: 'good', files: 2, megabytes: 0.62, works: true },
};
const markup = (change: Partial<HealthItems> = {}) => renderToStaticMarkup(<HealthList health={{ ...good, ...change }} now={NOW} />);
const words = (change: Partial<HealthItems> = {}) => markup(change).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const titles = (change: Partial<HealthItems>) => [...markup(change).matchAll(/<h2[^>]*>([^<]+)</g)].map(([, title]) => title);

test('each thing has a state, a sentence for whoever works here and a line for IT', () => {
  const all = markup();
  expect(all.match(/<li/g)).toHaveLength(9);
  expect(all.match(/>Good</g)).toHaveLength(9);
  expect(all.match(/For IT:/g)).toHaveLength(9);
  expect(words()).not.toMatch(/undefined|null|NaN|\[object/);
  expect(words()).toContain('The disk has 48 GB free, and the copies of recordings take 1.2 GB.');
  expect(words()).toContain('Windows, kernel 10.0.22631, x64');
});

test('what does not work comes first, then what somebody should look at', () => {
  expect(titles({ log: { ...good.log, state: 'attention', works: false }, keychain: { state: 'bad', is: 'locked' }, runtime: { ...good.runtime, state: 'attention', demoOnly: true } })).toEqual([
    'Keychain', 'Viewing Room', 'Log', 'Operating system', 'Set up for a practice', 'Disk', 'Clock', 'Practice', 'Record of access',
  ]);
});

test('a state is said in words, and not by its colour alone', () => {
  expect(words({ keychain: { state: 'bad', is: 'locked' } })).toContain('Keychain Not working');
  expect(words({ clock: { ...good.clock, state: 'attention', ahead: 3600 } })).toContain('Clock Needs attention The clock of this computer is 60 minutes behind the practice’s.');
  expect(words({ clock: { ...good.clock, state: 'attention', ahead: -7200 } })).toContain('is 2 hours ahead of the practice’s');
});

test.each([[2, '2 s ahead of this computer’s'], [-1, '1 s behind this computer’s'], [0, 'the same as this computer’s, to the second'], [null, 'not known']])('a practice’s clock that is %s s ahead is said for IT without a sign', (ahead, said) => {
  expect(words({ clock: { ...good.clock, ahead } })).toContain(`For IT: the practice’s clock is ${said};`);
});

test.each<[string, Partial<HealthItems>, string]>([
  ['a practice that is away', { practice: { ...good.practice, state: 'attention', online: false, problem: 'practice-unreachable', why: 'proxy' } }, 'cannot be reached. The proxy of this network does not let the app through. The app keeps trying by itself. The list was updated 2 minutes ago.'],
  ['a practice that answers with a problem', { practice: { ...good.practice, state: 'attention', problem: 'session-expired' } }, 'answers, but something is not right'],
  ['nobody in', { practice: { ...good.practice, state: 'unknown', session: false, online: false, reached: null, lastSync: null, leaseEnds: null, unsent: null, refused: null } }, 'Nobody is signed in, so the practice is not being asked. For IT: session: no; last answer none since the app was started; last sync none; offline use ends no lease; reviews not sent not known, refused not known'],
  ['a clock that was not compared', { clock: { state: 'unknown', ahead: null, setBack: null, refused: false } }, 'Clock Not checked The clock is held against the practice’s when somebody is signed in.'],
  ['work that was refused', { practice: { ...good.practice, state: 'attention', refused: 2 } }, 'It did not take your work on 2 reviews: your list says which.'],
  ['work that waits', { practice: { ...good.practice, unsent: 1 } }, 'It does not have your work on 1 review yet: that goes by itself.'],
  ['a record that waits', { record: { ...good.record, waiting: 3 } }, '3 entries wait to be sent, and go by themselves.'],
  ['a record that is broken', { record: { ...good.record, state: 'bad', chain: 'broken' } }, 'do not fit together. Do not go on working on this computer.'],
  ['a full disk', { disk: { ...good.disk, state: 'bad', free: 3 } }, 'The disk has 3 MB free'],
  ['no site file', { site: { state: 'bad', from: 'none', odsCode: null, problem: 'site-file-missing', field: null } }, 'This computer has not been set up for a practice.'],
  ['a wrong site file', { site: { state: 'bad', from: 'machine-wide', odsCode: null, problem: 'site-file-invalid', field: 'fhirBase' } }, 'the machine-wide site file; ODS code not known; site-file-invalid, field fhirBase'],
])('%s is said as it is', (_what, change, said) => {
  expect(words(change)).toContain(said);
});
