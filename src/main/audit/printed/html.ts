/** HTML in which every value is escaped, because there is no other way to put one in. */

/** Made by {@link html} alone. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Value = Html | readonly Html[] | string | number | null;

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPED[c] ?? c);

function written(value: Value): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(written).join('') : escape(String(value));
}

/** Values belong between tags and inside quoted attributes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html => new Html(parts.map((part, i) => `${part}${written(values[i] ?? null)}`).join(''));

/** Free text with its line breaks, as paragraphs. */
export const paragraphs = (text: string): Html[] => text.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => html`<p>${line}</p>`);

export interface TableColumn<T> {
  name: string;
  value: (row: T) => Html | string | number;
  /** Figures, set to the right; or a few short words that are not broken within. */
  kind?: 'number' | 'short';
}

export function tableOf<T>(caption: string, columns: readonly TableColumn<T>[], rows: readonly T[]): Html {
  const kind = (column: TableColumn<T>): string => column.kind ?? 'text';
  return html`<table><caption>${caption}</caption><thead><tr>${columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column) => html`<td class="${kind(column)}">${column.value(row)}</td>`)}</tr>`)}</tbody></table>`;
}

/** Names and values, one below the other. */
export const facts = (list: readonly (readonly [name: string, value: Html | readonly Html[] | string | number])[]): Html =>
  html`<dl>${list.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
