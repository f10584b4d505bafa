/** From entries to what the manager reads: one rung for each, and the same figures wherever they stand. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { Ladder } from '../../../preload/console.ts';
import { ladderSentence } from '../../../renderer/words/exposure.ts';
import { csv } from '../csv.ts';
import type { AuditEvent } from '../entry.ts';
import { register } from '../incidents.ts';
import { open } from '../opening.ts';
import { radiusOf } from '../radius.ts';
import { ann, bob, stamp, support } from '../ladder.fixture.ts';
import { lettersFor } from '../letters.ts';
import { accessReport } from '../printed/accessReport.ts';
import { incidentReport } from '../printed/incidentReport.ts';
import { letters } from '../printed/letters.ts';
import { ladderTable } from '../tables.ts';
import { everything } from './filter.ts';
import { ladder } from './ladder.ts';
import { openTrail, subjectOf, Writer } from './trail.fixture.ts';

const START = Date.parse('2026-11-26T09:00:00Z');
const person = (n: number, role = 'GP') => ({ sds: `55500000000${n}`, name: `Person ${n}`, role, device: `device-${n}` });
/** The first recording, filed under the second patient. */
const subject = subjectOf(1, 2);
const named = { recording: 'urn:uuid:recording-1', document: 'DocumentReference/rec-1', title: null, consultedAt: null };

let trail: ReturnType<typeof openTrail>;
beforeEach(() => {
  trail = openTrail();
});
afterEach(() => trail.remove());

function ladderOf(...people: { who: ReturnType<typeof person>; events: readonly AuditEvent[] }[]): Ladder {
  trail.store.add(people.flatMap(({ who, events }) => {
    const writer = new Writer(who);
    return events.map((event, index) => writer.write(event, START + index * 1_000));
  }));
  return Ladder.parse(ladder(trail.store.db, everything, true));
}

const listed = { event: 'listed', subject } as const;
const opened = { event: 'opened', subject } as const;
const presented = (seconds: number) => ({ event: 'presented', subject, seconds }) as const;
const exposed = (more: Partial<Extract<AuditEvent, { event: 'exposed' }>>) => ({ event: 'exposed', subject, session: 's', ...more }) as const;

describe('how far somebody got', () => {
  const cases: [string, readonly AuditEvent[], Ladder['rows'][number]['rung']][] = [
    ['listed', [listed], 'listed'],
    ['a row that was on the screen', [listed, presented(2)], 'presented'],
    ['a row on the screen for 0 seconds, as rounding makes it', [listed, presented(0)], 'presented'],
    ['a row on the screen, without the entry of the list', [presented(2)], 'presented'],
    ['opened, and nothing after it', [listed, presented(2), opened], 'opened'],
    ['closed, without the entry of the opening', [listed, { event: 'closed', subject }], 'opened'],
    ['“wrong patient”, without the entry of the opening', [listed, { event: 'wrong-patient', subject, revision: 1 }], 'opened'],
    ['seconds of media', [opened, exposed({ media: [[0, 9]] })], 'exposed'],
    ['a single frame', [opened, exposed({ media: [[4, 4]] })], 'exposed'],
    ['media that nobody looked at', [opened, exposed({ media: [[0, 3]], attended: [] })], 'exposed'],
    ['a transcript alone', [opened, exposed({ transcript: true })], 'exposed'],
    ['bytes that were not reported', [opened, exposed({ unreported: true })], 'exposed'],
    ['an exposure that says of what neither', [opened, exposed({})], 'exposed'],
    ['an exposure whose interval runs backwards', [opened, exposed({ media: [[9, 4]] })], 'exposed'],
    ['an exposure, without the entry of the opening', [exposed({ media: [[0, 1]] })], 'exposed'],
    ['refused', [{ event: 'denied', subject, reasons: ['not-assigned'] }], 'refused'],
    ['withheld', [{ event: 'withheld', subject, reasons: ['manifest-missing'] }], 'refused'],
    ['withheld, and in the list', [listed, { event: 'withheld', subject, reasons: ['manifest-missing'] }], 'listed'],
    ['shown, and withheld after it', [opened, exposed({ media: [[0, 1]] }), { event: 'withheld', subject, reasons: ['wrong-patient'] }], 'exposed'],
    ['a copy that came', [{ event: 'downloaded', subject }], null],
    ['a copy that went', [{ event: 'destroyed', subject, cause: 'stopped' }], null],
  ];

  it.each(cases)('%s', (_name, events, rung) => {
    const { rows, people, recordings } = ladderOf({ who: person(1), events });
    expect(rows.map((row) => row.rung)).toEqual([rung]);
    const none = { exposed: 0, opened: 0, presented: 0, listed: 0, refused: 0 };
    expect([people, recordings]).toEqual(Array(2).fill(rung === null ? none : { ...none, [rung]: 1 }));
  });

  it('is counted once for each person and each recording, where they got furthest', () => {
    const other = { event: 'exposed', subject: subjectOf(2), session: 's', media: [[0, 1]] } as const satisfies AuditEvent;
    const { people, recordings } = ladderOf({ who: person(1), events: [presented(1), other] }, { who: person(2), events: [listed, { event: 'denied', subject: subjectOf(3), reasons: [] }] });
    expect(people).toEqual({ exposed: 1, opened: 0, presented: 0, listed: 1, refused: 0 });
    expect(recordings).toEqual({ exposed: 1, opened: 0, presented: 1, listed: 0, refused: 1 });
  });
});

