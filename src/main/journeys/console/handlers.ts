/** The contract's methods for a manager and a second reader, as plain functions over the console. */
import type { StopTarget } from '../../../preload/console.ts';
import type { MethodName, StopView } from '../../../preload/contract.ts';
import { SavedView } from '../../../preload/console.ts';
import { keyCharacters } from '../../audit/chain.ts';
import { viewOf } from '../../audit/incidents.ts';
import { Failure } from '../../platform/failure.ts';
import type { Handlers } from '../../window/ipc.ts';
import { deliverWaiting } from '../deliver.ts';
import type { Desk } from '../desk.ts';
import { keptPage, keptState, removeByPerson, saveKept } from '../keptPage.ts';
import { managerHere, readerHere, refused, withoutCopies } from './acts.ts';
import { assign, cancelAssignment, extendAssignment } from './assigning.ts';
import { assignments, subjectsOf } from './assignments.ts';
import { consoleOf, type Console } from './console.ts';
import { assignmentKey } from './consoleKey.ts';
import { enrolDevice, revokeDevice } from './devices.ts';
import { find, recordingsOf } from './finding.ts';
import { keepIncident } from './keeping.ts';
import { closeIncident, openIncident, readRegister, saveIncident } from './register.ts';
import { staffHere } from './staff.ts';
import { confirmLift, proposeLift, readStops, stop, type StandingStop } from './stops.ts';
import { Takeaways } from './takeaways.ts';

/** More pages of assignments than a practice has open at a time. */
const MOST_PAGES = 20;

/** What a second reader may ask for. Everything else is a manager's, also what is added later. */
export const READING: ReadonlySet<string> = new Set([
  'trailState', 'events', 'eventDetails', 'ladder', 'activityByDay', 'devices', 'findings', 'flags', 'managersActions', 'savedViews', 'saveView', 'removeView', 'exportEvents', 'exportPatientReport', 'exportLadder',
  'incidents', 'exportIncident', 'stops', 'assignments', 'staff', 'find', 'recordingsOf',
] satisfies MethodName[]);

/** Of the incident that is kept here, also while nobody is signed in: each asks for itself who is here. */
export const KEPT_ALONE: ReadonlySet<string> = new Set(['keptPage', 'saveKept', 'removeKept'] satisfies MethodName[]);

