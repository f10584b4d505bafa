import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { Starting } from './Starting.tsx';

vi.mock('../door.ts', () => ({ door: {}, attempt: () => undefined }));

// That it says so later: e2e/tour/list.ts.
test('nothing is drawn of a start that is quick', () => {
  expect(renderToStaticMarkup(<Starting />)).toBe('');
});
