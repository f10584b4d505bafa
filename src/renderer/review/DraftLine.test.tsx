/** A press is a click only where the button is still under the pointer when it is let go; leaving the field keeps the draft, and says so, in between. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { ReviewWork } from '../../preload/review.ts';
import type { PlayerControls } from '../player/createPlayer.ts';
import { noMarks } from '../player/marks.ts';
import { notes, reviewWork, thread } from '../text/reviewWork.ts';
import { NoteEditor } from './NoteEditor.tsx';
import { ThreadPanel } from './ThreadPanel.tsx';

vi.mock('../door.ts', () => ({ door: {} }));

const draft = { text: 'Lets her finish', from: 4, until: null, category: 'general', changedAt: '2026-11-20T10:00:00Z' } as const;
/** The recording went on. */
const controls = () => ({ position: () => 12 }) as PlayerControls;

/** Expects each of `texts` once, in this order. */
function expectInOrder(markup: string, texts: readonly string[]): void {
  const places = texts.map((text) => markup.split(text).length === 2 ? markup.indexOf(text) : -1);
  expect(places.every((place) => place >= 0), texts.join(' | ')).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}

test('in a note, what leaving the field may change stands after the button that saves', () => {
  const shown = renderToStaticMarkup(
    <NoteEditor id="row" note={null} kept={draft} controls={controls} marks={noMarks} pauseOnNote={false} onSave={async () => true} onMask={async () => true} onLeave={() => undefined} ref={null} />,
  );
  expectInOrder(shown, ['</textarea>', notes.save, notes.discard, notes.moveHere('0:12'), reviewWork.drafts.kept]);
});

test('in a message, too', () => {
  const work: ReviewWork = {
    id: 'row', status: 'in-progress', statusWork: 'sent', conflict: null, notes: [], othersNotes: [], othersLeftOut: 0, forms: [], unshownForms: [], responses: [], othersResponses: [], thread: [], others: ['Dr Ben Exampleby'], drafts: { message: draft },
    watched: [], position: 0, room: [],
  };
  const shown = renderToStaticMarkup(<ThreadPanel review={{ work, run: async () => true, show: () => undefined, problem: null, failures: 0 }} controls={controls} />);
  expectInOrder(shown, ['</textarea>', thread.send, reviewWork.drafts.kept]);
});
