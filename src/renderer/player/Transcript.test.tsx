import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ROOM } from './madeLines.ts';
import { Transcript } from './Transcript.tsx';

const LINES = 1000;
const cues = Array.from({ length: LINES }, (_, n) => ({ from: n * 3, to: n * 3 + 2, speaker: null, text: `Line ${n}` }));
const shown = (current: number): string => renderToStaticMarkup(<Transcript cues={cues} absent={null} current={current} onSeek={() => undefined} />);
const lines = (markup: string): number[] => [...markup.matchAll(/data-line="(\d+)"/g)].map(([, line]) => Number(line));

it('begins with the lines around where the player is, of which one is reached by Tab', () => {
  for (const [current, at] of [[-1, 0], [0, 0], [800, 800], [999, 999]] as const) {
    const markup = shown(current);
    expect(lines(markup)).toContain(at);
    expect(lines(markup).length).toBeLessThanOrEqual(2 * ROOM);
    expect(markup.match(/tabindex="0"/gi)).toHaveLength(1);
  }
});

it('says of each which of how many it is, also of those that are not there yet', () => {
  expect(shown(800)).toContain('data-line="800" aria-posinset="801" aria-setsize="1000"');
});
