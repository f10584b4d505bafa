import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentFields, Ladder, Proof } from '../../preload/console.ts';
import { checklistSteps, TO_FILL_IN } from '../../preload/incident.ts';
import { againstClosing, againstReporting, againstSaving } from './hindrances.ts';
import { next, register, type IncidentEvent, type Registered } from './incidents.ts';
import { ann, babylon, ben, bob, first, ladderOf, row, second, support } from './ladder.fixture.ts';
import { open, type Cause } from './opening.ts';

const id = '0c6fb1e6-3c5f-4a5e-9a3e-1f2f3d4c5b6a';
const cause: Cause = { trigger: 'wrong-patient', at: '2026-11-26T09:01:00Z' };
const opened = (ladder: Ladder = babylon, from: Cause = cause): IncidentEvent =>
  open({ incident: id, cause: from, ladder, recordings: [first.recording!, second.recording!], patients: [ann.patient, bob.patient], support });

let seq = 0;
const entry = (event: IncidentEvent, at: string, by = 'Mo Managerly', proof: Proof = 'verified') => {
  seq += 1;
  return { proof, body: { ...event, version: 1, id: `entry-${seq}`, seq, device: `device of ${by}`, at, actor: { sds: `sds of ${by}`, practitioner: 'Practitioner/m', role: 'Practice manager', name: by } } };
};
const NOW = Date.parse('2026-11-27T12:00:00Z');
const only = (entries: Iterable<{ body: unknown; proof: Proof }>): Registered => {
  const { incidents } = register(entries);
  expect(incidents).toHaveLength(1);
  return incidents[0]!;
};

const whole: Partial<IncidentFields> = {
  awareAt: '2026-11-26T09:30:00Z', nature: 'Two recordings were confused.', categoriesOfPeople: 'Adult patients.', categoriesOfRecords: 'Recordings.', consequences: 'Distress.', measures: 'Stopped at once.', contact: 'ig@practice.invalid',
};
const closed: Partial<IncidentFields> = { ...whole, report: 'yes', reportedAt: '2026-11-26T18:00:00Z', tellPatients: 'yes', checklist: [...checklistSteps] };

