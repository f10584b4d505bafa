/**
 * A year of access records that nobody has to wait for: what the practice's people listed, opened and watched, in chains with right hashes and signatures. Of each
 * only what it was is kept, some 70 bytes; its resource is made when somebody asks for it. The same days give the same history.
 */
import { createPrivateKey, createPublicKey, hash as digest, sign, type KeyObject } from 'node:crypto';
import type { WithId } from '@medplum/core';
import type { AuditEvent, List } from '@medplum/fhirtypes';
import { plusDays } from '../days.ts';
import { derive } from '../keys.ts';
import { people, type Person } from '../people.ts';
import { VR } from '../systems.ts';
import { stableUuid } from './plan.ts';

export type HistoryRecording = { id: string; masterIdentifier: string; patientId: string; seconds: number; owners: readonly { practitionerId: string; taskId: string; purpose: string }[] };

/** What an entry carries, as bytes. */
export type HistoryEntry = { id: string; at: number; body: Buffer; hash: Buffer; signature: Buffer; key: string; version: string };

type Chain = { device: string; person: Person; role: string; actor: string; key: KeyObject; publicKey: string; recordings: number[]; seq: number; head: Buffer };
type Step = { at: number; chain: number; kind: number; recording: number; from: number; to: number; session: number };

const EVENTS = ['signed-in', 'unlocked', 'locked', 'wrong-secret', 'listed', 'presented', 'opened', 'exposed', 'transcript', 'closed', 'downloaded', 'denied', 'withheld', 'wrong-patient', 'consulted', 'exported'] as const;
const kind = (event: (typeof EVENTS)[number]): number => EVENTS.indexOf(event);
const NO_RECORDING = 0xffff;
const DAYS = 364;
const DAY = 86_400_000;
const MINUTE = 60_000;
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const DENIALS = ['outside-period', 'not-mine', 'offline-not-permitted', 'media-bytes-differ'];
const WITHHOLDINGS = ['media-bytes-differ', 'patient-differs', 'consent-missing', 'manifest-missing'];
const VERSIONS = ['0.0.8', '0.0.9', '0.1.0'];

export class History {
  readonly length: number;
  readonly #recordings: readonly HistoryRecording[];
  readonly #chains: Chain[];
  readonly #at: Float64Array;
  readonly #chain: Uint8Array;
  readonly #kind: Uint8Array;
  readonly #recording: Uint16Array;
  readonly #seq: Uint32Array;
  readonly #from: Float32Array;
  readonly #to: Float32Array;
  readonly #session: Uint32Array;
  readonly #hashes: Buffer;
  readonly #subjects = new Map<number, string>();
  #lastSession = { session: -1, uuid: '' };

  /** @param today where it ends: nothing of it is from today. */
  constructor(count: number, recordings: readonly HistoryRecording[], today: Date) {
    this.length = count;
    this.#recordings = recordings;
    this.#chains = chainsOf(recordings);
    this.#at = new Float64Array(count);
    this.#chain = new Uint8Array(count);
    this.#kind = new Uint8Array(count);
    this.#recording = new Uint16Array(count);
    this.#seq = new Uint32Array(count);
    this.#from = new Float32Array(count);
    this.#to = new Float32Array(count);
    this.#session = new Uint32Array(count);
    this.#hashes = Buffer.alloc(count * 32);
    this.#invent(today);
  }

