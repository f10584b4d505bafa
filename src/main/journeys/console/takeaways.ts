/** What a manager takes away from the console, as files in the Downloads folder. */
import type { EventFilter, Exported } from '../../../preload/console.ts';
import { csv, type Table } from '../../audit/csv.ts';
import { exportLines, headText, type ExportedChain, type ExportedEntry } from '../../audit/exportFile.ts';
import { addressees, lettersFor, mailMerge } from '../../audit/letters.ts';
import { accessReport } from '../../audit/printed/accessReport.ts';
import { eventList, MOST_PRINTED } from '../../audit/printed/events.ts';
import { incidentReport } from '../../audit/printed/incidentReport.ts';
import { letters } from '../../audit/printed/letters.ts';
import type { Printed, Stamp } from '../../audit/printed/page.ts';
import { filterWords } from '../../audit/printed/words.ts';
import { eventTable, ladderTable } from '../../audit/tables.ts';
import type { ChainName } from '../../audit/entry.ts';
import type { Trail } from '../../audit/trail/client.ts';
import type { ChainPlace, Questions } from '../../audit/trail/messages.ts';
import { chainName } from '../../service/deviceList.ts';
import { patientView } from '../../service/subjects.ts';
import type { Desk } from '../desk.ts';
import { refused, stillHere } from './acts.ts';
import { subjectsOf } from './assignments.ts';
import { aboutOf, allEvents, everything, type Console } from './console.ts';
import { readDevices } from './devices.ts';
import { exportFile, type Export } from '../exports.ts';
import { incidentCalled } from './register.ts';

const SLICE = 1_000;

/** All of a chain, in order. */
async function* slices(trail: Trail, chain: ChainName): AsyncGenerator<Questions['chain']['answer'], void> {
  for (let after: ChainPlace | undefined = { seq: 0, n: 0 }; after;) {
    const slice: Questions['chain']['answer'] = await trail.ask('chain', { ...chain, after: { seq: after.seq, n: after.n }, limit: SLICE });
    if (slice.length > 0) yield slice;
    after = slice.at(-1);
  }
}

export class Takeaways {
  readonly #desk: Desk;
  readonly #console: Console;

  constructor(desk: Desk, console: Console) {
    [this.#desk, this.#console] = [desk, console];
  }

  get #stamp(): Stamp {
    const { name, role, sds } = this.#console.manager.person;
    return { practice: this.#desk.site.practice, exporter: { name, role: role.name, sds }, at: new Date(this.#desk.machine.now()).toISOString() };
  }

  #export(what: Export): Promise<Exported> {
    const { manager } = this.#console;
    return exportFile({ folder: this.#desk.machine.downloads, record: (event) => manager.journal.write(event), still: () => stillHere(this.#desk, manager), stamp: this.#stamp, complete: this.#console.state().complete }, what);
  }

  async #csv(kind: Export['kind'], table: Table, filter: unknown, words: readonly string[]): Promise<Exported> {
    let rows = 0;
    const counted = async function* () {
      for await (const row of table.rows) {
        rows += 1;
        yield row;
      }
    };
    return this.#export({ kind, type: 'csv', content: csv({ header: table.header, rows: counted() }), rows: () => rows, filter, filterWords: words });
  }

  async #pdf(kind: Export['kind'], printed: Printed, rows: number, filter: unknown, words: readonly string[]): Promise<Exported> {
    return this.#export({ kind, type: 'pdf', content: [await this.#desk.machine.printPdf(printed)], rows: () => rows, filter, filterWords: words });
  }

  async events(filter: EventFilter, as: 'csv' | 'pdf' | 'chain'): Promise<Exported> {
    if (as === 'chain') return this.#chains(filter);
    if (as === 'csv') return this.#csv('events', eventTable(allEvents(this.#console, filter)), filter, filterWords(filter));
    const { rows, total } = await this.#console.events(filter, null, MOST_PRINTED);
    return this.#pdf('events', eventList({ rows, total, filter, complete: this.#console.state().complete }, this.#stamp), rows.length, filter, filterWords(filter));
  }