describe('the register', () => {
  const one = entry(opened(), '2026-11-26T10:00:00Z');
  const two = entry(next(only([one]), { fields: { title: 'Two recordings confused' } }, 'Title', NOW), '2026-11-26T11:00:00Z', 'Second Manager');
  const three = entry(next(only([one, two]), { fields: whole }, 'Texts', NOW), '2026-11-26T12:00:00Z');

  it('puts versions in order and takes the last, in whatever order and however often they come', () => {
    const expected = register([one, two, three]);
    expect(expected.incidents[0]).toMatchObject({
      id, trigger: 'wrong-patient', state: 'open', openedAt: '2026-11-26T10:00:00Z', openedBy: 'Mo Managerly', revision: 3, remarks: [], fields: { title: 'Two recordings confused', nature: whole.nature },
      versions: [{ version: 1, note: 'Opened' }, { version: 2, by: 'Second Manager', note: 'Title' }, { version: 3, note: 'Texts' }],
    });
    fc.assert(fc.property(fc.shuffledSubarray([one, two, three, one, two, three], { minLength: 6 }), (shuffled) => {
      expect(register(shuffled)).toEqual(expected);
    }));
  });

  it('keeps two versions of one number, takes the later and says so', () => {
    const base = only([one]);
    const mine = entry(next(base, { fields: { title: 'Mine' } }, 'a', NOW), '2026-11-26T11:00:00Z');
    const yours = entry(next(base, { fields: { title: 'Yours' } }, 'b', NOW), '2026-11-26T11:05:00Z', 'Second Manager');
    for (const entries of [[one, mine, yours], [yours, mine, one]]) {
      const incident = only(entries);
      expect(incident.fields.title).toBe('Yours');
      expect(incident.versions.map(({ version, by }) => [version, by])).toEqual([[1, 'Mo Managerly'], [2, 'Mo Managerly'], [2, 'Second Manager']]);
      expect(incident.remarks).toEqual([expect.stringMatching(/^Version 2 was written twice: by Mo Managerly on 26 November 2026, 11:00am; by Second Manager on 26 November 2026, 11:05am\. All are kept; the last of these counts\./)]);
    }
    // The next version ends the question which counts, and not the remark.
    expect(only([one, mine, yours, entry(next(only([one, mine, yours]), {}, 'c', NOW), '2026-11-26T11:10:00Z')])).toMatchObject({ revision: 3, remarks: [expect.stringContaining('Version 2')] });
  });

  it('loses no version to another that has its name: a fork, or a copy that somebody changed', () => {
    const changed = { proof: 'broken' as const, body: { ...two.body, fields: { ...two.body.fields, title: 'Changed' } } };
    for (const entries of [[one, two, changed], [one, changed, two]]) {
      const incident = only(entries);
      expect(incident.versions.map(({ fields: { title } }) => title).slice(1).sort()).toEqual(['Changed', 'Two recordings confused']);
      expect(incident.fields.title).toBe('Two recordings confused');
    }
  });

  it('takes a version for what its best copy is worth', () => {
    const copy = { ...two, proof: 'broken' as const };
    for (const entries of [[one, two, copy], [one, copy, two]]) expect(only(entries)).toMatchObject({ revision: 2, remarks: [], versions: [{ version: 1 }, { version: 2 }] });
  });

  it('has a next version that can be read, however high a number somebody wrote', () => {
    const high = entry({ ...opened(), revision: 1_000_000 }, '2026-11-26T10:30:00Z', 'Somebody Else', 'unenrolled');
    const saved = entry(next(only([one, high]), { fields: { title: 'Mine' } }, 'a', NOW), '2026-11-26T11:00:00Z');
    expect(register([one, high, saved])).toMatchObject({ unreadable: 0, incidents: [{ fields: { title: 'Mine' } }] });
  });

  it('compares moments, not their texts', () => {
    const base = only([one]);
    const earlier = entry(next(base, { fields: { title: 'Earlier' } }, '', NOW), '2026-11-26T12:30:00+02:00');
    const later = entry(next(base, { fields: { title: 'Later' } }, '', NOW), '2026-11-26T11:00:00Z', 'Second Manager');
    expect(only([one, later, earlier]).fields.title).toBe('Later');
  });

  it('lists what stands in a broken chain and does not let it count beside what holds', () => {
    const forged = entry(next(only([one, two]), { fields: { title: 'Nothing happened' } }, '', NOW), '2026-11-26T13:00:00Z', 'Nobody', 'broken');
    const incident = only([one, two, forged]);
    expect(incident).toMatchObject({ revision: 2, fields: { title: 'Two recordings confused' }, remarks: [expect.stringContaining('does not hold, so it does not count')] });
    expect(incident.versions).toHaveLength(3);
    expect(only([forged]).fields.title).toBe('Nothing happened');
    expect(only([one, entry(opened(), '2026-11-26T10:00:00Z', 'New Computer', 'unenrolled')]).remarks.join()).toContain('no manager has enrolled');
  });

  it('says which versions have not been read, and counts what it cannot read', () => {
    expect(only([one, three]).remarks).toEqual(['1 version before version 3 is not in the record as far as it has been read.']);
    expect(register([one, { proof: 'verified', body: { ...one.body, fields: { title: 7 } } }, { proof: 'verified', body: null }])).toMatchObject({ unreadable: 2, incidents: [{ id }] });
  });

  it('reads versions from before there were corrections, and refuses one that nobody could read back', () => {
    const { corrections: _none, ...before } = opened().fields;
    expect(only([entry({ ...opened(), fields: before as IncidentFields }, '2026-11-26T10:00:00Z')]).fields.corrections).toEqual([]);
    const long = Object.fromEntries(['nature', 'consequences', 'measures', 'contact'].map((field) => [field, 'x'.repeat(19_000)]));
    expect(() => next(only([one]), { fields: long }, '', NOW)).toThrow(expect.objectContaining({ code: 'act-refused', detail: { why: 'incident-too-long' } }));
  });

  it('is newest first', () => {
    const other = { ...opened(), incident: '11111111-3c5f-4a5e-9a3e-1f2f3d4c5b6a' };
    expect(register([one, entry(other, '2026-11-27T10:00:00Z')]).incidents.map(({ id: of }) => of)).toEqual([other.incident, id]);
  });
});

