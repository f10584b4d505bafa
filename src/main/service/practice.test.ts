/** Service and assurance against the demo practice: everything over HTTP, nothing made up. */
import type { Patient, Task } from '@medplum/fhirtypes';
import { beforeEach, describe, expect, it } from 'vitest';
import { practiceForTests } from '../../../practice/testing/fixture.ts';
import { AS_CLINICIAN, bearerOf } from '../../../practice/testing/sign-in.ts';
import { taskReasons } from '../assurance/admit.ts';
import { assess } from '../assurance/assess.ts';
import { parseSite, type Site } from '../site.ts';
import { gather, reread } from './evidence.ts';
import { PracticeHttp } from './http.ts';
import { taskPages } from './worklist.ts';
import { readStaff } from './people.ts';

const practice = practiceForTests();
let site: Site;
let http: PracticeHttp;
const ada = { sds: '', owners: ['Practitioner/gp-1'] };
beforeEach(async () => {
  site = parseSite(JSON.stringify(practice.get().siteFile()));
  const { Authorization = '' } = await bearerOf(practice.get().url, 'ada', AS_CLINICIAN);
  http = new PracticeHttp(site.fhirBase, fetch, async () => Authorization.replace('Bearer ', ''));
  const staff = await readStaff(http, 'gp-1');
  ada.sds = staff?.practitioner.identifier?.find((i) => i.system === 'https://fhir.nhs.uk/Id/sds-user-id')?.value ?? '';
});

async function outcomes(): Promise<Record<string, string[] | string>> {
  const now = Date.now();
  const found: Record<string, string[] | string> = {};
  for (const offered of (await gather(http, (await Array.fromAsync(taskPages(http, ada.owners, null))).flat())).offered) {
    const decision = await assess(offered, { reviewer: ada, site, now, seen: () => null, rivals: () => [], stopped: () => false, wrongRevision: () => null });
    found[offered.task.id] = decision.ok ? decision.assured.review : decision.reasons;
  }
  return found;
}

describe('the worklist of a clinician', () => {
  it('is assured from what an honest practice sends, own and peer', async () => {
    const found = await outcomes();
    expect(Object.keys(found)).toHaveLength(10);
    expect([found['task-01'], found['task-03']]).toEqual(['own', 'peer']);
    expect(Object.values(found).filter((outcome) => outcome === 'own' || outcome === 'peer')).toHaveLength(9);
    expect(found['task-10']).toContain('task-status');
  });

  it('admits none of a practice that answers with everyone’s', async () => {
    practice.get().lies.everyonesTasks = true;
    const tasks = (await Array.fromAsync(taskPages(http, ada.owners, null))).flat();
    const admitted = tasks.filter((task) => taskReasons(task, ada, site, Date.now()).length === 0);
    expect(tasks.length).toBeGreaterThan(25);
    expect(admitted.every((task) => task.owner?.reference === 'Practitioner/gp-1')).toBe(true);
    const found = await outcomes();
    expect(Object.values(found).filter((outcome) => outcome === 'own' || outcome === 'peer')).toHaveLength(9);
  });

  it('withholds a recording whose Task, patient or signature was changed', async () => {
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', 'task-01');
    const other = (await repo.read<Task>('Task', 'task-02')).for;
    await repo.update({ ...task, for: other });
    expect((await outcomes())['task-01']).toContain('patient-differs');
    await repo.update(task);
    const patient = await repo.read<Patient>('Patient', task.for?.reference?.replace('Patient/', '') ?? '');
    await repo.update({ ...patient, birthDate: '1901-01-01' });
    expect((await outcomes())['task-01']).toContain('patient-differs');
    await repo.update(patient);
    expect((await outcomes())['task-01']).toBe('own');
  });

  it('is asked again at opening, for this Task and its consents', async () => {
    const { offered: [offered] } = await gather(http, ((await Array.fromAsync(taskPages(http, ada.owners, null))).flat()).filter(({ id }) => id === 'task-02'));
    const { repo } = practice.get();
    const task = await repo.read<Task>('Task', 'task-02');
    await repo.update({ ...task, status: 'cancelled' });
    expect((await reread(http, offered!))?.task.status).toBe('cancelled');
    await repo.update({ ...task, owner: { reference: 'Practitioner/gp-2' } });
    expect(await reread(http, offered!)).toBeNull();
    await repo.update(task);
  });
});
