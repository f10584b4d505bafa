/** A practice that lies case by case, and remembers what nobody may see of it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Task } from '@medplum/fhirtypes';
import type { AddRecording, Asked, Given, Practice } from '../../../practice/index.ts';
import { demoKeys, type DemoKey } from '../../../practice/keys.ts';
import { detachedJws } from '../../../practice/signing.ts';
import { testNhsNumbers, nextOf } from '../../../practice/seed/patients.ts';
import type { Case, Json, Known, Rewrite, Telling } from './case.ts';

const CLIPS = path.join(import.meta.dirname, '../../../resources/demo');
const clip = (file: string) => readFileSync(path.join(CLIPS, file));

/** A clip with its token in a box that players skip: its bytes pass through the whole app. */
export function marked(bytes: Buffer, token: string): Buffer {
  const text = Buffer.from(`MEDIA-${token} `.repeat(20));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + text.length);
  header.write('free', 4, 'latin1');
  return Buffer.concat([bytes, header, text]);
}

type Serving = { resource: Json; type: string; asked: string | undefined; first: boolean };

export class Scene {
  readonly practice: Practice;
  /** In every token of this session, and nowhere else on the machine. */
  readonly marker = Array.from(randomBytes(9), (byte) => String.fromCharCode(97 + (byte % 26))).join('');
  readonly elsewhere = { url: '', requests: [] as string[] };
  readonly #numbers = testNhsNumbers(999_810_000 + Math.floor(Math.random() * 100_000));
  readonly #mp4 = clip('knee.mp4');
  readonly #m4a = clip('hayfever.m4a');
  readonly #says: { type: string; id: string; change: (resource: Json) => Json }[] = [];
  readonly #serves: Serving[] = [];
  readonly #rewrites: Rewrite[] = [];
  readonly #server = createServer((request, response) => {
    this.elsewhere.requests.push(`${request.method ?? ''} ${request.url ?? ''}${request.headers.authorization ? ' with a token' : ''}`);
    response.writeHead(200, { 'Content-Type': 'application/fhir+json' }).end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] }));
  });
  #made = 0;

  constructor(practice: Practice) {
    this.practice = practice;
    practice.lies.answer = (asked, honest) => this.#answer(asked, honest);
  }

  async open(): Promise<void> {
    // The seed's own assignments would be downloaded in every session, and show nothing.
    for (const info of this.practice.repo.recordings()) await this.#cancel(info.taskIds);
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.elsewhere.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async add(options: Partial<AddRecording> = {}): Promise<Known> {
    const token = `${this.marker}${String.fromCharCode(97 + Math.floor(this.#made / 26), 97 + (this.#made % 26))}`;
    this.#made += 1;
    const nhsNumber = nextOf(this.#numbers);
    const family = options.patient?.family ?? `Q${token}`;
    const contentType = options.contentType ?? 'video/mp4';
    const info = await this.practice.repo.addRecording({
      owner: 'ada', title: `title ${token}`, description: `Consultation ${token}`, transcript: `WEBVTT\n\n00:00:00.000 --> 00:00:08.000\n<v Doctor>spoken ${token} words\n`, contentType,
      media: marked(contentType.startsWith('audio/') ? this.#m4a : this.#mp4, token), seconds: 54, ...options, patient: { given: `G${token}`, family, nhsNumber, ...options.patient },
    });
    return { info, token, family, nhsNumber: options.patient?.nhsNumber ?? nhsNumber, key: info.id.slice('rec-'.length) };
  }

  /** What tells one case's lie. `hidden`: recordings that become part of it. */
  telling(lie: Known, hidden: Known[], sync: () => Promise<void>): Telling {
    const { practice } = this;
    const statement = (id: string): Json => {
      const bytes = this.#statements.get(id);
      if (!bytes) throw new Error(`no statement ${id} was read`);
      return JSON.parse(bytes.toString()) as Json;
    };
    const keep = async (known: Promise<Known>): Promise<Known> => {
      const one = await known;
      hidden.push(one);
      return one;
    };
    const sign = (bytes: Buffer, key: DemoKey, type: string) => detachedJws(bytes, key, type, new Date().toISOString());
    return {
      practice, lie, sync, elsewhere: this.elsewhere,
      also: (options) => keep(this.add(options)),
      colleagues: () => keep(this.add({ owner: 'ben' })),
      says: (type, id, change) => void this.#says.push({ type, id, change: change as (resource: Json) => Json }),
      adds: (resource, { type, asked, first = false }) => void this.#serves.push({ resource, type, asked, first }),
      rewrite: (rewrite) => void this.#rewrites.push(rewrite),
      bytes: (binary, bytes) => void practice.lies.mediaInstead.set(binary, bytes),
      resign: async (change, options) => {
        await practice.repo.signManifest(lie.info.id, (manifest) => change(manifest), options);
      },
      jws: (make, provenance = `prov-${lie.key}`) => {
        const bytes = Buffer.from(JSON.stringify(practice.repo.manifest(lie.info.id)));
        this.#says.push({ type: 'Provenance', id: provenance, change: (resource) => withSignature(resource, make(bytes)) });
      },
      assignment: (change, key = demoKeys.assignment) => {
        const id = `assignment-task-${lie.key}`;
        const told = statement(id);
        change(told);
        const bytes = Buffer.from(JSON.stringify(told));
        practice.lies.mediaInstead.set(id, bytes);
        if (key) this.#says.push({ type: 'Provenance', id: `prov-task-${lie.key}`, change: (resource) => withSignature(resource, sign(bytes, key, 'consult-assignment+jws')) });
      },
    };
  }

  readonly #statements = new Map<string, Buffer>();

  /** Assignments are only made by the practice: what a case is to change is put together here as the practice does. */
  async readAssignment({ key, info }: Known): Promise<void> {
    const [taskId = ''] = info.taskIds;
    const task = await this.practice.repo.read('Task', taskId) as unknown as { restriction: { period: Json }; reasonCode: { coding: { code: string }[] }; authoredOn: string };
    const manifest = this.practice.repo.manifest(info.id);
    this.#statements.set(`assignment-task-${key}`, Buffer.from(JSON.stringify({
      version: 1, task: taskId, recording: info.masterIdentifier, patient: manifest.patient, owner: '555000000001', purpose: task.reasonCode.coding[0]?.code, period: task.restriction.period,
      issuedAt: task.authoredOn, assigner: '555000000004',
    })));
  }

  /** Takes a recording off every worklist, in the practice's own records. */
  withdraw({ info }: Known): Promise<void> {
    return this.#cancel(info.taskIds);
  }

  async #cancel(tasks: readonly string[]): Promise<void> {
    for (const id of tasks) {
      const task = await this.practice.repo.read<Task>('Task', id);
      await this.practice.repo.update<Task>({ ...task, status: 'cancelled' });
    }
  }

  /** The truth again, of everything that was told on the wire. */
  retract(): void {
    this.#says.length = 0;
    this.#serves.length = 0;
    this.#rewrites.length = 0;
    const { lies } = this.practice;
    lies.swapMedia = [];
    lies.mediaInstead.clear();
    lies.truncateMedia.clear();
    lies.cutMedia.clear();
    lies.everyonesTasks = false;
    lies.delayMs = 0;
  }

  #answer(asked: Asked, honest: Given & { body: Buffer }): Given | null {
    let given = this.#told(asked, honest);
    for (const rewrite of this.#rewrites) {
      const next = rewrite(asked, given);
      if (next === null) return null;
      if (next === undefined) continue;
      if (!Buffer.isBuffer(next.body)) return next;
      given = { ...next, body: next.body };
    }
    return given;
  }

  /** Resources as they are told, wherever they stand in an answer. */
  #told(asked: Asked, honest: Given & { body: Buffer }): Given & { body: Buffer } {
    if (asked.method !== 'GET' || honest.status !== 200 || !(honest.headers['content-type'] ?? '').includes('fhir+json')) return honest;
    const [type = ''] = asked.path.split('/');
    const serves = this.#serves.filter((one) => one.type === type && (one.asked === undefined || [...asked.query.values()].some((value) => value.split(',').includes(one.asked ?? ''))));
    if (this.#says.every((one) => !honest.body.includes(one.id)) && serves.length === 0) return honest;
    const change = (resource: Json): Json => this.#says.filter((one) => one.type === resource.resourceType && one.id === resource.id).reduce((told, one) => one.change(told), structuredClone(resource));
    const body = JSON.parse(honest.body.toString()) as Json;
    if (body.resourceType !== 'Bundle') return json(change(body), honest);
    const entry = ((body.entry as Json[] | undefined) ?? []).map((one) => ({ ...one, resource: change(one.resource as Json) }));
    const added = (first: boolean) => serves.filter((one) => one.first === first).map(({ resource }) => ({ resource, search: { mode: 'match' } }));
    return json({ ...body, entry: [...added(true), ...entry, ...added(false)] }, honest);
  }
}

export function json(body: unknown, like: Given): Given & { body: Buffer } {
  return { status: like.status, headers: { ...like.headers, 'content-type': 'application/fhir+json; charset=utf-8' }, body: Buffer.from(JSON.stringify(body)) };
}

export function withSignature(resource: Json, jws: string): Json {
  const [first = {}] = resource.signature as Json[];
  return { ...resource, signature: [{ ...first, data: Buffer.from(jws).toString('base64') }] };
}

/** For a case's table: what is asked of a recording that needs its signed assignment read first. */
export const isPeer = (one: Case): boolean => one.recording?.review === 'peer';