describe('opening', () => {
  it('says what the record says and marks what only the manager knows', () => {
    const { fields, revision, state } = opened();
    expect({ revision, state }).toEqual({ revision: 1, state: 'open' });
    expect(fields).toMatchObject({ awareAt: null, people: 2, records: 2, contact: 'Demo Practice, information governance, ig@practice.invalid', report: 'undecided', tellPatients: 'undecided', checklist: [] });
    expect(fields.nature).toContain('2 recordings reached 4 people');
    for (const line of ['shown some of it: 1 (9 seconds of picture or sound in all)', 'opened, nothing shown: 0', 'on screen in a list, not opened: 2', 'listed, not on screen: 1']) expect(fields.nature).toContain(line);
    for (const field of ['nature', 'categoriesOfPeople', 'categoriesOfRecords', 'consequences', 'measures'] as const) expect(fields[field]).toContain(TO_FILL_IN);
  });

  it('names nobody, whatever it is opened from', () => {
    const causes: Cause[] = [cause, { trigger: 'withheld', at: cause.at, reasons: ['patient-differs'] }, { trigger: 'flag', at: cause.at, kind: 'same-surname' }, { trigger: 'query' }];
    for (const from of causes) {
      const text = JSON.stringify({ ...opened(babylon, from).fields, recordings: [], patients: [] });
      expect(text).not.toMatch(/Demo Samplepatient|O’Patient|Ada|Ben |Cleo|Dan |Knee|Low mood|999/);
      expect(opened(babylon, from).trigger).toBe(from.trigger);
    }
  });

  it('gives no number that the record does not have', () => {
    expect(opened({ ...babylon, complete: false }).fields).toMatchObject({ people: null, records: null, nature: expect.stringContaining('not been read to its end') });
    expect(opened({ ...babylon, rows: [...babylon.rows, row({ patient: null, who: ben })] }).fields).toMatchObject({ people: null, records: 2 });
    expect(opened({ ...babylon, rows: [row({ unreported: true, opened: 1 })] }).fields.nature).toContain('shown some of it: 1 (how much is not on record)');
    const nobody = opened(ladderOf([row({ listed: 0, withheld: 1 })]), { trigger: 'withheld', at: cause.at, reasons: [] }).fields;
    expect(nobody).toMatchObject({ people: 0, records: 0 });
    expect(nobody.nature).toContain('nobody had it listed, on screen or open');
  });
});

