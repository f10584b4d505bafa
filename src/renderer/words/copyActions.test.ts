import { expect, test } from 'vitest';
import type { CopyView } from '../../preload/contract.ts';
import { copyActions } from './copyActions.ts';

const row = (state: CopyView['state'], offline = true) => ({ offline, copy: { state, received: 0, total: 1, rate: null, problem: null } });

test('a sealed copy can be reviewed, offline only where that is allowed', () => {
  expect(copyActions(row('sealed'), false)).toEqual({ blocked: null, download: null });
  expect(copyActions(row('sealed', false), true)).toEqual({ blocked: null, download: null });
  expect(copyActions(row('sealed', false), false)).toEqual({ blocked: 'needs-connection', download: null });
});

test('what is not here can be downloaded, and so reviewed, while connected', () => {
  expect(copyActions(row('none'), true)).toEqual({ blocked: null, download: 'first' });
  expect(copyActions(row('failed'), true)).toEqual({ blocked: null, download: 'again' });
  expect(copyActions(row('queued'), true)).toEqual({ blocked: null, download: 'now' });
  expect(copyActions(row('paused'), true)).toEqual({ blocked: null, download: 'resume' });
  expect(copyActions(row('downloading'), true)).toEqual({ blocked: null, download: null });
  for (const state of ['none', 'queued', 'downloading', 'paused', 'failed'] as const) expect(copyActions(row(state), false)).toEqual({ blocked: 'not-here', download: null });
});
