/** Whose assignment, what for, and when. */
import type { Task } from '@medplum/fhirtypes';
import type { Case, Family, Json, Telling } from '../app/case.ts';

type Change = (task: Json, telling: Telling) => Json;

/** The Task told otherwise, wherever it stands in an answer. */
const task = (name: string, change: Change, more: Partial<Case> = {}): Case => ({
  name, ...more, tell: (telling) => telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (resource) => change(resource, telling)),
});
const without = (resource: Json, ...names: string[]): Json => Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const reason = (...codes: string[]): Json => ({ coding: codes.map((code) => ({ system: ACT_REASON, code })) });

export const othersTasks: Family = {
  name: 'otherPeoplesTasks', title: 'Other clinicians\' Tasks in the bundle', session: 'together',
  cases: [
    task('owner is a colleague', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } })),
    task('owner is a colleague, under my display name', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2', display: 'Dr Ada Sampleton' } })),
    task('owner is a colleague\'s role', (one) => ({ ...one, owner: { reference: 'PractitionerRole/role-gp-2' } })),
    task('owner is the practice', (one) => ({ ...one, owner: { reference: 'Organization/org-1' } })),
    task('owner is a patient of my number', (one) => ({ ...one, owner: { reference: 'Patient/gp-1' } })),
    task('owner is missing', (one) => without(one, 'owner')),
    task('owner has a display name only', (one) => ({ ...one, owner: { display: 'Dr Ada Sampleton' } })),
    task('owner has an identifier only', (one) => ({ ...one, owner: { type: 'Practitioner', identifier: { system: 'https://fhir.nhs.uk/Id/sds-user-id', value: '555000000001' } } })),
    task('owner is contained', (one) => ({ ...one, contained: [{ resourceType: 'Practitioner', id: 'gp-1' }], owner: { reference: '#gp-1' } })),
    task('owner is me on another server', (one, { elsewhere }) => ({ ...one, owner: { reference: `${elsewhere.url}/fhir/Practitioner/gp-1` } })),
    task('owner differs by case', (one) => ({ ...one, owner: { reference: 'Practitioner/GP-1' } })),
    task('owner differs by its type\'s case', (one) => ({ ...one, owner: { reference: 'practitioner/gp-1' } })),
    task('owner with a full-width digit', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-１' } })),
    task('owner with another hyphen', (one) => ({ ...one, owner: { reference: 'Practitioner/gp‑1' } })),
    task('owner with a space behind', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-1 ' } })),
    task('owner with a null byte behind', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-1\u0000' } })),
    task('owner by a path that climbs', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2/../gp-1' } })),
    task('owner with a query', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-1?active=true' } })),
    task('owner is a list', (one) => ({ ...one, owner: [{ reference: 'Practitioner/gp-1' }] })),
    task('owner begins with my id', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-11' } })),
    { name: 'a colleague\'s Task as a match', tell: async (telling) => {
      const theirs = await telling.colleagues();
      const stolen = await telling.practice.repo.read<Task>('Task', theirs.info.taskIds[0] ?? '');
      telling.adds(stolen as unknown as Json, { type: 'Task', first: true });
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ ...one, status: 'cancelled' }));
    } },
    { name: 'a colleague\'s Task, its owner made me', tell: async (telling) => {
      const theirs = await telling.colleagues();
      const stolen = await telling.practice.repo.read<Task>('Task', theirs.info.taskIds[0] ?? '');
      telling.adds({ ...stolen, owner: { reference: 'Practitioner/gp-1' } }, { type: 'Task' });
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-2' } }));
    } },
    { name: 'a Task that contains the honest one', tell: (telling) => {
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ resourceType: 'Task', id: 'outer', status: 'requested', intent: 'order', contained: [one] }));
    } },
    { name: 'every Task in the practice, whoever asks', tell: async (telling) => {
      await telling.colleagues();
      telling.practice.lies.everyonesTasks = true;
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ ...one, owner: { reference: 'Practitioner/gp-3' } }));
    } },
  ],
};

