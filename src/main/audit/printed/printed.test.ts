import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { eventName } from '../../../preload/words.ts';
import { next, register } from '../incidents.ts';
import { open } from '../opening.ts';
import { ann, babylon, bob, event, first, row, second, stamp, support } from '../ladder.fixture.ts';
import { UNREADABLE } from '../trail/read.ts';
import { accessReport, reachWords } from './accessReport.ts';
import { eventList, MOST_PRINTED } from './events.ts';
import { html, paragraphs } from './html.ts';
import { incidentReport } from './incidentReport.ts';
import { printed } from './page.ts';
import { dateWords, dayOf, filterWords, listWords, momentWords, spanWords } from './words.ts';

const everything = { from: null, to: null, people: [], events: [], recordings: [], patients: [], devices: [], refusedOnly: false };
/** What a reader sees of a page. */
const readable = (page: string) => page.replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/\s+/g, ' ');
const tagsOf = (page: string) => page.match(/<[^>]*>/g);

describe('html', () => {
  it('escapes whatever is put in, in text and in attributes, and gives it back to the reader', () => {
    fc.assert(fc.property(fc.string({ unit: fc.oneof(fc.constantFrom('<', '>', '&', '"', "'", '/', 'a'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })) }), (text) => {
      const made = html`<p title="${text}">${text}</p>`.text;
      const value = made.slice('<p title="'.length, made.indexOf('">'));
      expect(value).not.toMatch(/["'<>]/);
      expect(made).toBe(`<p title="${value}">${value}</p>`);
      expect(value.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&')).toBe(text);
    }));
  });

  it('takes nothing for HTML but what it made', () => {
    expect(html`${[html`<b>${'<i>'}</b>`, html`${1}`]}${null}`.text).toBe('<b>&lt;i&gt;</b>1');
    expect(html`${['<script>'] as never}`.text).toBe('&lt;script&gt;');
  });

  it('keeps the lines of free text', () => {
    expect(html`${paragraphs('one\r\n\n<two>')}`.text).toBe('<p>one</p><p>&lt;two&gt;</p>');
  });
});

describe('a printed page', () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=y>';
  const pages = [
    eventList({ rows: [event({ who: { sds: '1', name: hostile, role: hostile }, detail: hostile, purpose: hostile, event: hostile, device: hostile, recording: { ...first, title: hostile }, patient: { ...ann, name: hostile, nhsNumber: hostile } })], total: 1, filter: { ...everything, people: [hostile] }, complete: true }, stamp),
    accessReport({ patient: { ...ann, name: hostile }, rows: [row({ who: { sds: '1', name: hostile, role: hostile }, purposes: [hostile] })], complete: true, support: { name: hostile, contact: hostile } }, stamp),
    printed(hostile, html`<p>${hostile}</p>`, { ...stamp, practice: { name: hostile, odsCode: hostile }, exporter: { name: hostile, role: hostile, sds: hostile } }),
  ];

  it('has no element that came with a value, in header and footer neither', () => {
    for (const { page, header, footer } of pages) {
      for (const text of [page, header, footer]) {
        expect(tagsOf(text)!.join('')).not.toMatch(/script|img|onerror/i);
        expect(text).not.toContain('<script');
      }
    }
  });

  it('refers to its style sheet and to nothing else', () => {
    for (const { page } of pages) expect(tagsOf(page)!.join('').match(/(src|href)="[^"]*"/g)).toEqual(['href="print.css"']);
  });

  it('says practice, exporter, date and page on every page', () => {
    const { header, footer } = eventList({ rows: [], total: 0, filter: everything, complete: true }, stamp);
    expect(readable(header)).toContain('Demo Practice (A12345)');
    expect(readable(footer)).toContain('Made by Mo Managerly (Practice manager) on 27 November 2026, 3:05pm');
    expect(footer).toContain('class="pageNumber"');
  });
});

describe('the list of events', () => {
  it('says filter, rows, exporter, and what it does not know yet', () => {
    const text = readable(eventList({ rows: [event()], total: 1, filter: { ...everything, from: '2026-11-01T00:00:00Z', events: ['exposed'], refusedOnly: true }, complete: false }, stamp).page);
    for (const part of ['From 1 November 2026, midnight', 'Events: Watched', 'Only what was refused', 'Rows 1 Made by Mo Managerly, Practice manager (555000000009)', 'had not been read to its end', '9 seconds; at 0–9 s', '999 000 0026', 'direct care', 'Verified'])
      expect(text).toContain(part);
  });

  it('stops where a list is no use on paper any more, and says so', () => {
    const { page } = eventList({ rows: Array.from({ length: MOST_PRINTED + 5 }, () => event()), total: 900_000, filter: everything, complete: true }, stamp);
    expect(page.match(/<tr>/g)).toHaveLength(MOST_PRINTED + 1);
    expect(readable(page)).toContain(`The first ${MOST_PRINTED} of 900000. The CSV export has all of them.`);
  });
});

describe('the patient’s report', () => {
  const report = (rows = babylon.rows.filter(({ patient }) => patient === bob), complete = true) => readable(accessReport({ patient: bob, rows, complete, support }, stamp).page);

  it('says who, when, why and how much, of this patient’s recordings', () => {
    const text = report();
    expect(text).toContain('Who Dr Ada Sampleton, GP When between 26 November 2026, 9:00am and 26 November 2026, 9:04am Why direct care How much Opened it and was shown 9 seconds of it.');
    expect(text).toContain('Who Cleo Demoson, Practice nurse');
    expect(text).toContain('quality improvement');
    expect(text).toContain('1 person was shown some of what you said or did');
    expect(text).toContain('It may show another person’s consultation');
    expect(text).not.toMatch(/Testerly|Samplepatient|urn:uuid|TREAT|exposed|chain/i);
  });

  it('says when nobody was, and when the record was not read to its end', () => {
    expect(report([])).toContain('The record has nobody');
    expect(report([], false)).toContain('There may be more');
  });

  test.each([
    [{ opened: 1, exposedSeconds: 200, transcript: true }, 'Opened it and was shown 3 minutes 20 seconds of it and its words in writing.'],
    [{ opened: 1, transcript: true }, 'Opened it and was shown its words in writing.'],
    [{ opened: 1, unreported: true }, 'Opened it. How much was shown was not noted.'],
    [{ opened: 1, exposedSeconds: 1, unreported: true }, 'Opened it and was shown 1 second of it. It may have been more: part of what was shown was not noted.'],
    [{ opened: 1 }, 'Opened it. The record does not show that any picture, sound or words of it followed.'],
    [{ presentedSeconds: 0.4 }, 'Did not open it. It stood in their list with your name, on screen for less than a second.'],
    [{}, 'Did not open it. It was in their list; the record does not show that it came on screen.'],
    [{ listed: 0, denied: 1 }, 'Was not shown it.'],
  ])('%o', (changes, sentence) => {
    expect(reachWords(row(changes))).toBe(sentence);
  });
});

describe('the incident report', () => {
  const opened = open({ incident: '0c6fb1e6-3c5f-4a5e-9a3e-1f2f3d4c5b6a', cause: { trigger: 'wrong-patient', at: '2026-11-26T09:01:00Z' }, ladder: babylon, recordings: [first.recording!, second.recording!], patients: ['Patient/pat-1'], support });
  const entry = (of: typeof opened, seq: number, note: string) => ({ proof: 'verified' as const, body: { ...of, note, id: `e${seq}`, seq, device: 'd', at: `2026-11-26T1${seq}:00:00Z`, actor: { sds: '1', name: 'Mo Managerly' } } });
  const [one] = register([entry(opened, 1, 'Opened')]).incidents;
  const aware = next(one!, { fields: { awareAt: '2026-11-26T09:30:00Z', checklist: ['stopped'] } }, '', Date.parse(stamp.at));
  const [two] = register([entry(opened, 1, 'Opened'), entry(aware, 2, 'Aware and stopped')]).incidents;
  const page = incidentReport(two!, babylon, stamp).page;

  it('has the fields of Article 33, the numbers of the record, the clock, the checklist and every version', () => {
    const text = readable(page);
    for (const part of ['72 hours end 29 November 2026, 9:30am', 'Report Running', 'About how many people 2', 'shown some of it: 1 (9 seconds of picture or sound in all)', 'on screen in a list, not opened: 2', 'listed, not on screen: 1',
      'Likely consequences [Fill in', 'Report to the ICO? Not decided', 'Done: Access to the recordings is stopped', 'Not done: The cause is known', 'Opened', 'Aware and stopped', 'Dr Dan Testerly, GP'])
      expect(text).toContain(part);
    expect(readable(incidentReport(one!, { ...babylon, complete: false }, stamp).page)).toContain('had not been read to its end');
  });

  it('has what the record said of a recording and what was decided', () => {
    const corrections = [{ recording: first.recording!, patient: 'Patient/pat-1', reason: 'Voice and date of birth.' }, { recording: second.recording!, patient: null, reason: 'Nobody can tell.' }];
    const text = readable(incidentReport({ ...two!, fields: { ...two!.fields, corrections } }, babylon, stamp).page);
    expect(text).toContain(`${first.recording} Patient/pat-2 Patient/pat-1 Voice and date of birth.`);
    expect(text).toContain(`${second.recording} Patient/pat-1 not known Nobody can tell.`);
    expect(() => next(one!, { fields: { corrections: [{ ...corrections[0]!, reason: ' ' }] } }, '', Date.parse(stamp.at))).toThrow(expect.objectContaining({ code: 'act-refused' }));
  });

  it('names no patient', () => {
    expect(page).not.toMatch(/Samplepatient|O’Patient|999|Knee|Low mood|1962|Patient\/pat/);
  });
});

describe('words', () => {
  test('times are England’s', () => {
    expect(momentWords('2026-07-14T23:30:00Z')).toBe('15 July 2026, 12:30am');
    expect(momentWords('2026-03-14T00:00:00Z')).toBe('14 March 2026, midnight');
    expect(momentWords('2026-03-14T12:00:00Z')).toBe('14 March 2026, midday');
    expect(dayOf(Date.parse('2026-07-14T23:30:00Z'))).toBe('2026-07-15');
    expect(dateWords('1962-03-14')).toBe('14 March 1962');
  });

  test.each([[0, '0 seconds'], [0.2, 'less than a second'], [1, '1 second'], [8.2, '9 seconds'], [60, '1 minute'], [125, '2 minutes 5 seconds'], [3600, '1 hour'], [3660, '1 hour 1 minute'], [7170, '2 hours']])('%d is %s', (seconds, words) => {
    expect(spanWords(seconds)).toBe(words);
  });

  test('lists, events and filters', () => {
    expect([listWords([]), listWords(['a']), listWords(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
    expect([eventName('wrong-patient'), eventName(UNREADABLE), eventName('of-tomorrow')]).toEqual(['Said: wrong patient', 'Not readable here', 'of-tomorrow']);
    expect(filterWords(everything)).toEqual(['None: everything that had been read from the practice’s record']);
    expect(filterWords({ ...everything, people: ['555000000001', '555000000002'] })).toEqual(['People: 555000000001, 555000000002']);
  });
});
