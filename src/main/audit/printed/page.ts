/** What every printed document shares: who made it, where and when, and how it looks. */
import { html, type Html } from './html.ts';
import { momentWords } from './words.ts';

export interface Stamp {
  practice: { name: string; odsCode: string };
  exporter: { name: string; role: string; sds: string };
  /** ISO. */
  at: string;
}

/** Takes no script, no picture and nothing from elsewhere: src/main/window/print.ts gives it none. */
export interface Printed {
  page: string;
  style: string;
  /** On every page, in small print. */
  header: string;
  footer: string;
  landscape: boolean;
}

const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; color: #212b32; font: 10pt/1.4 Arial, "Liberation Sans", Helvetica, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 8pt; font-size: 18pt; line-height: 1.2; }
h2 { margin: 16pt 0 6pt; font-size: 13pt; line-height: 1.25; break-after: avoid; }
h3 { margin: 8pt 0 3pt; font-size: 10.5pt; break-after: avoid; }
p, ul { margin: 0 0 6pt; }
ul { padding-left: 14pt; }
dl { display: grid; grid-template-columns: 130pt 1fr; gap: 4pt 10pt; margin: 0 0 10pt; }
dt { font-weight: bold; }
dd { margin: 0; }
dt, dd, td, th, p, li { unicode-bidi: isolate; }
dd p { margin: 0 0 2pt; }
table { width: 100%; margin: 0 0 10pt; border-collapse: collapse; font-size: 8.5pt; }
caption { padding: 0 0 4pt; text-align: left; font-weight: bold; font-size: 10pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 3pt 6pt 3pt 0; border-bottom: 0.5pt solid #aeb7bd; text-align: left; vertical-align: top; }
th { border-bottom: 1pt solid #4c6272; }
th, .number, .short { overflow-wrap: normal; }
.number { padding-left: 6pt; text-align: right; }
.notice { margin: 0 0 10pt; padding: 6pt 8pt; border-left: 3pt solid #005eb8; background: #f0f4f5; break-inside: avoid; }
.warning { border-left-color: #d5281b; }
.letter { font-size: 10.5pt; }
.signature { break-inside: avoid; }
.letter h1 { margin: 6pt 0; font-size: 14pt; }
.letter h2 { margin: 10pt 0 3pt; font-size: 12pt; }
.letter + .letter { break-before: page; }
.address { min-height: 70pt; }
`;

const line = (text: Html): string => html`<div style="width: 100%; margin: 0 15mm; display: flex; justify-content: space-between; gap: 8mm; font: 7.5pt Arial, 'Liberation Sans', sans-serif; color: #4c6272;">${text}</div>`.text;

/** @param title of the document, on every page and in the file's own title. @param loose pages that go to different people: no numbers that count them through, and not who made them */
export function printed(title: string, body: Html, { practice, exporter, at }: Stamp, { landscape = false, loose = false } = {}): Printed {
  return {
    page: html`<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>${`${title} – ${practice.name}`}</title><link rel="stylesheet" href="print.css"></head><body>${body}</body></html>`.text,
    style: STYLE, landscape,
    header: line(html`<span>${practice.name} (${practice.odsCode})</span><span>${title}</span>`),
    footer: loose ? line(html`<span>Confidential</span>`) : line(html`<span>Made by ${exporter.name} (${exporter.role}) on ${momentWords(at)}. Confidential.</span><span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span>`),
  };
}
