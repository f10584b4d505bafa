/** The practice of a run: what its managers and systems do meanwhile, and what an honest app would have of it. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WithId } from '@medplum/core';
import type { Communication, Consent, DocumentReference, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { startPractice, type Practice } from '../../practice/index.ts';
import { personCalled } from '../../practice/people.ts';
import { recordingStop } from '../../practice/stops.ts';
import { readEntry, reportedFrom } from '../../src/main/audit/reported.ts';
import { NOTES } from '../../src/main/fhir/systems.ts';
import { randomFor, type Random } from '../fuzz/random.ts';
import { MARKS } from './marks.ts';
import type { Entry, Expected, TaskTruth, Truth, Written } from './oracle.ts';
import { hasLong, type Change } from './plan.ts';

export const CLINICIAN = 'ada';
/** Two people who may lift a stop. */
const LIFTERS = ['Practitioner/pm-1', 'Practitioner/gp-4'];
/** Bytes of a recording: nobody plays them. */
function mediaFor(random: Random): Buffer {
  const parts = Array.from({ length: 20 + random.int(200) }, () => [Buffer.from(MARKS.media), random.bytes(400)]);
  return Buffer.concat(parts.flat());
}

/** More than the line brings before it is asked for elsewhere (src/main/vault/arriving.ts), in whose blocks nothing repeats. */
const LONG_BYTES = 7 * 1024 * 1024;
function longMedia(random: Random): Buffer {
  const media = Buffer.alloc(LONG_BYTES, mediaFor(random));
  for (let at = 0; at < media.length; at += 4096) media.writeUInt32BE(at, at);
  return media;
}

const spoken = (n: number): string => `WEBVTT\n\n00:01.000 --> 00:04.000\n${MARKS.spoken}${n}\n`;

/** Clips for a whole run's practice, small. @returns the folder */
export function makeClips(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const random = randomFor('clips');
  const clips = [1, 2, 3].map((number) => {
    const type = number === 3 ? 'audio/mp4' : 'video/mp4';
    const clip = { id: `clip-${number}`, number, title: `Clip ${number}`, file: `${number}.bin`, transcript: `${number}.vtt`, contentType: type, seconds: 60 };
    writeFileSync(join(folder, clip.file), mediaFor(random));
    writeFileSync(join(folder, clip.transcript), spoken(number));
    return clip;
  });
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ clips }));
  return folder;
}

const OPEN = ['requested', 'accepted', 'in-progress'];