  #invent(today: Date): void {
    const random = numbers(7);
    const days = Array.from({ length: DAYS }, (_, i) => plusDays(today, i - DAYS));
    const worked = days.filter((day) => isWorkday(day)).length;
    let done = 0;
    let session = 0;
    let soFar = 0;
    for (const day of days) {
      if (isWorkday(day)) soFar += 1;
      const until = Math.round((this.length * soFar) / worked);
      const steps: Step[] = [];
      // Of each chain when it was last busy: nobody reviews two recordings at once.
      const busy = this.#chains.map(() => 0);
      while (done + steps.length < until) {
        const chain = Math.floor(random() * this.#chains.length);
        // One evening in fifty, and one weekend day in thirty: a flag has something to find.
        const late = random() < 0.02 ? 12 * 60 : 0;
        const start = Math.max(day.getTime() + (8 * 60 + late + random() * 600) * MINUTE, (busy[chain] ?? 0) + MINUTE);
        steps.push(...this.#sessionSteps(random, chain, start, session));
        busy[chain] = steps.at(-1)?.at ?? start;
        session += 1;
      }
      steps.sort((a, b) => a.at - b.at);
      // What would not fit any more did not happen.
      for (const step of steps.slice(0, this.length - done)) this.#keep(done++, step);
    }
  }

  #sessionSteps(random: () => number, chain: number, start: number, session: number): Step[] {
    const { recordings, role } = this.#chains[chain] ?? { recordings: [], role: '' };
    const steps: Step[] = [];
    let at = Math.round(start);
    const step = (event: (typeof EVENTS)[number], recording = NO_RECORDING, from = 0, to = 0, pause = 1_000 + random() * 4_000): void => {
      steps.push({ at, chain, kind: kind(event), recording, from, to, session });
      at += Math.round(pause);
    };
    const some = (): number => recordings[Math.floor(random() * recordings.length)] ?? NO_RECORDING;
    if (random() < 0.03) for (let tries = 1 + Math.floor(random() * 4); tries > 0; tries -= 1) step('wrong-secret');
    step(random() < 0.2 ? 'signed-in' : 'unlocked');
    if (role === 'Practice manager') {
      for (let looks = 1 + Math.floor(random() * 5); looks > 0; looks -= 1) step('consulted');
      if (random() < 0.1) step('exported');
      step('locked');
      return steps;
    }
    const listed = Array.from({ length: 1 + Math.floor(random() * 6) }, some);
    for (const one of listed) step('listed', one);
    for (const one of listed.slice(0, 1 + Math.floor(random() * listed.length))) step('presented', one, 0, Math.round(random() * 300) / 10);
    const [chosen = NO_RECORDING] = listed;
    const luck = random();
    if (luck < 0.03) step('denied', chosen, Math.floor(random() * DENIALS.length));
    else if (luck < 0.04) step('withheld', chosen, Math.floor(random() * WITHHOLDINGS.length));
    else if (luck < 0.9) {
      if (random() < 0.2) step('downloaded', chosen);
      step('opened', chosen);
      step('transcript', chosen);
      const seconds = Math.max(5, this.#recordings[chosen]?.seconds ?? 60);
      let from = Math.floor(random() * seconds);
      for (let left = 1 + Math.floor(random() * 50); left > 0; left -= 1) {
        const to = Math.min(from + 5, seconds);
        step('exposed', chosen, from, to, 5_000);
        from = to >= seconds ? 0 : to;
      }
      if (random() < 0.001) step('wrong-patient', chosen);
      step('closed', chosen);
    }
    step('locked');
    return steps;
  }

  #keep(index: number, step: Step): void {
    const chain = this.#chains[step.chain];
    if (!chain) return;
    this.#at[index] = step.at;
    this.#chain[index] = step.chain;
    this.#kind[index] = step.kind;
    this.#recording[index] = step.recording;
    this.#from[index] = step.from;
    this.#to[index] = step.to;
    this.#session[index] = step.session;
    this.#seq[index] = ++chain.seq;
    const body = this.#body(index);
    const hashed = Buffer.alloc(41 + body.length);
    hashed.writeUInt32BE(chain.seq, 5);
    chain.head.copy(hashed, 9);
    body.copy(hashed, 41);
    chain.head = digest('sha256', hashed, 'buffer');
    chain.head.copy(this.#hashes, index * 32);
  }

  #body(index: number): Buffer {
    const event = EVENTS[this.#kind[index] ?? 0] ?? 'unlocked';
    const { device, actor } = this.#chainOf(index);
    return Buffer.from(`{${this.#saying(event, index)},"version":1,"id":"${nameOf(index)}","seq":${this.#seq[index] ?? 0},"device":"${device}","at":"${new Date(this.timeOf(index)).toISOString()}","actor":${actor}}`);
  }

  /** Members of the JSON text: putting a million objects together would take a minute. */
  #saying(event: (typeof EVENTS)[number], index: number): string {
    const [from, to] = [tenth(this.#from[index] ?? 0), tenth(this.#to[index] ?? 0)];
    const about = `"event":"${event}","subject":${this.#subject(index)}`;
    switch (event) {
      case 'presented': return `${about},"seconds":${to}`;
      case 'exposed': return `${about},"session":"${this.#sessionOf(index)}","media":[[${from},${to}]]${index % 7 === 0 ? '' : `,"attended":[[${from},${to}]]`}`;
      case 'transcript': return `"event":"exposed","subject":${this.#subject(index)},"session":"${this.#sessionOf(index)}","transcript":true`;
      case 'denied': return `${about},"reasons":["${DENIALS[from] ?? ''}"]`;
      case 'withheld': return `${about},"reasons":["${WITHHOLDINGS[from] ?? ''}"]`;
      case 'wrong-patient': return `${about},"revision":1`;
      case 'listed': case 'opened': case 'closed': case 'downloaded': return about;
      case 'consulted': return '"event":"consulted","view":"events","about":null';
      case 'exported': return `"event":"exported","what":"events","rows":${index % 1000},"sha256":"${digest('sha256', String(index), 'base64url')}","filter":"{}"`;
      default: return `"event":"${event}"`;
    }
  }

  #sessionOf(index: number): string {
    const session = this.#session[index] ?? 0;
    if (this.#lastSession.session !== session) this.#lastSession = { session, uuid: stableUuid(`session ${session}`) };
    return this.#lastSession.uuid;
  }

  #subject(index: number): string {
    const [place, chain] = [this.#recording[index] ?? NO_RECORDING, this.#chain[index] ?? 0];
    const known = this.#subjects.get(place * 256 + chain);
    if (known !== undefined) return known;
    const recording = this.#recordings[place];
    const own = recording?.owners.find(({ practitionerId }) => practitionerId === this.#chainOf(index).person.practitionerId);
    const subject = JSON.stringify({
      recording: recording?.masterIdentifier ?? null, document: recording ? `DocumentReference/${recording.id}` : null, patient: recording ? `Patient/${recording.patientId}` : null,
      task: own ? `Task/${own.taskId}` : null, purpose: own?.purpose ?? null,
    });
    this.#subjects.set(place * 256 + chain, subject);
    return subject;
  }

  #chainOf(index: number): Chain {
    const chain = this.#chains[this.#chain[index] ?? 0];
    if (!chain) throw new RangeError(`The history has no entry ${index}`);
    return chain;
  }

  /** When it happened, in milliseconds. They are in order. */
  timeOf(index: number): number {
    return this.#at[index] ?? 0;
  }

  /** When the practice got it. */
  receivedAt(index: number): string {
    return new Date(this.timeOf(index) + 2_000).toISOString();
  }

  entry(index: number): HistoryEntry {
    const { key, publicKey } = this.#chainOf(index);
    const hash = this.#hashes.subarray(index * 32, index * 32 + 32);
    return { id: nameOf(index), at: this.timeOf(index), body: this.#body(index), hash, signature: sign(null, hash, key), key: publicKey, version: VERSIONS[Math.min(2, Math.floor((index / this.length) * 3))] ?? '' };
  }

  resource(index: number): WithId<AuditEvent> {
    const { body, hash, signature, key, version } = this.entry(index);
    const { person, device } = this.#chainOf(index);
    const recording = this.#recordings[this.#recording[index] ?? NO_RECORDING];
    const event = EVENTS[this.#kind[index] ?? 0] ?? 'unlocked';
    const object = (reference: string, code: string, role: string) => ({ what: { reference }, type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code }, role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: role } });
    return {
      resourceType: 'AuditEvent',
      id: idOf(index),
      meta: { versionId: '1', lastUpdated: this.receivedAt(index) },
      type: { system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle', code: 'access' },
      subtype: [{ system: `${VR}/CodeSystem/audit-subtype`, code: event === 'exposed' || event === 'transcript' ? 'recording-playback' : event }],
      action: 'R',
      recorded: new Date(this.timeOf(index)).toISOString(),
      outcome: event === 'wrong-patient' ? '8' : event === 'denied' || event === 'withheld' || event === 'wrong-secret' ? '4' : '0',
      agent: [{ who: { reference: `Practitioner/${person.practitionerId}` }, name: person.name, requestor: true }],
      source: { observer: { identifier: { value: `urn:uuid:${device}` } } },
      entity: [
        ...(recording ? [object(`DocumentReference/${recording.id}`, '2', '4'), object(`Patient/${recording.patientId}`, '1', '1')] : []),
        {
          name: nameOf(index), what: { identifier: { value: nameOf(index) } }, type: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
          detail: Object.entries({
            'chain-sequence': String(this.#seq[index]), 'chain-entry': body.toString('base64'), 'chain-hash': hash.toString('base64'), 'chain-signature': signature.toString('base64'), 'chain-key': key, 'app-version': version,
          }).map(([type, valueString]) => ({ type, valueString })),
        },
      ],
    };
  }

  /** Where in it an AuditEvent of this id is, or undefined. */
  indexOf(id: string): number | undefined {
    const [, number] = /^history-(\d{1,9})$/.exec(id) ?? [];
    return number !== undefined && Number(number) < this.length && idOf(Number(number)) === id ? Number(number) : undefined;
  }

  /** As {@link indexOf}, by the entry's own id. */
  named(name: string): number | undefined {
    const [, number] = /^00000000-0000-8000-a000-([0-9a-f]{12})$/.exec(name) ?? [];
    return number !== undefined && parseInt(number, 16) < this.length ? parseInt(number, 16) : undefined;
  }

  /** The public keys of all its chains, as far as a manager enrolled them: of one nobody did. */
  enrolment(date: string): WithId<List> {
    const enrolled = this.#chains.slice(0, -1);
    return {
      resourceType: 'List', id: 'device-list', status: 'current', mode: 'working', title: 'Devices', code: { coding: [{ system: `${VR}/CodeSystem/list`, code: 'device-list' }] }, date,
      entry: enrolled.map(({ device, person, publicKey }) => ({
        date, flag: { coding: [{ system: `${VR}/CodeSystem/device-status`, code: 'enrolled' }] }, item: { identifier: { system: `${VR}/device`, value: `${device}/${person.sdsUserId}` } },
        extension: [{ url: `${VR}/StructureDefinition/device-key`, valueString: publicKey }, { url: `${VR}/StructureDefinition/enrolled-by`, valueReference: { reference: 'PractitionerRole/role-pm-1' } }],
      })),
    };
  }
}

const idOf = (index: number): string => `history-${index}`;
const nameOf = (index: number): string => `00000000-0000-8000-a000-${index.toString(16).padStart(12, '0')}`;
const tenth = (seconds: number): number => Math.round(seconds * 10) / 10;
const isWorkday = (day: Date): boolean => (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) || Math.floor(day.getTime() / DAY) % 30 === 0;

/** Each clinician on two of four computers, the manager on one. */
function chainsOf(recordings: readonly HistoryRecording[]): Chain[] {
  const computers = [1, 2, 3, 4].map((n) => stableUuid(`computer ${n}`));
  const used = people.flatMap((person, i) => (person.roles.includes('clinician') ? [0, 1].map((n) => ({ person, role: 'General practitioner', device: computers[(i + n) % computers.length] ?? '' })) : person.roles.includes('manager') ? [{ person, role: 'Practice manager', device: computers[0] ?? '' }] : []));
  return used.map(({ person, role, device }) => {
    const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, derive(`history ${device} ${person.sdsUserId}`, 32)]), format: 'der', type: 'pkcs8' });
    const own = recordings.flatMap(({ owners }, index) => (owners.some(({ practitionerId }) => practitionerId === person.practitionerId) ? [index] : []));
    const actor = JSON.stringify({ sds: person.sdsUserId, practitioner: `Practitioner/${person.practitionerId}`, role, name: person.name });
    return { person, role, actor, device, key, publicKey: createPublicKey(key).export({ format: 'jwk' }).x ?? '', recordings: own, seq: 0, head: Buffer.alloc(32) };
  });
}

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