export const wrongTasks: Family = {
  name: 'wrongTask', title: 'Wrong focus, patient, encounter, period, status or purpose', session: 'together',
  cases: [
    { name: 'focus is another of my recordings', tell: async (telling) => {
      const other = await telling.also();
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ ...one, focus: { reference: `DocumentReference/${other.info.id}` } }));
      telling.says<Task>('Task', other.info.taskIds[0] ?? '', (one) => ({ ...one, focus: { reference: `DocumentReference/${telling.lie.info.id}` } }));
    } },
    { name: 'focus is a colleague\'s recording', tell: async (telling) => {
      const other = await telling.colleagues();
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ ...one, focus: { reference: `DocumentReference/${other.info.id}` } }));
      telling.adds(await telling.practice.repo.read('DocumentReference', other.info.id) as unknown as Json, { type: 'DocumentReference', asked: other.info.id });
    } },
    { name: 'focus, patient and encounter are all a colleague\'s', tell: async (telling) => {
      const other = await telling.colleagues();
      telling.says<Task>('Task', telling.lie.info.taskIds[0] ?? '', (one) => ({ ...one, focus: { reference: `DocumentReference/${other.info.id}` }, for: { reference: `Patient/${other.info.patientId}` }, encounter: { reference: `Encounter/${other.info.encounterId}` } }));
      const { repo } = telling.practice;
      for (const [type, id] of [['DocumentReference', other.info.id], ['Patient', other.info.patientId], ['Encounter', other.info.encounterId], ['Consent', other.info.consentId]] as const) telling.adds(await repo.read(type, id) as unknown as Json, { type, asked: id });
      telling.adds(await repo.read('Provenance', `prov-${other.key}`) as unknown as Json, { type: 'Provenance', asked: `DocumentReference/${other.info.id}` });
      const theirs = Buffer.from(JSON.stringify(repo.manifest(other.info.id)));
      telling.rewrite((asked) => (asked.path === `Binary/manifest-${other.key}` ? { status: 200, headers: { 'content-type': 'application/json' }, body: theirs } : undefined));
    } },
    task('focus is the transcript', (one, { lie }) => ({ ...one, focus: { reference: `DocumentReference/tr-${lie.key}` } })),
    task('focus is missing', (one) => without(one, 'focus')),
    task('focus is on another server', (one, { lie, elsewhere }) => ({ ...one, focus: { reference: `${elsewhere.url}/fhir/DocumentReference/${lie.info.id}` } })),
    task('focus is contained', (one, { lie }) => ({ ...one, focus: { reference: `#${lie.info.id}` } })),
    task('patient is another', (one) => ({ ...one, for: { reference: 'Patient/pat-1' } })),
    task('patient is missing', (one) => without(one, 'for')),
    task('encounter is another', (one) => ({ ...one, encounter: { reference: 'Encounter/enc-01' } })),
    task('encounter is missing', (one) => without(one, 'encounter')),
    task('the period is over', (one) => ({ ...one, restriction: { period: { start: day(-20), end: day(-1) } } })),
    task('the period has not begun', (one) => ({ ...one, restriction: { period: { start: day(1), end: day(20) } } })),
    task('there is no period', (one) => without(one, 'restriction')),
    task('the period says nothing', (one) => ({ ...one, restriction: { period: {} } })),
    task('the period ends before it begins', (one) => ({ ...one, restriction: { period: { start: day(9), end: day(-9) } } })),
    task('the period is no date', (one) => ({ ...one, restriction: { period: { start: '2026-99-99', end: 'for ever' } } })),
    ...['draft', 'cancelled', 'rejected', 'failed', 'on-hold', 'entered-in-error', 'ready', 'received', 'REQUESTED'].map((status) => task(`status is ${status}`, (one) => ({ ...one, status }))),
    task('completed long ago', (one) => ({ ...one, status: 'completed', lastModified: day(-30) })),
    task('completed, and nobody says when', (one) => without({ ...one, status: 'completed' }, 'lastModified')),
    task('completed next year', (one) => ({ ...one, status: 'completed', lastModified: day(300) })),
    task('intent is a proposal', (one) => ({ ...one, intent: 'proposal' })),
    task('it is another kind of Task', (one) => ({ ...one, code: { coding: [{ system: 'https://viewing-room.example/fhir/CodeSystem/task-type', code: 'transcribe' }] } })),
    task('its kind is of another code system', (one) => ({ ...one, code: { coding: [{ system: 'https://elsewhere.example/task-type', code: 'review-recording' }] } })),
    task('purpose is missing', (one) => without(one, 'reasonCode')),
    task('purpose is not one of the practice\'s', (one) => ({ ...one, reasonCode: reason('HMARKT') })),
    task('there are two purposes', (one) => ({ ...one, reasonCode: reason('TREAT', 'HQUALIMP') })),
    task('purpose is a word of JavaScript', (one) => ({ ...one, reasonCode: reason('constructor') })),
    task('purpose is of another code system', (one) => ({ ...one, reasonCode: { coding: [{ system: 'https://elsewhere.example/reason', code: 'TREAT' }] } })),
    task('purpose of a peer review is another than was signed', (one) => ({ ...one, reasonCode: reason('TREAT') }), { recording: { review: 'peer' } }),
  ],
};