/** @param readOn has the record read for what is new; never throws */
export function consoleHandlers(desk: Desk, readOn: () => Promise<void>) {
  const here = (): Promise<Console> => consoleOf(desk);
  /** What was recorded goes to the practice now, and comes back into the trail. */
  const told = async <T>(result: T): Promise<T> => {
    void deliverWaiting(desk).then(readOn);
    return result;
  };
  const views = (): SavedView[] => SavedView.array().parse(JSON.parse(readerHere(desk).vault.ledger.get('views') ?? '[]'));
  const keepViews = (next: SavedView[]): SavedView[] => {
    readerHere(desk).vault.ledger.set('views', JSON.stringify(next));
    return next;
  };
  const personBySds = async (sds: string) => {
    const person = (await staffHere(desk)).find((one) => one.sds === sds);
    if (!person) throw refused('owner-unclear');
    return person;
  };
  const assignmentsOf = async (document: string | null, owners: readonly string[]) => {
    const rows = [];
    let next: string | null = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await assignments(desk, { document, owners }, next);
      rows.push(...answer.rows);
      ({ next } = answer);
      if (next === null) break;
    }
    const { seen } = await here();
    for (const { task, recording, owner } of rows) seen.set(task, { task, recording: recording.recording ?? '', owner: owner.sds });
    return rows;
  };
  const seenOrThrow = async (task: string) => {
    const one = (await here()).seen.get(task);
    if (!one) throw new Failure('bad-request', 'no such assignment');
    return one;
  };
  const assignmentOf = async (task: string, document: string | null) => {
    const row = (await assignmentsOf(document, [])).find((one) => one.task === task);
    if (!row) throw new Failure('practice-error', 'assignment is not answered');
    return told(row);
  };

  return guarded(desk, {
    trailState: async () => (await here()).state(),
    events: async (_window, filter, after) => (await here()).events(filter, after),
    eventDetails: async (_window, id) => (await here()).details(id),
    ladder: async (_window, about) => (await here()).ladder(about),
    activityByDay: async (_window, filter) => (await here()).activity(filter),
    devices: async () => (await here()).devices(),
    findings: async () => (await here()).findings(),
    managersActions: async (_window, filter) => (await here()).managersActions(filter),
    flags: async () => (await here()).flags(),
    savedViews: () => views(),
    saveView: (_window, view) => keepViews([...views().filter(({ name }) => name !== view.name), view]),
    removeView: (_window, name) => keepViews(views().filter((view) => view.name !== name)),
    exportEvents: async (_window, filter, as) => told(await new Takeaways(desk, await here()).events(filter, as)),
    exportPatientReport: async (_window, patient) => told(await new Takeaways(desk, await here()).patientReport(patient)),
    exportLadder: async (_window, { recordings }) => told(await new Takeaways(desk, await here()).ladder(recordings)),
    enrolDevice: async (_window, device, sds, what, shown) => {
      const console = await here();
      const chain = { device, sds };
      if (what === 'revoke') await revokeDevice(desk, chain);
      else {
        const { key } = (await console.trail.ask('chainKey', chain)) ?? { key: null };
        if (key === null) throw refused('device-unknown');
        // An entry with another key may have come in since.
        if (keyCharacters(key) !== shown) throw refused('key-changed');
        await enrolDevice(desk, chain, key);
      }
      await console.reading.verify();
      return told(await console.devices());
    },
    incidents: async () => (await readRegister(await here())).map((one) => viewOf(one, desk.now())),
    openIncident: async (_window, trigger, about, note) => told(viewOf(await openIncident(desk, await here(), trigger, about, note), desk.now())),
    saveIncident: async (_window, id, fields, revision, note) => told(viewOf(await saveIncident(desk, await here(), id, fields, revision, note), desk.now())),
    closeIncident: async (_window, id, revision, note) => told(viewOf(await closeIncident(desk, await here(), id, revision, note), desk.now())),
    kept: () => keptState(desk),
    keepIncident: async (_window, id, secret) => told(await keepIncident(desk, await here(), id, secret)),
    removeKept: async () => told(await removeByPerson(desk)),
    keptPage: () => keptPage(desk),
    saveKept: (_window, fields, revision, note) => saveKept(desk, fields, revision, note),
    find: async (_window, typed) => find(desk, await here(), typed),
    recordingsOf: async (_window, patient) => recordingsOf(desk, await here(), patient),
    exportIncident: async (_window, id, what) => {
      // Letters are written in the practice's name.
      if (what !== 'report') managerHere(desk);
      return told(await new Takeaways(desk, await here()).incident(id, what));
    },
    stops: () => stopViews(desk),
    stop: async (_window, target, reason) => {
      await stop(desk, target, reason);
      return told(await stopViews(desk));
    },
    lift: async (_window, target, reason) => {
      const ids = (await readStops(desk)).stops.filter((one) => isOf(one, target));
      if (ids.length === 0) throw refused('not-standing');
      const names = ids.map(({ id }) => id);
      if (ids.some(({ proposals }) => proposals.some(({ mine }) => !mine))) await confirmLift(desk, names);
      else await proposeLift(desk, names, reason);
      return told(await stopViews(desk));
    },
    assignments: async (_window, { recordings = [], people = [] }) => {
      (await here()).consultAssignments({ recordings, people });
      const [recording] = recordings;
      const named = recording === undefined ? null : (await subjectsOf(desk).recordingsNamed([recording])).get(recording);
      if (recording !== undefined && !named) return [];
      const owners = (await Promise.all(people.map(personBySds))).flatMap(({ practitioner, roles }) => [practitioner, ...roles.map(({ id }) => `PractitionerRole/${id}`)]);
      return assignmentsOf(named?.document ?? null, owners);
    },
    assign: async (_window, { recording, owner, purpose, from, until, offline }) => {
      const named = (await subjectsOf(desk).recordingsNamed([recording])).get(recording);
      if (!named?.patient) throw refused('recording-changed');
      const task = await assign(desk, { document: named.document, recording, patient: named.patient, owner: (await personBySds(owner)).practitioner, purpose, from, until, offline });
      return assignmentOf(task, named.document);
    },
    extendAssignment: async (_window, task, until, reason) => {
      await extendAssignment(desk, await seenOrThrow(task), until, reason);
      return assignmentOf(task, null);
    },
    cancelAssignment: async (_window, task, reason) => {
      await cancelAssignment(desk, task, reason);
      return assignmentOf(task, null);
    },
    staff: async () => (await staffHere(desk)).map(({ sds, name, role }) => ({ sds, name, role })),
    consoleKey: async () => {
      const { jwk, standing } = await assignmentKey(desk);
      return { jwk, known: standing === 'trusted' };
    },
  } satisfies Partial<Handlers>);
}

/** The role is asked for before anything else is. */
function guarded<T extends Partial<Handlers>>(desk: Desk, handlers: T): T {
  const guard = (name: string, handler: (...given: never[]) => unknown) => async (...given: never[]): Promise<unknown> => {
    if (READING.has(name)) readerHere(desk);
    else if (!KEPT_ALONE.has(name)) managerHere(desk);
    try {
      return await handler(...given);
    } catch (error) {
      throw withoutCopies(error);
    }
  };
  return Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, guard(name, handler)])) as T;
}

function isOf({ target, recording, patient }: StandingStop, wanted: StopTarget): boolean {
  if (wanted.kind === 'recording') return recording === wanted.recording.toLowerCase();
  return wanted.kind === target && (wanted.kind === 'all' || patient === wanted.patient);
}

/** One for each thing that is stopped, however many identifiers stop it. */
async function stopViews(desk: Desk): Promise<StopView[]> {
  const { state, stops } = await readStops(desk);
  if (state === 'unreadable') throw refused('list-unreadable');
  const names = await subjectsOf(desk).staff(stops.flatMap(({ proposals }) => proposals.map(({ by }) => by)));
  const views = new Map<string, StopView>();
  for (const { target: kind, recording, patient, since, reason, proposals } of stops) {
    const target: StopTarget = kind === 'all' ? { kind } : kind === 'recording' ? { kind, recording: recording ?? '' } : { kind, patient: patient ?? '' };
    const by = proposals[0]?.by;
    const view = { target, at: since ?? new Date(desk.now()).toISOString(), reason: reason ?? '', standing: true, liftProposedBy: by === undefined ? null : names.get(by)?.name ?? by };
    if (!views.has(JSON.stringify(target))) views.set(JSON.stringify(target), view);
  }
  return [...views.values()];
}
