import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { AppState, RoleView } from '../../../preload/contract.ts';
import type { UpdatesView } from '../../../preload/updates.ts';
import { updates } from '../../text/updates.ts';
import { Console } from './Console.tsx';

const known = vi.hoisted((): { updates: unknown } => ({ updates: null }));
vi.mock('../../door.ts', () => ({ door: {}, attempt: () => undefined }));
vi.mock('../../parts/useUpdates.ts', () => ({ useUpdates: () => known.updates }));

const current: UpdatesView = { version: '1.1.0', by: 'feed', minimum: null, askedAt: null, state: { is: 'current' } };
const shown = (kind: RoleView['kind'], view: UpdatesView): string => {
  known.updates = view;
  const state = {
    screen: 'console', practice: { name: 'Demo Practice', odsCode: 'Z12345' }, name: 'Mo Demo', role: { id: 'r', kind, name: 'Manager' },
    standing: { online: true, syncing: false, lastSync: null, queued: 0, unsent: 0, setAside: 0, refused: 0, leaseEnds: null, problem: null, noStopList: false, downloadsWait: null, noRoom: null },
  } as unknown as Extract<AppState, { screen: 'console' }>;
  return renderToStaticMarkup(<Console state={state} />);
};

test.each(['manager', 'guardian'] as const)('the console of a %s says that this version is too old, or that a newer one is ready, and leads to it', (kind) => {
  const below = shown(kind, { ...current, minimum: '1.2.0' });
  expect(below).toContain(updates.banner.below);
  expect(below).toContain(updates.banner.show);
  expect(shown(kind, { ...current, state: { is: 'ready', release: '1.2.0', notes: '' } })).toContain(updates.banner.ready('1.2.0'));
  expect(shown(kind, current)).not.toContain(updates.banner.show);
});
