import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { group as text } from '../text/reviewWork.ts';
import { Covered } from './Covered.tsx';

const shown = (group: boolean, covered: boolean): string => renderToStaticMarkup(<Covered what="notes" group={group} covered={covered} onCover={() => undefined}>WORDS</Covered>);

test('alone there is nothing but what is there', () => {
  expect(shown(false, false)).toBe('<div class="vr-coverable">WORDS</div>');
});

test('with others in the room it stays, out of sight, and can be shown and hidden again', () => {
  expect(shown(true, true)).toContain('<div class="vr-coverable" hidden="">WORDS</div>');
  expect(shown(true, true)).toContain(text.covered.notes.show);
  expect(shown(true, false)).toContain('<div class="vr-coverable">WORDS</div>');
  expect(shown(true, false)).toContain(text.covered.notes.hide);
});