  /** Chains as a whole, of the people and devices of the filter: half a chain proves little, and is checked with its beginning. */
  async #chains(filter: EventFilter): Promise<Exported> {
    const { trail } = this.#console;
    const { people, devices } = filter;
    const wanted = (await this.#console.devices()).filter(({ device, who }) => (people.length === 0 || people.includes(who.sds)) && (devices.length === 0 || devices.includes(device)));
    const { list, remembered } = await readDevices(this.#desk);
    const chains: ExportedChain[] = [];
    for (const { device, who } of wanted) {
      const name = chainName({ device, sds: who.sds });
      const head = await trail.ask('chainHead', { device, sds: who.sds });
      if (!head) continue;
      const enrolment = list.chains.get(name);
      const enrolled = enrolment?.state === 'enrolled' && enrolment.key !== null;
      // Hashes that precede what is here are not here; a chain that does not begin at its beginning says so by its first number.
      chains.push({ device, sds: who.sds, name: who.name, key: remembered.get(name)?.key ?? (enrolled ? enrolment.key : head.key), enrolled, before: null, head: headText({ seq: head.seq, hash: Buffer.from(head.hash) }) });
    }
    let rows = 0;
    const entries = async function* (): AsyncGenerator<ExportedEntry> {
      for (const [chain, { device, sds, head }] of chains.entries()) {
        for await (const slice of slices(trail, { device, sds })) {
          for (const { seq, body, hash, signature, reference, receivedAt } of slice) {
            // What came in since the head was named is for the next export.
            if (seq > head.seq) break;
            rows += 1;
            yield { chain, seq, body: Buffer.from(body), hash: Buffer.from(hash), signature: Buffer.from(signature), reference, receivedAt };
          }
        }
      }
    };
    const { practice, exporter, at } = this.#stamp;
    const about = { people, devices };
    return this.#export({
      kind: 'chains', type: 'jsonl', rows: () => rows, filter: about, filterWords: filterWords({ ...everything(), people, devices }),
      content: exportLines({ exportedAt: at, practice: practice.name, exporter: { sds: exporter.sds, name: exporter.name }, filter: about, chains }, entries()),
    });
  }

  async ladder(recordings: string[]): Promise<Exported> {
    const { rows } = await this.#console.ladder({ recordings });
    return this.#csv('ladder', ladderTable(rows), { recordings }, filterWords(everything({ recordings })));
  }

  async patientReport(patient: string): Promise<Exported> {
    const { rows, complete } = await this.#console.ladder({ patients: [patient] });
    return this.#pdf('patient-access', accessReport({ patient: patientView(patient, (await subjectsOf(this.#desk).patients([patient])).get(patient)), rows, complete, support: this.#desk.site.support }, this.#stamp), rows.length, { patients: [patient] }, filterWords(everything({ patients: [patient] })));
  }

  async incident(id: string, what: 'report' | 'letters' | 'mail-merge'): Promise<Exported> {
    const incident = await incidentCalled(this.#console, id);
    const of = aboutOf(incident.fields);
    if (!of) throw refused('incident-empty');
    const ladder = await this.#console.ladder(of);
    const about = { incident: id, version: incident.revision };
    const words = [`Incident ${id}, version ${incident.revision}`];
    if (what === 'report') return this.#pdf('incident', incidentReport(incident, ladder, this.#stamp), ladder.rows.length, about, words);
    const { corrections } = incident.fields;
    const named = await subjectsOf(this.#desk).patients(corrections.flatMap(({ patient }) => patient ?? []));
    const written = lettersFor(incident, addressees(ladder, corrections, new Map([...named].map(([patient, one]) => [patient, patientView(patient, one)]))), ladder);
    return what === 'letters' ? this.#pdf('letters', letters(written, this.#stamp), written.length, about, words) : this.#csv('mail-merge', mailMerge(written), about, words);
  }
}
