import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { updateRefusals } from '../../preload/codes.ts';
import type { UpdatesView, UpdateState } from '../../preload/updates.ts';
import { UpdatesSection } from './Updates.tsx';

vi.mock('../door.ts', () => ({ door: {}, attempt: () => undefined }));

const shown = (state: UpdateState, change: Partial<UpdatesView> = {}): string =>
  renderToStaticMarkup(<UpdatesSection view={{ version: '1.1.0', by: 'feed', minimum: null, askedAt: null, state, ...change }} />).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const release = { release: '1.2.0', notes: '' };

test('by IT: says so, and offers nothing to press', () => {
  const words = shown({ is: 'unknown' }, { by: 'it' });
  expect(words).toContain('This is version 1.1.0. Your practice’s IT installs new versions.');
  expect(words).not.toMatch(/Check now|asked/);
});

test('each state says what it is, and offers what can be done then', () => {
  expect(shown({ is: 'unknown' })).toMatch(/has not been asked yet.*Check now/);
  expect(shown({ is: 'checking' })).not.toContain('Check now');
  expect(shown({ is: 'current' })).toMatch(/newest version for this computer.*Check now/);
  expect(shown({ is: 'available', release: '1.2.0', notes: 'Clearer captions.', bytes: 120e6 })).toMatch(/Version 1\.2\.0 is there \(120 MB\)\..*Clearer captions\..*Download the update/);
  const downloading = shown({ is: 'downloading', ...release, bytes: 120e6, received: 30e6 });
  expect(downloading).toContain('30 of 120 MB');
  expect(downloading).not.toMatch(/Check now|Restart/);
  expect(shown({ is: 'ready', ...release })).toMatch(/downloaded and checked.*Restart to update/);
});

test.each(updateRefusals)('refused, %s: what happened, what it means, what to do', (why) => {
  const words = shown({ is: 'refused', why, release: '1.2.0' });
  expect(words).toMatch(/No update was installed: [a-z].*\. It was about version 1\.2\.0\. Nothing was changed, and you can go on working with version 1\.1\.0\..*\./);
  expect(words).not.toMatch(/undefined|\.\.|Restart/);
  expect(words).toContain('Check now');
});

test('below the minimum: says so plainly, whatever the state, and that work goes on', () => {
  expect(shown({ is: 'current' }, { minimum: '1.1.5' })).toContain('Version 1.1.0 is too old: 1.1.5 or later should be used. You can finish and send what you are working on.');
});
