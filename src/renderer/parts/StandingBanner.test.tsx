import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Problem, Standing } from '../../preload/contract.ts';
import { StandingBanner } from './StandingBanner.tsx';

vi.mock('../door.ts', () => ({ door: {}, attempt: () => undefined }));

/** A Tuesday morning. */
const NOW = Date.parse('2026-11-24T09:00:00Z');
const HOUR = 3_600_000;
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => void vi.useRealTimers());

const standing: Standing = { online: true, syncing: false, lastSync: new Date(NOW - 120_000).toISOString(), queued: 0, unsent: 0, setAside: 0, refused: 0, leaseEnds: new Date(NOW + 72 * HOUR).toISOString(), problem: null, noStopList: false, downloadsWait: null, noRoom: null };
const markup = (change: Partial<Standing>, offlineUse = true): string => renderToStaticMarkup(<StandingBanner standing={{ ...standing, ...change }} offlineUse={offlineUse} onRefused={() => undefined} />);
const shown = (change: Partial<Standing>, offlineUse = true): string =>
  markup(change, offlineUse).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const left = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const problem = (code: Problem['code'], detail?: Problem['detail']): Problem => ({ code, message: '', ...(detail && { detail }) });

test('connected: it says so, when the list was updated, and nothing else', () => {
  expect(shown({})).toContain('Connected to the practice. List updated 2 minutes ago.');
  expect(shown({ queued: 3, unsent: 2 })).not.toMatch(/will be sent|offline|not take/);
});

test('offline: what waits of the work and of the record, and until when recordings open', () => {
  const words = shown({ online: false, queued: 3, unsent: 2, leaseEnds: left(60), problem: problem('practice-unreachable') });
  expect(words).toContain('No connection to the practice. List updated 2 minutes ago. Your work on 2 reviews and the record of what you viewed will be sent when there is a connection. You can review offline until 9:00pm on Thursday 26 November.');
  expect(words).not.toContain('That is in');
});

test('not connected yet, and a round under way: nothing is said of a connection that may be there, and the banner is no higher than connected', () => {
  const first = { online: false, syncing: true, queued: 3, unsent: 2, leaseEnds: left(60) };
  expect(shown(first)).toMatch(/^\s*Connecting to the practice… List updated 2 minutes ago\.\s+Update now\s*$/);
  expect(markup(first)).not.toMatch(/vr-standing--warning/);
  for (const later of [{ ...first, problem: problem('practice-unreachable') }, { ...first, syncing: false }]) expect(shown(later)).toMatch(/No connection to the practice\..* will be sent .* You can review offline until /);
  expect(shown({ ...first, leaseEnds: left(30) })).toMatch(/Connecting to the practice… .*You can review offline until .* That is in 1 day 6 hours/);
  expect(markup({ ...first, leaseEnds: left(-1) })).toMatch(/vr-standing--warning.*Connecting to the practice… .*Your time for working offline has ended/s);
});

test('offline: the end of the time is warned of two days ahead, in days and hours, with what to do', () => {
  for (const [hours, said] of [[47.5, '1 day 23 hours'], [24.2, '1 day'], [3.4, '3 hours'], [0.5, 'less than an hour']] as const) expect(shown({ online: false, leaseEnds: left(hours) })).toContain(`That is in ${said}. Connect to the practice before then`);
  expect(shown({ online: false, leaseEnds: left(48.1) })).not.toContain('That is in');
  expect(shown({ online: false, leaseEnds: left(-1) })).toContain('Your time for working offline has ended');
});

test('offline is quiet until the last day, and then it is loud', () => {
  const loud = /vr-standing--warning|vr-standing--problem|vr-standing__near|<strong>/;
  const away = { online: false, problem: problem('practice-unreachable') };
  for (const hours of [71, 47, 24.1]) expect(markup({ ...away, leaseEnds: left(hours) })).not.toMatch(loud);
  for (const hours of [23.9, 0.5]) expect(markup({ ...away, leaseEnds: left(hours) })).toMatch(/vr-standing--warning.*vr-standing__near/);
  expect(markup({ ...away, leaseEnds: left(-1) })).toMatch(/vr-standing--warning/);
  expect(markup({ leaseEnds: left(12) })).not.toMatch(loud);
});

test('what waits says what it waits for', () => {
  expect(shown({ queued: 1, online: false, problem: problem('session-expired') })).toContain('The record of what you viewed will be sent when you have signed in.');
  expect(shown({ queued: 1, problem: problem('practice-error') })).toContain('will be sent as soon as that is possible.');
  expect(shown({ queued: 1, online: false }, false)).toContain('The record of what you did will be sent when there is a connection.');
});

test('offline: before a weekend it is warned of as soon as the connection is gone', () => {
  vi.setSystemTime(Date.parse('2026-11-27T12:00:00Z'));
  expect(shown({ online: false, leaseEnds: left(71.5) })).toContain('You can review offline until 11:30am on Monday 30 November. That is in 2 days 23 hours, over the weekend. Connect to the practice before then, if only for a minute');
});

test('what ends on a Saturday or Sunday ends at the weekend, and not after one', () => {
  vi.setSystemTime(Date.parse('2026-11-27T12:00:00Z'));
  for (const [hours, day] of [[24, 'tomorrow'], [47, 'on Sunday 29 November']] as const) {
    const words = shown({ online: false, leaseEnds: left(hours) });
    expect(words).toContain(day);
    expect(words).toMatch(/That is in [^.,]+, at the weekend\. Connect/);
  }
});

test('connected and in order there is nothing to warn of, however short the practice’s time is; with a practice that only answers with errors there is', () => {
  expect(shown({ leaseEnds: left(12) })).not.toContain('That is in');
  expect(shown({ leaseEnds: left(30), problem: problem('practice-error') })).toContain('until 3:00pm tomorrow. ');
  expect(shown({ leaseEnds: left(30), problem: problem('practice-error') })).toContain('That is in 1 day 6 hours.');
  expect(shown({ online: false, leaseEnds: left(12), problem: problem('clock-set-back') })).not.toContain('That is in');
});

test('what the practice does not take is said apart from what waits, with the way to it, connected or not', () => {
  for (const online of [true, false]) {
    const words = shown({ online, refused: 2, setAside: 1 });
    expect(words).toContain('The practice did not take your work on 2 reviews.');
    expect(words).toContain('The practice’s system did not take part of the record of what was done here (1 entry). It is kept here and goes again from time to time. Please tell your practice.');
    expect(words).toContain('Show what was not taken');
    expect(words).not.toContain('will be sent');
  }
});

test('a proxy that asks who is there can be told, and one that is only away cannot', () => {
  expect(shown({ online: false, problem: problem('practice-unreachable', { why: 'proxy', status: 407 }) })).toContain('Sign in to the proxy');
  expect(shown({ online: false, problem: problem('practice-unreachable', { why: 'proxy' }) })).not.toContain('Sign in to the proxy');
});

test('why there is no connection is said where something can be done about it, and only there', () => {
  expect(shown({ online: false, problem: problem('practice-unreachable', { why: 'page' }) })).toContain('This network may want you to sign in first');
  expect(shown({ online: false, problem: problem('practice-unreachable') })).not.toContain('Check this computer');
  expect(shown({ online: false, problem: problem('practice-unreachable') }, false)).toContain('Check this computer');
});
