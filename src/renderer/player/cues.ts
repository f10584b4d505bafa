import vttjs from 'videojs-vtt.js';

/** One line of a transcript as plain text. Times in seconds. */
export interface Cue {
  from: number;
  to: number;
  speaker: string | null;
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', lrm: '\u200e', rlm: '\u200f' };

/** Takes the tags out of a cue and resolves its entities: text from the practice is only ever shown as plain text. */
function plain(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replace(/&([a-z]+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
}

/** Reads WebVTT with the same parser that the captions use. A cue that cannot be read is left out; the rest stays. */
export function parseCues(vtt: string): Cue[] {
  const cues: Cue[] = [];
  const parser = new vttjs.WebVTT.Parser({ VTTCue: vttjs.VTTCue, VTTRegion: vttjs.VTTRegion }, vttjs.WebVTT.StringDecoder());
  parser.oncue = ({ startTime, endTime, text }) => {
    const speaker = /^\s*<v(?:\.[^\s>]*)?\s+([^\s>][^>]*)>/.exec(text)?.[1];
    const words = plain(text);
    if (words !== '') cues.push({ from: startTime, to: endTime, speaker: speaker === undefined ? null : plain(speaker), text: words });
  };
  parser.onparsingerror = () => undefined;
  parser.parse(vtt.replace(/^\uFEFF/, ''));
  parser.flush();
  return cues.sort((a, b) => a.from - b.from);
}

/** The line being spoken at `position`, else the last one that began; -1 before the first. */
export function cueAt(cues: readonly Cue[], position: number): number {
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cues[middle]?.from ?? Infinity) <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Plain text written so that the captions' parser reads it back as plain text. */
export function captionText(cue: Cue): string {
  const text = cue.speaker === null ? cue.text : `${cue.speaker}: ${cue.text}`;
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
