import { beforeEach, describe, expect, it } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { demoPatients } from '../../../../practice/seed/patients.ts';
import { deliverWaiting } from '../deliver.ts';
import type { Desk } from '../desk.ts';
import type { TestDesk } from '../journeys.fixture.ts';
import { actsOf, desksForTests, enterManager } from './console.fixture.ts';
import { consoleOf } from './console.ts';
import { find, questionOf, recordingsOf } from './finding.ts';

const practice = practiceForTests();
const newDesk = desksForTests(practice.get);
const vague: unknown = expect.objectContaining({ code: 'act-refused', detail: { why: 'too-vague' } });

describe('what is typed', () => {
  it.each([
    ['999 000 0018', { by: 'nhs-number', value: '9990000018' }], ['999-000-0018', { by: 'nhs-number', value: '9990000018' }],
    ['14/03/1962', { by: 'date-of-birth', value: '1962-03-14' }], ['4.3.1962', { by: 'date-of-birth', value: '1962-03-04' }], ['14-03-1962', { by: 'date-of-birth', value: '1962-03-14' }], ['14 / 3 / 1962', { by: 'date-of-birth', value: '1962-03-14' }], ['1962-03-14', { by: 'date-of-birth', value: '1962-03-14' }],
    ['  Demo   Sample ', { by: 'name', value: ['Demo', 'Sample'] }], ['O’Pat', { by: 'name', value: ['O’Pat'] }],
  ])('%s', (typed, question) => expect(questionOf(typed)).toEqual(question));

  it.each(['', ' ', 'a', 'Demo S', '*', '999', '99900000181', '31/02/1962', '1962-02-31', '14/13/1962', '1962', 'a1', '&_count=500', '%%', '’’’'])('%s is too little, or nothing', (typed) => expect(() => questionOf(typed)).toThrow(vague));
});

describe('a search', () => {
  let at: TestDesk;
  let desk: Desk;
  const look = async (typed: string) => find(desk, await consoleOf(desk), typed);
  const [patient] = demoPatients();
  beforeEach(async () => {
    at = newDesk();
    desk = await enterManager(at, practice.get(), 'pat');
    await (await consoleOf(desk)).reading.catchUp();
  });

  it('finds a patient by number, date of birth and the beginnings of their names', async () => {
    const { id, given, family, birthDate, nhsNumber } = patient!;
    for (const typed of [nhsNumber, birthDate.split('-').reverse().join('/'), `${family.slice(0, 4)} ${given}`, family.toUpperCase()]) {
      expect((await look(typed)).patients, typed).toContainEqual(expect.objectContaining({ patient: `Patient/${id}`, dateOfBirth: birthDate, nhsNumber }));
    }
    expect((await look('Nobodyofthatname')).patients).toEqual([]);
  });

  it('finds who has a record here, and their recordings', async () => {
    const ada = newDesk();
    await ada.enter('ada');
    ada.desk.journal!.write({ event: 'locked' });
    await deliverWaiting(ada.desk);
    await (await consoleOf(desk)).reading.catchUp();
    expect((await look('sampleton')).people).toEqual([expect.objectContaining({ name: 'Dr Ada Sampleton' })]);
    const recordings = await recordingsOf(desk, await consoleOf(desk), `Patient/${patient!.id}`);
    expect(recordings.length).toBeGreaterThan(0);
    for (const one of recordings) expect(one).toMatchObject({ recording: expect.stringMatching(/^urn:uuid:/) as unknown, title: expect.any(String) as unknown });
  });

  it('is on the record by whom it found, and not by what was typed', async () => {
    const { id, family } = patient!;
    await look(family);
    const consulted = actsOf(desk).filter(({ event }) => event === 'consulted');
    expect(consulted).toHaveLength(1);
    expect(consulted[0]).toMatchObject({ view: 'search', about: expect.stringContaining(`Patient/${id}`) as unknown });
    expect(JSON.stringify(consulted)).not.toContain(family);
    await recordingsOf(desk, await consoleOf(desk), `Patient/${id}`);
    expect(actsOf(desk).filter(({ event }) => event === 'consulted').at(-1)).toMatchObject({ view: 'recordings', about: JSON.stringify({ patients: [`Patient/${id}`] }) });
  });

  it('shows nobody whom the question does not fit, whatever the server answers, and says where there are more', async () => {
    const asked: string[] = [];
    const original = desk.session!.http.json.bind(desk.session!.http);
    const everybody = demoPatients().map(({ id, given, family, birthDate }) => ({ resource: { resourceType: 'Patient', id, name: [{ given: [given], family }], birthDate } }));
    desk.session!.http.json = async (target) => {
      asked.push(target);
      return target.startsWith('Patient?') && !target.includes('_id=') ? { resourceType: 'Bundle', entry: everybody, link: [{ relation: 'next', url: 'x' }] } : original(target);
    };
    const { patients, more } = await look(patient!.family);
    expect(everybody.length).toBeGreaterThan(patients.length);
    expect(patients.every(({ name }) => name!.includes(patient!.family))).toBe(true);
    expect(more).toBe(true);
    await expect(look('x')).rejects.toThrow(vague);
    expect(asked.filter((target) => target.startsWith('Patient?')).every((target) => /^Patient\?(name|identifier|birthdate)=/.test(target))).toBe(true);
  });
});
