import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv, defuse, type Cell } from './csv.ts';
import { babylon, event, row, bob } from './ladder.fixture.ts';
import { eventTable, ladderTable } from './tables.ts';

const textOf = async (header: readonly string[], rows: readonly (readonly Cell[])[]): Promise<string> => {
  let text = '';
  for await (const piece of csv({ header, rows })) text += piece;
  return text;
};

/** RFC 4180 as a machine of its own, which refuses what the RFC does not allow. */
function parse(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) throw new Error('quote not closed');
        value += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
    } else {
      const end = text.slice(at).search(/[,"\r\n]/);
      if (end < 0) throw new Error('no end of record');
      value = text.slice(at, at + end);
      at += end;
    }
    cells.push(value);
    if (text[at] === ',') at += 1;
    else if (text.startsWith('\r\n', at)) {
      records.push(cells);
      cells = [];
      at += 2;
      continue;
    } else throw new Error(`neither comma nor CRLF at ${at}`);
    if (text.startsWith('\r\n', at)) {
      records.push([...cells, '']);
      cells = [];
      at += 2;
    }
  }
  return records;
}

/** A spreadsheet's own rule, not the writer's. */
const calculates = (read: string) => /^[=+\-@\t\r＝＋－＠]/.test(read);
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', "'", '"', ',', ' ', '1', 'A', '＝', ';', '|') }),
  fc.constantFrom('=HYPERLINK("http://x","y")', '@SUM(1)', '+1', '-1', "'=1", "''=1", '\t=1', ' =1', '\r\n=1', '', '"', '""', ',', 'O’Patient', '-', '\uFF1D1'),
);

describe('CSV', () => {
  it('reads back as it was, in another reader, and nothing in it calculates', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(nasty, { minLength: 3, maxLength: 3 }), { maxLength: 8 }), async (rows) => {
      const text = await textOf(['a', 'b', 'c'], rows);
      expect(text.startsWith('\uFEFF')).toBe(true);
      const [header, ...read] = parse(text.slice(1));
      expect(header).toEqual(['a', 'b', 'c']);
      expect(read.flat().some(calculates)).toBe(false);
      // One apostrophe off what would be defused again, and it is what was there.
      const back = read.map((cells) => cells.map((cell) => (cell.startsWith("'") && defuse(cell.slice(1)) === cell ? cell.slice(1) : cell)));
      expect(back).toEqual(rows);
    }), { numRuns: 500 });
  });

  it('leaves numbers numbers, the negative ones too', async () => {
    expect(await textOf(['a', 'b', 'c', 'd', 'e'], [[-1.5, 0, 12, null, true], ['-1.5', '0', Number.NaN, '', false]])).toBe("\uFEFFa,b,c,d,e\r\n-1.5,0,12,,yes\r\n'-1.5,0,,,no\r\n");
  });

  it('refuses a row that does not fit', async () => {
    await expect(textOf(['a', 'b'], [['x']])).rejects.toThrow('does not fit');
  });
});

const table = async (of: ReturnType<typeof eventTable>) => {
  let text = '';
  for await (const piece of csv(of)) text += piece;
  const [header, ...rows] = parse(text.slice(1));
  return rows.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i]])));
};

describe('what is exported as rows', () => {
  it('an event', async () => {
    expect(await table(eventTable([event({ media: [[0, 9], [12.5, 20]], detail: '=cmd' }), event({ recording: null, patient: null, seconds: null, media: [], attended: [] })]))).toMatchObject([
      { When: '2026-11-26T09:00:12Z', Event: 'exposed', Person: 'Dr Ada Sampleton', 'Patient name': 'Trial O’Patient <b>', 'NHS number': '999 000 0026', Seconds: '9', 'Shown, media seconds': '0 to 9; 12.5 to 20', Detail: "'=cmd", Chain: 'verified', Refused: 'no' },
      { Recording: '', Patient: '', Seconds: '', 'Shown, media seconds': '' },
    ]);
  });

  it('an interval, as no spreadsheet takes it for a date', async () => {
    // Excel makes 3-9 the third of September, and 9 - 3 too.
    const [cells] = await table(eventTable([event({ media: [[3, 9]], attended: [[4, 4]] })]));
    expect([cells!['Shown, media seconds'], cells!['Of these attended']]).toEqual(['3 to 9', '4 to 4']);
  });

  it('a ladder, with nothing where nothing was on screen', async () => {
    const rows = await table(ladderTable([...babylon.rows, row({ patient: { ...bob, nhsNumber: null } })]));
    expect(rows.map((cells) => [cells.Person, cells['Times listed'], cells['Seconds on screen in a list'], cells['Times opened'], cells['Seconds exposed']])).toEqual([
      ['Dr Ada Sampleton', '1', '21', '1', '9'], ['Dr Ben Trialman', '1', '12', '0', '0'], ['Cleo Demoson', '1', '4', '0', '0'], ['Dr Dan Testerly', '1', '', '0', '0'], ['Dr Ada Sampleton', '1', '', '0', '0'],
    ]);
    expect(rows.at(-1)!['NHS number']).toBe('');
  });
});
