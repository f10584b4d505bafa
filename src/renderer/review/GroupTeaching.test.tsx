import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { Review } from './useReviewWork.ts';
import { GroupTeaching } from './GroupTeaching.tsx';

vi.mock('../door.ts', () => ({ door: {} }));

const shown = (purpose: string): string =>
  renderToStaticMarkup(<GroupTeaching purpose={purpose} review={{ work: { notes: [], othersNotes: [], room: [] }, run: async () => true } as unknown as Review} />);

test('consent was looked at for the purpose of the review, and for another it is said to be needed', () => {
  expect(shown('TRAIN')).toContain('assigned to you for training');
  expect(shown('TRAIN')).not.toContain('check that they gave it');
  expect(shown('HQUALIMP')).toContain('assigned to you for quality improvement, not for teaching');
  expect(shown('HQUALIMP')).toContain('check that they gave it');
});
