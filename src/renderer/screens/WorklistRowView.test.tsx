import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { Problem, WorklistRow } from '../../preload/contract.ts';
import type { PresentedReporter } from '../presented/PresentedReporter.ts';
import { WorklistRowView } from './WorklistRowView.tsx';

const said: { problem: Problem | null } = { problem: null };
vi.mock('../door.ts', () => ({ door: {}, attempt: () => undefined }));
vi.mock('../parts/useAction.ts', () => ({ useAction: () => ({ problem: said.problem, busy: false, failures: 0, run: () => undefined }) }));

const brokenOff: WorklistRow = {
  id: 'one', title: 'Cough', patient: { name: 'Demo Patient', dateOfBirth: '1970-01-01', nhsNumber: null }, consultedAt: '2026-11-20T09:00:00Z', medium: 'video', review: 'own', purpose: 'training',
  due: null, progress: 'new', sensitive: false, sensitiveKinds: [], offline: true, hasTranscript: false,
  copy: { state: 'failed', received: 15, total: 100, rate: null, problem: { code: 'practice-unreachable', message: '' } },
};
const shown = (problem: Problem | null): string => {
  said.problem = problem;
  return renderToStaticMarkup(
    <table><tbody><WorklistRowView
      row={brokenOff} isUnsigned={false} online now={Date.parse('2026-11-24T09:00:00Z')} opening={null} onOpen={() => undefined} onStorage={() => undefined}
      presented={{} as unknown as PresentedReporter} hits={[]} index={0} active measure={() => undefined}
    /></tbody></table>,
  ).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
};

test('what trying again meets is said of a download that broke off, unless it is the line again', () => {
  expect(shown(null)).toContain('Broken off at 15% It goes on by itself when there is a connection.');
  expect(shown({ code: 'practice-unreachable', message: '' })).toContain('Broken off at 15% It goes on by itself');
  const full = shown({ code: 'disk-full', message: '', detail: { needed: 1.2e9, free: 3e8 } });
  expect(full).toContain('needs 1.2 GB and 300 MB is free');
  expect(full).not.toContain('It goes on by itself');
  expect(full).toContain('Storage');
});