/** What a reader sees of a page. */
const readable = (page: string) => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('the day of Babylon has the same figures in the sentence, the CSV, the report, the register and the letters', async () => {
  const day = ladderOf(
    { who: person(1), events: [listed, presented(4), opened, exposed({ media: [[0, 5]], attended: [[0, 5]] }), exposed({ media: [[5, 9]] })] },
    { who: person(2), events: [listed, presented(12)] }, { who: person(3, 'Practice nurse'), events: [listed, presented(1)] }, { who: person(4), events: [listed] },
  );
  expect(day.people).toEqual({ exposed: 1, opened: 0, presented: 2, listed: 1, refused: 0 });
  expect(day.exposedSeconds).toBe(9);
  expect(ladderSentence(day, 'people')).toBe('1 person was exposed for 9 seconds; 2 were presented with it and did not open it; 1 had it on their list off screen.');

  const radius = radiusOf(day);
  expect([radius.people, radius.exposedSeconds]).toEqual([day.people, day.exposedSeconds]);

  let file = '';
  for await (const piece of csv(ladderTable(day.rows))) file += piece;
  const [header = [], ...lines] = file.replace(/^\uFEFF/, '').trim().split('\r\n').map((line) => line.split(','));
  const column = (name: string) => lines.map((line) => line[header.indexOf(name)] ?? '');
  const count = (rung: string) => column('Got as far as').filter((one) => one === rung).length;
  expect([count('exposed'), count('presented'), count('listed off screen'), count('opened'), count('refused')]).toEqual([1, 2, 1, 0, 0]);
  expect(column('Seconds exposed').map(Number).reduce((a, b) => a + b)).toBe(9);

  const first = open({ incident: '0c6fb1e6-3c5f-4a5e-9a3e-1f2f3d4c5b6a', cause: { trigger: 'query' }, ladder: day, recordings: [named.recording], patients: [], support });
  const [incident] = register([{ proof: 'verified', body: { ...first, id: 'e1', seq: 1, device: 'd', at: '2026-11-26T10:00:00Z', actor: { sds: '9', name: 'Mo Managerly' } } }]).incidents;
  const figures = ['shown some of it: 1 (9 seconds of picture or sound in all)', 'opened, nothing shown: 0', 'on screen in a list, not opened: 2', 'listed, not on screen: 1'];
  const report = readable(incidentReport(incident!, day, stamp).page);
  for (const figure of figures) {
    expect(first.fields.nature).toContain(figure);
    // In the register's own text, and counted anew from the record.
    expect(report.split(figure)).toHaveLength(3);
  }

  const text = { ...first.fields, tellPatients: 'yes' as const, nature: 'a', consequences: 'b', measures: 'c' };
  const letter = readable(letters(lettersFor({ fields: text }, [{ patient: { ...ann, patient: 'Patient/pat-1' }, recordings: [named.recording] }], day), stamp).page);
  for (const sentence of ['1 person (GP) opened it and was shown 9 seconds of picture or sound.', '2 people (GP and Practice nurse) had it in a list on their screen, and did not open it.', '1 person (GP) had it in a list and did not open it; our record does not show that it came on screen.']) expect(letter).toContain(sentence);

  const access = readable(accessReport({ patient: { ...bob, patient: 'Patient/pat-2' }, rows: day.rows, complete: true, support }, stamp).page);
  expect(access).toContain('1 person was shown some of what you said or did.');
  expect(access).toContain('Opened it and was shown 9 seconds of it.');
  expect(access.split('It stood in their list with your name, on screen for').length - 1).toBe(2);
  expect(access.split('the record does not show that it came on screen').length - 1).toBe(1);
});
