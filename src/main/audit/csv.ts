/**
 * CSV by RFC 4180: CRLF after each record, a cell in quotes where it must be, quotes doubled. UTF-8 with a byte-order mark, by which Excel knows it. Nothing but
 * header and rows is in the file, so that other programs read it; filter, rows, hash and exporter stand in the file beside it (src/main/journeys/exports.ts).
 */

/** Numbers stay numbers; null is an empty cell. */
export type Cell = string | number | boolean | null;

export interface Table {
  header: readonly string[];
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;
}

/**
 * What a spreadsheet takes as a formula, in full width too, also behind white space and after apostrophes: so that taking one apostrophe off every cell that fits
 * gives back what was there.
 */
const FORMULA = /^['\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^'*[\t\r\n]/;

/** Text that a spreadsheet would calculate, made text by an apostrophe in front. */
export const defuse = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  // Infinity and NaN are no numbers to a spreadsheet.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = defuse(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const record = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`;

/** The text of the file, record by record, the header first. */
export async function* csv({ header, rows }: Table): AsyncGenerator<string> {
  yield `\uFEFF${record(header)}`;
  for await (const row of rows) {
    if (row.length !== header.length) throw new Error('a row does not fit its header');
    yield record(row);
  }
}