export class PracticeSide {
  readonly practice: Practice;
  /** Ids, in the order in which the plan counts them. */
  readonly tasks: string[] = [];
  /** Id of the assignment whose recording comes in signed blocks, or null. */
  long: string | null = null;
  readonly #me = `Practitioner/${personCalled(CLINICIAN).practitionerId}`;
  readonly #random: Random;
  readonly #stopped = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(practice: Practice, seed: string) {
    this.practice = practice;
    this.#random = randomFor(seed, 'practice');
  }

  static async open(seed: string, mediaDir: string): Promise<PracticeSide> {
    const side = new PracticeSide(await startPractice({ quiet: true, mediaDir }), seed);
    const { repo } = side.practice;
    for (const { id, owner } of await repo.all<Task>('Task')) if (owner?.reference === side.#me) side.tasks.push(id);
    side.tasks.sort();
    if (hasLong(seed)) {
      const info = await repo.addRecording({ owner: CLINICIAN, media: longMedia(side.#random), inBlocks: true, transcript: spoken(0) });
      side.long = info.taskIds[0] ?? null;
      side.tasks.push(...info.taskIds);
    }
    return side;
  }

  /** One after the other. @returns the assignments that it is about */
  async change(change: Change, task: string): Promise<string[]> {
    const turn = this.#last.then(() => this.#change(change, task));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #change(change: Change, id: string): Promise<string[]> {
    const { repo } = this.practice;
    if (change === 'assign') return [await this.#assign()];
    const task = await this.#find<Task>('Task', id);
    const info = repo.recordings().find(({ taskIds }) => taskIds.includes(id));
    if (!task || !info) return [];
    const consent = (status: Consent['status']) => this.#with<Consent>('Consent', info.consentId, (one) => ({ ...one, status }));
    const stop = recordingStop(info.masterIdentifier);
    switch (change) {
      case 'cancel':
        if (!OPEN.includes(task.status)) return [];
        await repo.update<Task>({ ...task, status: 'cancelled' });
        break;
      case 'reassign': case 'give back':
        await repo.update<Task>({ ...task, owner: { reference: change === 'reassign' ? `Practitioner/${personCalled('ben').practitionerId}` : this.#me } });
        break;
      case 'finish elsewhere':
        if (!OPEN.includes(task.status)) return [];
        await repo.update<Task>({ ...task, status: 'completed', lastModified: new Date().toISOString() });
        break;
      case 'withdraw consent':
        await consent('inactive');
        break;
      case 'renew consent':
        await consent('active');
        break;
      case 'stop':
        this.#stopped.add(info.id);
        await repo.stop(stop);
        break;
      case 'lift':
        if (!this.#stopped.delete(info.id)) return [];
        await repo.lift(stop, LIFTERS);
        break;
      case 'supersede':
        await this.#with<DocumentReference>('DocumentReference', info.id, (one) => ({ ...one, status: 'superseded' }));
        break;
      case 'remove recording':
        if (!(await this.#find('DocumentReference', info.id))) return [];
        await repo.remove('DocumentReference', info.id);
        break;
      case 'remove assignment':
        await repo.remove('Task', id);
        break;
      case 'sign anew':
        await repo.signManifest(info.id, (manifest) => {
          manifest.revision += 1;
        });
        break;
    }
    return [id];
  }

  async #assign(): Promise<string> {
    const random = this.#random;
    const info = await this.practice.repo.addRecording({
      owner: CLINICIAN, media: mediaFor(random), review: random.pick(['own', 'peer']), purpose: random.pick(['TREAT', 'HQUALIMP', 'TRAIN']), offlinePermitted: !random.coin(5), transcript: spoken(this.tasks.length),
      ...(random.coin(6) ? { confidentiality: 'V' } : {}),
    });
    const [id = ''] = info.taskIds;
    this.tasks.push(id);
    return id;
  }

  async #find<T extends Task | Consent | DocumentReference>(type: T['resourceType'], id: string): Promise<WithId<T> | null> {
    return (await this.practice.repo.all<T>(type)).find((one) => one.id === id) ?? null;
  }

  async #with<T extends Consent | DocumentReference>(type: T['resourceType'], id: string, to: (before: WithId<T>) => WithId<T>): Promise<void> {
    const before = await this.#find<T>(type, id);
    if (before) await this.practice.repo.update(to(structuredClone(before)));
  }

  /** @param id of a Task of the pool */
  async truthOf(id: string): Promise<TaskTruth> {
    const info = this.practice.repo.recordings().find(({ taskIds }) => taskIds.includes(id));
    const task = await this.#find<Task>('Task', id);
    const truth = { task: `Task/${id}`, status: task?.status ?? 'removed', document: `DocumentReference/${info?.id ?? ''}`, recording: info?.masterIdentifier ?? null };
    const isHere = task?.owner?.reference === this.#me && [...OPEN, 'completed'].includes(task.status);
    return { ...truth, expected: isHere && info ? await this.#expected(task, info) : 'nothing' };
  }

  async #expected(task: Task, info: { id: string; consentId: string }): Promise<Expected> {
    const document = await this.#find<DocumentReference>('DocumentReference', info.id);
    if (!document) return ['recording-missing'];
    const consent = await this.#find<Consent>('Consent', info.consentId);
    // Direct care needs none.
    const needsConsent = task.reasonCode?.coding?.[0]?.code !== 'TREAT';
    const reasons = [
      ...(this.#stopped.has(info.id) ? ['stopped'] : []), ...(document.status === 'current' ? [] : ['recording-status']), ...(needsConsent && consent?.status !== 'active' ? ['consent-missing'] : []),
    ];
    return reasons.length > 0 ? reasons : 'shown';
  }

  /** SHA-256 of a recording's bytes as they were signed, base64url. */
  mediaOf(id: string): string {
    const { repo } = this.practice;
    const info = repo.recordings().find(({ taskIds }) => taskIds.includes(id));
    return repo.manifest(info?.id ?? '').media.sha256;
  }

  /** @param device of the computer whose record is meant */
  async truth(device: string): Promise<Truth> {
    const { repo } = this.practice;
    const tasks: TaskTruth[] = [];
    for (const id of this.tasks) tasks.push(await this.truthOf(id));
    const written: Written[] = [];
    for (const one of await repo.all<QuestionnaireResponse>('QuestionnaireResponse')) {
      if (one.author?.reference !== this.#me) continue;
      const type = one.questionnaire?.startsWith(NOTES) === true ? 'notes' : 'form';
      written.push({ reference: `QuestionnaireResponse/${one.id}`, identifier: one.identifier?.value ?? randomUUID(), type, document: one.subject?.reference ?? '', status: one.status, texts: textsIn(one.item) });
    }
    for (const one of await repo.all<Communication>('Communication')) {
      if (one.sender?.reference !== this.#me) continue;
      written.push({ reference: `Communication/${one.id}`, identifier: one.identifier?.[0]?.value ?? randomUUID(), type: 'message', document: one.about?.[0]?.reference ?? '', status: one.status, texts: (one.payload ?? []).flatMap(({ contentString }) => contentString ?? []) });
    }
    const entries: Entry[] = [];
    for (const event of await repo.auditEvents()) {
      const reported = reportedFrom(event);
      const read = reported && readEntry(reported.body);
      if (!reported || read?.chain.device !== device) continue;
      const { entry } = read;
      entries.push({ ...reported, seq: read.seq, event: entry?.event ?? 'unreadable', task: entry && 'subject' in entry ? entry.subject?.task ?? null : null });
    }
    return { tasks, written, entries };
  }
}

/** Every `valueString` in it, however deep. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'valueString' && typeof inner === 'string' ? [inner] : textsIn(inner)));
}
