import { describe, expect, it } from 'vitest';
import type { IncidentFields } from '../../preload/console.ts';
import { csv } from './csv.ts';
import { TO_FILL_IN } from '../../preload/incident.ts';
import { open } from './opening.ts';
import { ann, ben, babylon, bob, first, row, second, stamp, support } from './ladder.fixture.ts';
import { addressees, lettersFor, mailMerge, partsFor } from './letters.ts';
import { letters } from './printed/letters.ts';

const { fields: opened } = open({ incident: '', cause: { trigger: 'query' }, ladder: babylon, recordings: [], patients: [], support });
const fields: IncidentFields = { ...opened, tellPatients: 'yes', nature: 'Two recordings were confused.', consequences: 'Somebody at the practice heard you.', measures: 'Both were stopped.' };
/** As they are, and not as the record has them. */
const right = [{ patient: ann, recordings: [first.recording!] }, { patient: bob, recordings: [second.recording!] }];

describe('letters', () => {
  it('tell each patient of their own recordings and their own name alone', () => {
    expect(partsFor(right[0]!, babylon)).toEqual([
      { heading: 'Your consultation on 20 November 2026, 9:00am', sentences: ['1 person (GP) opened it and was shown 9 seconds of picture or sound.', '2 people (GP and Practice nurse) had it in a list on their screen, and did not open it.', 'It did not have your name beside it.'] },
      { heading: 'Your name beside another recording', sentences: [expect.stringContaining('Our record does not show that it came on anybody’s screen.')] },
    ]);
    expect(partsFor(right[1]!, babylon)).toEqual([
      { heading: 'Your consultation on 20 November 2026, 10:30am', sentences: ['1 person (GP) had it in a list and did not open it; our record does not show that it came on screen.', 'It did not have your name beside it.'] },
      { heading: 'Your name beside another recording', sentences: [expect.stringContaining('3 people (GP and Practice nurse) had it on screen.')] },
    ]);
  });

  it('name no one who looked, and no other patient', () => {
    const [one, two] = lettersFor({ fields }, right, babylon).map((letter) => letters([letter], stamp).page);
    for (const page of [one, two]) expect(page).not.toMatch(/Ada|Sampleton|Trialman|Cleo|Testerly/);
    expect(one).toContain('Demo Samplepatient');
    expect(one).toContain('999 000 0018');
    expect(one).not.toMatch(/O’Patient|999 000 0026|Low mood|10:30am/);
    expect(two).toContain('Trial O’Patient &lt;b&gt;');
    expect(two).not.toMatch(/Demo Samplepatient|999 000 0018|Knee pain|9:00am/);
  });

  it('are one each, on pages of their own that are not counted through', () => {
    const { page, footer, style } = letters(lettersFor({ fields }, right, babylon), stamp);
    expect(page.match(/<section class="letter">/g)).toHaveLength(2);
    expect(style).toContain('.letter + .letter { break-before: page; }');
    expect(footer).not.toMatch(/pageNumber|totalPages|Managerly/);
  });

  it('say what Article 34 asks for', () => {
    const { page } = letters(lettersFor({ fields }, right, babylon), stamp);
    for (const text of [fields.nature, fields.consequences, fields.measures, 'ig@practice.invalid', 'Information Commissioner']) expect(page).toContain(text);
  });

  it('are not made before it is decided, written and known', () => {
    const refusal = (why: string): unknown => expect.objectContaining({ code: 'act-refused', detail: { why } });
    expect(() => lettersFor({ fields: { ...fields, tellPatients: 'undecided' } }, right, babylon)).toThrow(refusal('letters-undecided'));
    for (const field of ['nature', 'consequences', 'measures', 'contact'] as const) {
      for (const text of [' ', `${TO_FILL_IN}this]`]) expect(() => lettersFor({ fields: { ...fields, [field]: text } }, right, babylon)).toThrow(refusal('letters-unfilled'));
    }
    expect(() => lettersFor({ fields }, right, { ...babylon, complete: false })).toThrow(refusal('record-unfinished'));
  });

  it('go to whom the record names, until the manager puts it right; nobody for what only was refused', () => {
    const blocked = row({ recording: { ...second, recording: 'urn:uuid:3' }, patient: { ...ann, patient: 'Patient/pat-3' }, listed: 0, denied: 2 });
    expect(addressees({ ...babylon, rows: [...babylon.rows, blocked] })).toEqual([{ patient: bob, recordings: [first.recording] }, { patient: ann, recordings: [second.recording] }]);
  });

  it('go to whom the manager says a recording shows, once each, and still to whose name stood beside it', () => {
    const crossed = [{ recording: first.recording!, patient: ann.patient, reason: 'heard' }, { recording: second.document!, patient: bob.patient, reason: 'heard' }];
    const sorted = (list: ReturnType<typeof addressees>) => [...list].sort((a, b) => a.patient.patient.localeCompare(b.patient.patient));
    expect(sorted(addressees(babylon, crossed, new Map([[ann.patient, ann], [bob.patient, bob]])))).toEqual(right);
    // Somebody who is nowhere in the record, by name where the practice gives one.
    const eve = { ...ann, patient: 'Patient/pat-9', name: 'Eve Demoperson' };
    const third = [{ recording: first.recording!, patient: eve.patient, reason: 'heard' }];
    expect(addressees(babylon, third, new Map([[eve.patient, eve]]))).toEqual([{ patient: bob, recordings: [] }, { patient: eve, recordings: [first.recording] }, { patient: ann, recordings: [second.recording] }]);
    expect(addressees(babylon, third)[1]!.patient).toEqual({ patient: eve.patient, name: null, dateOfBirth: null, nhsNumber: null });
    // Not known: nobody is told that it is theirs.
    expect(addressees(babylon, [{ recording: first.recording!, patient: null, reason: 'cannot be told' }])[0]).toEqual({ patient: bob, recordings: [] });
    expect(partsFor({ patient: bob, recordings: [] }, babylon).map(({ heading }) => heading)).toEqual(['Your name beside another recording']);
  });

  it('count a person once, where they got furthest, and own that it may be more', () => {
    const ladder = { ...babylon, rows: [row({ opened: 1, exposedSeconds: 3, patient: ann }), row({ opened: 1, exposedSeconds: 4, transcript: true, unreported: true, purposes: ['TRAIN'], patient: ann }), row({ who: ben, opened: 2, patient: ann })] };
    expect(partsFor({ patient: ann, recordings: [first.recording!] }, ladder)[0]!.sentences).toEqual([
      '1 person (GP) opened it and was shown 7 seconds of picture or sound and the words in writing. It may have been more.', '1 person (GP) opened it; our record does not show that any picture, sound or words followed.',
      'Your name, date of birth and NHS number stood beside it.',
    ]);
  });

  it('as rows for the practice’s mail merge', async () => {
    let text = '';
    for await (const piece of csv(mailMerge(lettersFor({ fields }, right, babylon)))) text += piece;
    expect(text).toContain('Patient/pat-1,Demo Samplepatient,1962-03-14,999 000 0018,"Your consultation on 20 November 2026, 9:00am: 1 person');
    expect(text.match(/\r\n/g)).toHaveLength(3);
  });
});