describe('what stands against a step', () => {
  const now = only([entry(opened(), '2026-11-26T10:00:00Z')]);
  const fieldsWith = (changes: Partial<IncidentFields>): IncidentFields => ({ ...now.fields, ...changes });
  const named = (list: { field: string }[]) => list.map(({ field }) => field);

  it('a decision against needs its reasons', () => {
    expect(named(againstSaving(fieldsWith({ report: 'no', tellPatients: 'no' }), NOW))).toEqual(['reportReasons', 'tellReasons']);
    expect(() => next(now, { fields: { report: 'no' } }, '', NOW)).toThrow(expect.objectContaining({ code: 'act-refused', detail: { why: 'incident-unfit', against: 'A decision not to report needs its reasons.' } }));
    expect(next(now, { fields: { report: 'no', reportReasons: 'The copy was encrypted and nobody opened it.' } }, '', NOW).revision).toBe(2);
  });

  it('a decision whose consultation a recording shows names one patient or none, once, with a reason', () => {
    const decided = { recording: first.recording!, patient: 'Patient/pat-1', reason: 'the voice' };
    const against = (...corrections: IncidentFields['corrections']) => named(againstSaving(fieldsWith({ corrections }), NOW));
    expect([against(decided), against({ ...decided, patient: null })]).toEqual([[], []]);
    for (const wrong of [{ ...decided, patient: '' }, { ...decided, patient: 'Demo Samplepatient' }, { ...decided, reason: ' ' }]) expect(against(wrong)).toEqual(['corrections']);
    expect(against(decided, { ...decided, patient: null })).toEqual(['corrections']);
  });

  it('marking as reported needs every part of Article 33(3), and may do without the numbers', () => {
    expect(named(againstReporting(fieldsWith({ report: 'yes' }), NOW))).toEqual(['awareAt', 'nature', 'categoriesOfPeople', 'categoriesOfRecords', 'consequences', 'measures']);
    const reported = { ...whole, report: 'yes' as const, reportedAt: '2026-11-26T18:00:00Z', people: null, records: null };
    expect(next(now, { fields: reported }, '', NOW).fields.reportedAt).toBe('2026-11-26T18:00:00Z');
    for (const field of ['nature', 'categoriesOfPeople', 'categoriesOfRecords', 'contact', 'consequences', 'measures'] as const) {
      for (const text of ['', '  \n', `As far as is known.\n${TO_FILL_IN}the rest]`]) expect(() => next(now, { fields: { ...reported, [field]: text } }, '', NOW)).toThrow(expect.objectContaining({ code: 'act-refused' }));
    }
    expect(named(againstSaving(fieldsWith({ ...reported, report: 'undecided' }), NOW))).toContain('report');
  });

  it('a late report needs its reasons', () => {
    const late = fieldsWith({ ...whole, report: 'yes', awareAt: '2026-11-20T09:00:00Z', reportedAt: '2026-11-26T18:00:00Z' });
    expect(named(againstSaving(late, NOW))).toEqual(['lateBecause']);
    expect(againstSaving({ ...late, lateBecause: 'The office was closed.' }, NOW)).toEqual([]);
    // Not marked yet: the hour at which it would be.
    expect(named(againstReporting({ ...late, reportedAt: null }, Date.parse('2026-11-23T08:59:00Z')))).toEqual([]);
    expect(named(againstReporting({ ...late, reportedAt: null }, Date.parse('2026-11-23T09:01:00Z')))).toEqual(['lateBecause']);
  });

  it('times must be able to be', () => {
    expect(named(againstSaving(fieldsWith({ awareAt: '2026-11-28T00:00:00Z' }), NOW))).toEqual(['awareAt']);
    expect(named(againstSaving(fieldsWith({ ...whole, report: 'yes', reportedAt: '2026-11-26T09:00:00Z' }), NOW))).toEqual(['reportedAt']);
  });

  it('closing needs all of it, and each thing that is missing is named once', () => {
    expect(againstClosing(fieldsWith(closed), NOW)).toEqual([]);
    expect(next(now, { fields: closed, state: 'closed' }, 'Closed', NOW).state).toBe('closed');
    const missing: [Partial<IncidentFields>, string][] = [
      [{ awareAt: null }, 'awareAt'], [{ title: '' }, 'title'], [{ nature: '' }, 'nature'], [{ people: null }, 'people'], [{ records: null }, 'records'], [{ reportedAt: null }, 'reportedAt'],
      [{ report: 'undecided', reportedAt: null }, 'report'], [{ tellPatients: 'undecided' }, 'tellPatients'], ...checklistSteps.map((step): [Partial<IncidentFields>, string] => [{ checklist: closed.checklist!.filter((one) => one !== step) }, 'checklist']),
    ];
    for (const [change, field] of missing) {
      expect(named(againstClosing(fieldsWith({ ...closed, ...change }), NOW))).toEqual([field]);
      expect(() => next(now, { fields: { ...closed, ...change }, state: 'closed' }, '', NOW)).toThrow(expect.objectContaining({ code: 'act-refused' }));
    }
    const sentences = againstClosing(now.fields, NOW).map(({ sentence }) => sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it('a closed one is opened again by a version that says so', () => {
    const shut = only([entry(opened(), '2026-11-26T10:00:00Z'), entry(next(now, { fields: closed, state: 'closed' }, 'Closed', NOW), '2026-11-26T20:00:00Z')]);
    expect(shut.state).toBe('closed');
    expect(() => next(shut, { fields: { checklist: [] } }, '', NOW)).toThrow();
    expect(next(shut, { state: 'open', fields: { checklist: [] } }, 'More was found', NOW)).toMatchObject({ revision: 3, state: 'open' });
  });
});
