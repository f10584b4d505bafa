/** The lines of a WebVTT transcript as plain text, for finding words in it; what is shown is read by the screens' own parser. */
const TIME = /^(?:(\d{2,}):)?(\d{2}):(\d{2}\.\d{3})\s+-->/;

export function transcriptLines(vtt: string): { text: string; from: number }[] {
  return vtt.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').split(/\n{2,}/).flatMap((block) => {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIME.test(line));
    const [, hours = '0', minutes = '0', seconds = '0'] = TIME.exec(lines[at] ?? '') ?? [];
    const text = at < 0 ? '' : lines.slice(at + 1).join(' ').replace(/<[^>]*>/g, '').replace(/&amp;/g, '&').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&nbsp;/g, ' ').replace(/\s+/g, ' ').trim();
    return text === '' ? [] : [{ text, from: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) }];
  });
}
