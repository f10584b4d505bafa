/**
 * The console of the manager or second reader who is here: the trail, and what the screens ask of it. What they look at of a person, a recording or a patient is
 * itself on the record, once a session.
 */
import { join } from 'node:path';
import type { Activity, DeviceRow, EventDetails, EventFilter, EventPage, EventRow, Finding, Flag, IncidentFields, Ladder, ManagersActions, PatientRef, RecordingRef, TrailState } from '../../../preload/console.ts';
import { Trail } from '../../audit/trail/client.ts';
import { problemOf } from '../../platform/failure.ts';
import { patientView } from '../../service/subjects.ts';
import type { Desk } from '../desk.ts';
import { sweepExports } from '../exports.ts';
import { readerHere, stillHere, type Manager } from './acts.ts';
import type { SeenAssignment } from './assigning.ts';
import { subjectsOf } from './assignments.ts';
import { withWords } from './flagWords.ts';
import { peopleFlags } from './peopleFlags.ts';
import { Reading } from './reading.ts';

/** A page on a screen. */
const PAGE = 100;

export interface About {
  recordings?: string[] | undefined;
  people?: string[] | undefined;
  patients?: string[] | undefined;
  devices?: string[] | undefined;
}

export const everything = (about: About = {}): EventFilter => ({ from: null, to: null, people: about.people ?? [], events: [], recordings: about.recordings ?? [], patients: about.patients ?? [], devices: [], refusedOnly: false });

/** What an incident is about; null for nothing, which the record must not be asked: it would answer about everything. */
export function aboutOf({ recordings, patients }: Pick<IncidentFields, 'recordings' | 'patients'>): About | null {
  if (recordings.length > 0) return { recordings };
  return patients.length > 0 ? { patients } : null;
}

export class Console {
  readonly manager: Manager;
  readonly reading: Reading;
  readonly trail: Trail;
  /** Assignments that this manager was shown, by "Task/id": an act on one is held against what they saw. */
  readonly seen = new Map<string, SeenAssignment>();
  readonly #desk: Desk;
  readonly #consulted = new Set<string>();

  private constructor(desk: Desk, manager: Manager, trail: Trail) {
    [this.#desk, this.manager, this.trail] = [desk, manager, trail];
    this.reading = new Reading(desk, manager, trail);
  }

  static async open(desk: Desk): Promise<Console> {
    const manager = readerHere(desk);
    const { machine } = desk;
    await sweepExports(machine.downloads);
    const trail = await Trail.open(machine.startTrail, join(machine.profile, 'trail'));
    try {
      stillHere(desk, manager);
    } catch (error) {
      await trail.close();
      throw error;
    }
    return new Console(desk, manager, trail);
  }

  /** Ends the process and deletes the cache. */
  async close(): Promise<void> {
    await this.trail.close();
  }

  state(): TrailState {
    return this.reading.state;
  }

  async events(filter: EventFilter, next: string | null, limit = PAGE): Promise<EventPage> {
    this.#consult('events', filter);
    const page = await this.trail.ask('events', { filter, next, limit });
    return { ...page, rows: await this.#named(page.rows) };
  }

  async details(id: number): Promise<EventDetails> {
    const details = await this.trail.ask('details', { id });
    const [row = details.row] = await this.#named([details.row]);
    return { ...details, row };
  }

  async ladder(about: About): Promise<Ladder> {
    this.#consult('ladder', about);
    const ladder = await this.trail.ask('ladder', { filter: everything(about), complete: this.state().complete });
    return { ...ladder, rows: await this.#named(ladder.rows) };
  }

  async activity(filter: EventFilter): Promise<Activity> {
    this.#consult('events', filter);
    return this.trail.ask('activity', { filter });
  }

  devices(): Promise<DeviceRow[]> {
    return this.trail.ask('devices', null);
  }

  findings(): Promise<Finding[]> {
    return this.trail.ask('findings', null);
  }

  async managersActions(filter: EventFilter): Promise<ManagersActions> {
    this.#consult('events', filter);
    return { me: this.manager.person.sds, people: await this.trail.ask('managers', { filter }) };
  }

  async flags(): Promise<Flag[]> {
    const time = { from: null, to: null };
    const [flags, pairs] = await Promise.all([this.trail.ask('flags', time), this.trail.ask('pairs', time)]);
    const all = [...await withWords(this.trail, flags), ...await peopleFlags(this.#desk, pairs)];
    return (await this.#named(all)).sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  }

  /** Whose reviews are to be shown. */
  consultAssignments(about: About): void {
    this.#consult('assignments', about);
  }

  /** What is about nobody in particular is not worth a line; the same question again is not either. A computer is whoever works at it. */
  #consult(view: string, about: About): void {
    const { recordings = [], people = [], patients = [], devices = [] } = about;
    if (recordings.length + people.length + patients.length + devices.length === 0) return;
    const named = JSON.stringify({ recordings, people, patients, ...(devices.length > 0 ? { devices } : {}) });
    if (this.#consulted.has(`${view} ${named}`)) return;
    this.manager.journal.write({ event: 'consulted', view, about: named });
    this.#consulted.add(`${view} ${named}`);
  }

  /** With the names that the practice gives now. Without the practice there are none, and the references stay. */
  async #named<T extends { recording: RecordingRef | null; patient: PatientRef | null }>(rows: readonly T[]): Promise<T[]> {
    const subjects = subjectsOf(this.#desk);
    try {
      const [patients, recordings] = await Promise.all([
        subjects.patients(rows.flatMap(({ patient }) => patient?.patient ?? [])), subjects.recordings(rows.flatMap(({ recording }) => recording?.document ?? [])),
      ]);
      stillHere(this.#desk, this.manager);
      return rows.map((row) => {
        const recording = row.recording && recordings.get(row.recording.document ?? '');
        return {
          ...row,
          patient: row.patient && patientView(row.patient.patient, patients.get(row.patient.patient)),
          recording: row.recording && { ...row.recording, title: recording?.title ?? null, consultedAt: recording?.consultedAt ?? null },
        };
      });
    } catch (error) {
      const { code } = problemOf(error);
      if (code !== 'practice-unreachable' && code !== 'practice-error') throw error;
      return [...rows];
    }
  }
}

/** All rows of a filter, page by page. */
export async function* allEvents(console: Console, filter: EventFilter): AsyncGenerator<EventRow, void> {
  let next: string | null = null;
  do {
    const page: EventPage = await console.events(filter, next, 500);
    yield* page.rows;
    ({ next } = page);
  } while (next !== null);
}

/** The console of who is here, opened when it is first asked for. Throws `bad-request` for everybody else. */
export async function consoleOf(desk: Desk): Promise<Console> {
  readerHere(desk);
  const opening = desk.console ?? Console.open(desk);
  desk.console = opening;
  try {
    return await opening;
  } catch (error) {
    if (desk.console === opening) desk.console = null;
    throw error;
  }
}
