/** Every change of a single field that there is to make. Knows JSON and the demo practice's signer, and nothing of what is evidence. */
import { createHmac, createPublicKey, createPrivateKey, sign } from 'node:crypto';
import { demoKeys, type DemoKey } from '../../../practice/keys.ts';
import { detachedJws } from '../../../practice/signing.ts';
import type { Random } from '../../fuzz/random.ts';
import { copyOf, putSignature, putStatement, signatureOf, statementOf, type Fields, type Graph, type Json, type Part } from './graph.ts';

export type How =
  | 'drop' | 'null' | 'retype'
  /** The value that another patient's graph has at this place. */
  | 'other'
  /** The same value with one character, number or truth changed. */
  | 'altered' | 'case'
  /** One element twice; and one of another patient's beside it, before or behind. */
  | 'repeat' | 'mix'
  /** An extension or member that nobody knows; the same as a modifierExtension (FHIR R4 §2.4.2). */
  | 'unknown' | 'modifier'
  /** Bytes, not JSON. */
  | 'bytes';

/** Who signed the changed statement: nobody, who signed before; its own signer; a key that nobody trusts. */
export type Signed = 'before' | 'again' | 'stranger';

export interface Change {
  /** For instance `task.owner.reference`: without the places in lists. */
  path: string;
  how: How;
  /** In words, for whoever repeats the case. */
  what: string;
  before: Json | undefined;
  after: Json | undefined;
  /** One of a list, and not a member that a thing must have. */
  element: boolean;
  signed: Signed | null;
  apply: (graph: Graph) => void;
}

type At = readonly (string | number)[];
type Edit = { how: How; what: string; after: Json | undefined; at: At };

const at = (value: Json | undefined, path: At): Json | undefined =>
  path.reduce<Json | undefined>((held, step) => (held !== null && typeof held === 'object' ? (held as Record<string | number, Json>)[step] : undefined), value);

function put(root: Fields, path: At, value: Json | undefined): void {
  const [last] = path.slice(-1);
  const holder = at(root, path.slice(0, -1));
  if (last === undefined || holder === null || typeof holder !== 'object') throw new Error(`there is no ${path.join('.')}`);
  if (value !== undefined) (holder as Record<string | number, Json>)[last] = value;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else Reflect.deleteProperty(holder, last);
}

function* nodes(value: Json, path: At = []): Generator<At> {
  if (path.length > 0) yield path;
  if (value !== null && typeof value === 'object') for (const [name, inner] of Object.entries(value)) yield* nodes(inner, [...path, Array.isArray(value) ? Number(name) : name]);
}

const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function altered(value: Json): Json[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, -value - 1];
  if (typeof value !== 'string' || value === '') return [];
  const moment = /^(\d{4})(-.*)?$/.exec(value);
  if (moment) return [-1, 1].map((years) => `${Number(moment[1]) + years}${moment[2] ?? ''}`);
  const turn = (character: string): string => (character === 'e' ? 'a' : character === '4' ? '7' : /\d/.test(character) ? '4' : 'e');
  const middle = Math.floor(value.length / 2);
  return [value.slice(0, middle) + turn(value[middle] ?? '') + value.slice(middle + 1), value.slice(0, -1) + turn(value.slice(-1)), `${value}x`, ` ${value}`, ''];
}

const swappedCase = (text: string): string => Array.from(text, (one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('');

const retyped = (value: Json): Json[] => {
  if (Array.isArray(value)) return [Object.fromEntries(value.entries()), value[0] ?? '', 'text', 7];
  if (value !== null && typeof value === 'object') return [[value], 'text', 7, []];
  return [typeof value === 'string' ? 7 : String(value), [value], { value }, typeof value === 'boolean' ? 'text' : true];
};

function* edits(root: Fields, others: readonly Fields[]): Generator<Edit> {
  for (const path of nodes(root)) {
    const value = at(root, path);
    if (value === undefined) continue;
    yield { at: path, how: 'drop', what: 'left out', after: undefined };
    yield { at: path, how: 'null', what: 'null', after: null };
    for (const after of retyped(value)) yield { at: path, how: 'retype', what: `as ${short(after)}`, after };
    const told = new Set([JSON.stringify(value)]);
    for (const other of others) {
      const after = at(other, path);
      if (after === undefined || told.has(JSON.stringify(after))) continue;
      told.add(JSON.stringify(after));
      yield { at: path, how: 'other', what: `as ${short(after)}, of another patient`, after };
    }
    for (const after of altered(value)) yield { at: path, how: 'altered', what: `as ${short(after)}`, after };
    if (typeof value === 'string' && swappedCase(value) !== value) yield { at: path, how: 'case', what: `as ${short(swappedCase(value))}`, after: swappedCase(value) };
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) yield { at: path, how: 'repeat', what: `with element ${index} twice`, after: [...value, structuredClone(element)] };
      const strange = others.map((other) => at(other, path)).find((one): one is Json[] => Array.isArray(one) && one.length > 0 && !same(one, value));
      if (strange) for (const after of [[...strange, ...value], [...value, ...strange]]) yield { at: path, how: 'mix', what: `beside ${short(strange)}, of another patient`, after };
    }
  }
}

function* additions(root: Fields): Generator<Edit> {
  const objects: At[] = [[], ...[...nodes(root)].filter((path) => { const value = at(root, path); return value !== null && typeof value === 'object' && !Array.isArray(value); })];
  for (const path of objects) {
    const held = at(root, path) as Fields;
    const strange = { url: 'https://elsewhere.example/StructureDefinition/unheard-of', valueString: 'unheard of' };
    yield { at: [...path, 'extension'], how: 'unknown', what: 'with an unknown extension', after: [...((held.extension as Json[] | undefined) ?? []), strange] };
    yield { at: [...path, 'modifierExtension'], how: 'modifier', what: 'with an unknown modifierExtension', after: [strange] };
  }
}

const short = (value: Json | undefined): string => { const text = JSON.stringify(value); return text.length > 70 ? `${text.slice(0, 67)}…` : text; };

const isElement = (path: At): boolean => typeof path.at(-1) === 'number';

const named = (part: string, path: At): string => [part, ...path.filter((step) => typeof step === 'string')].join('.');

/** Every change of one field of one resource. */
export function* resourceChanges(base: Graph, others: readonly Graph[]): Generator<Change> {
  for (const [part, resource] of base.resources) {
    const twins = others.flatMap((other): Fields[] => { const held = other.resources.get(part); return held ? [held] : []; });
    const changes = [...edits(resource, twins), ...additions(resource)];
    for (const { at: path, how, what, after } of changes) {
      // An unknown member has the path of what holds it.
      const place = how === 'unknown' || how === 'modifier' ? path.slice(0, -1) : path;
      yield { path: named(part, place), how, what: `${named(part, place)} ${what}`, before: at(resource, path), after, element: isElement(path), signed: null, apply: (graph) => changeResource(graph, part, path, after) };
    }
  }
}

function changeResource(graph: Graph, part: Part, path: At, after: Json | undefined): void {
  const resource = structuredClone(graph.resources.get(part));
  if (!resource) throw new Error(`${graph.name} has no ${part}`);
  put(resource, path, structuredClone(after));
  graph.resources.set(part, resource);
}

const signers: Record<Exclude<Signed, 'before'>, (key: DemoKey) => DemoKey> = { again: (key) => key, stranger: () => demoKeys.stranger };

/** Every change of one field of a signed statement: under the signature that was there, signed again by its own signer, and by a stranger. */
export function* statementChanges(base: Graph, others: readonly Graph[]): Generator<Change> {
  for (const name of base.statements.keys()) {
    const { statement, bytes } = statementOf(base, name);
    const resource = JSON.parse(bytes.toString()) as Fields;
    const twins = others.flatMap((other) => (other.statements.has(name) ? [JSON.parse(statementOf(other, name).bytes.toString()) as Fields] : []));
    const changed = [...edits(resource, twins), ...additions(resource)].map(({ at: path, how, what, after }) => {
      const whole = structuredClone(resource);
      put(whole, path, after);
      const place = how === 'unknown' || how === 'modifier' ? path.slice(0, -1) : path;
      return { path: named(name, place), how, what, before: at(resource, path), after, element: isElement(path), bytes: Buffer.from(JSON.stringify(whole)) };
    });
    // As text: a member twice, and the same JSON in other bytes.
    const text = bytes.toString();
    for (const path of nodes(resource)) {
      const member = path.slice(-1)[0];
      const twin = twins.map((one) => at(one, path)).find((one) => one !== undefined && !same(one, at(resource, path)));
      if (typeof member !== 'string' || path.length > 1) continue;
      for (const value of [at(resource, path), twin ?? null]) {
        const again = `"${member}":${JSON.stringify(value)}`;
        for (const twice of [`{${again},${text.slice(1)}`, `${text.slice(0, -1)},${again}}`]) changed.push({ path: named(name, path), how: 'bytes', what: `twice, also as ${short(value)}`, before: undefined, after: undefined, element: false, bytes: Buffer.from(twice) });
      }
    }
    for (const change of changed) {
      for (const signed of ['before', 'again', 'stranger'] as const) {
        const key = signed === 'before' ? null : signers[signed](statement.key);
        yield { ...change, signed, what: `${change.path} ${change.what}, signed ${signed === 'again' ? 'again by its signer' : signed === 'before' ? 'as it was before' : 'by a stranger'}`, apply: (graph) => putStatement(graph, name, change.bytes, key && ((b) => detachedJws(b, key, statement.type, statement.signedAt))) };
      }
    }
    const rewritten = [Buffer.concat([bytes, Buffer.from('\n')]), Buffer.from(JSON.stringify(resource, null, 1)), Buffer.from(`\uFEFF${text}`), bytes.subarray(0, -1), Buffer.alloc(0)];
    for (const [index, other] of rewritten.entries()) yield { path: `${name}.(bytes)`, how: 'bytes', what: `${name}: other bytes ${index}, signed as before`, before: undefined, after: undefined, element: false, signed: 'before', apply: (graph) => putStatement(graph, name, other, null) };
    for (const twin of others) if (twin.statements.has(name)) {
      yield { path: `${name}.(bytes)`, how: 'other', what: `${name}: another patient's bytes under this signature`, before: undefined, after: undefined, element: false, signed: 'before', apply: (graph) => putStatement(graph, name, statementOf(twin, name).bytes, null) };
      yield { path: `${name}.(bytes)`, how: 'other', what: `${name}: another patient's bytes with their own good signature`, before: undefined, after: undefined, element: false, signed: 'before', apply: (graph) => putStatement(graph, name, statementOf(twin, name).bytes, () => signatureOf(twin, name)) };
    }
  }
}

const base64url = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Every change of a signature: of its header, with what such a header would need of signature, and of its letters. */
export function* signatureChanges(base: Graph, others: readonly Graph[]): Generator<Change> {
  for (const name of base.statements.keys()) {
    const { statement, bytes } = statementOf(base, name);
    const jws = signatureOf(base, name);
    const [header = '', , signature = ''] = jws.split('.');
    const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as Fields;
    const change = (path: string, what: string, after: string, how: How = 'altered', signed: Signed = 'before'): Change =>
      ({ path: `${name}Jws.${path}`, how, what: `${name}Jws: ${what}`, before: jws, after, element: false, signed, apply: (graph) => putSignature(graph, name, after) });
    const signedBy = (protectedHeader: Fields, key: DemoKey): string => {
      const input = Buffer.from(`${base64url(protectedHeader)}.${bytes.toString('base64url')}`);
      return `${base64url(protectedHeader)}..${sign(key.publicJwk.alg === 'EdDSA' ? null : 'sha256', input, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    };
    const twins = others.flatMap((other) => (other.statements.has(name) ? [JSON.parse(Buffer.from(signatureOf(other, name).split('.')[0] ?? '', 'base64url').toString()) as Fields] : []));
    for (const edit of [...edits(fields, twins), ...additions(fields)]) {
      const told = structuredClone(fields);
      put(told, edit.at, edit.after);
      const path = named('header', edit.at);
      yield change(path, `${path} ${edit.what}, under the signature that was there`, `${base64url(told)}..${signature}`, edit.how);
      yield change(path, `${path} ${edit.what}, signed again by its signer`, signedBy(told, statement.key), edit.how, 'again');
      yield change(path, `${path} ${edit.what}, signed by a stranger`, signedBy(told, demoKeys.stranger), edit.how, 'stranger');
    }
    const stranger = demoKeys.stranger;
    const publicKey = createPublicKey(statement.key.privateKey);
    const hmac = (secret: Buffer | string): string => { const told = base64url({ ...fields, alg: 'HS256' }); return `${told}..${createHmac('sha256', secret).update(`${told}.${bytes.toString('base64url')}`).digest('base64url')}`; };
    yield change('confusion', 'alg none, no signature', `${base64url({ ...fields, alg: 'none' })}..`);
    yield change('confusion', 'alg none, the signature that was there', `${base64url({ ...fields, alg: 'none' })}..${signature}`);
    yield change('confusion', 'HS256 with the public key as its secret', hmac(publicKey.export({ type: 'spki', format: 'der' })));
    yield change('confusion', 'HS256 with the public key in PEM as its secret', hmac(publicKey.export({ type: 'spki', format: 'pem' })));
    yield change('confusion', 'HS256 with the raw public key as its secret', hmac(Buffer.from(statement.key.publicJwk.x, 'base64url')));
    yield change('confusion', 'the stranger\'s key brought along (jwk) under a trusted kid', signedBy({ ...fields, jwk: { ...stranger.publicJwk } }, stranger), 'altered', 'stranger');
    yield change('confusion', 'the stranger\'s key brought along (jwk) under its own kid', signedBy({ alg: 'EdDSA', kid: stranger.publicJwk.kid, jwk: { ...stranger.publicJwk } }, stranger), 'altered', 'stranger');
    yield change('confusion', 'a key to be fetched (jku)', signedBy({ ...fields, jku: 'https://elsewhere.example/keys' }, stranger), 'altered', 'stranger');
    yield change('confusion', 'a certificate chain (x5c)', signedBy({ ...fields, x5c: ['AAAA'] }, stranger), 'altered', 'stranger');
    yield change('confusion', 'ES256 of a trusted key announced as Ed25519', signedBy({ ...fields, alg: 'EdDSA' }, demoKeys.manifestES256), 'altered', 'stranger');
    yield change('confusion', 'Ed25519 announced as ES256', signedBy({ ...fields, alg: 'ES256' }, statement.key), 'altered', 'stranger');
    yield change('confusion', 'kid of another trusted key', signedBy({ ...fields, kid: demoKeys.manifestES256.publicJwk.kid }, statement.key), 'altered', 'stranger');
    yield change('confusion', 'a critical header that nobody knows', signedBy({ ...fields, crit: ['unheard-of'], 'unheard-of': 1 }, statement.key), 'altered', 'stranger');
    yield change('confusion', 'b64 false', signedBy({ ...fields, b64: false, crit: ['b64'] }, statement.key), 'altered', 'stranger');
    yield change('confusion', 'the key of another purpose', signedBy({ ...fields, kid: demoKeys.transcriber.publicJwk.kid }, name === 'transcriptStatement' ? demoKeys.manifest : demoKeys.transcriber), 'altered', 'stranger');
    yield change('confusion', 'a key made from nothing', signedBy(fields, { ...stranger, privateKey: createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32)]), format: 'der', type: 'pkcs8' }) }), 'altered', 'stranger');
    yield change('form', 'with its payload attached', `${header}.${bytes.toString('base64url')}.${signature}`);
    yield change('form', 'with another payload attached', `${header}.${base64url({ version: 1 })}.${signature}`);
    yield change('form', 'empty', '');
    yield change('form', 'two parts', `${header}.${signature}`);
    yield change('form', 'four parts', `${jws}.`);
    yield change('form', 'as JSON', JSON.stringify({ protected: header, signature }));
    for (const twin of others) if (twin.statements.has(name)) yield change('form', 'another patient\'s signature', signatureOf(twin, name), 'other');
    if (name === 'transcriptStatement') continue;
    // Each letter of header and signature, changed; and the signature cut at each.
    for (let index = 0; index < jws.length; index += 1) {
      const letter = jws[index] === 'A' ? 'B' : 'A';
      yield change('letter', `letter ${index} changed`, jws.slice(0, index) + letter + jws.slice(index + 1), 'bytes');
      if (index > header.length + 1) yield change('letter', `cut at ${index}`, jws.slice(0, index), 'bytes');
    }
  }
}

/** Every way in which a file may be another than the one that was signed: cut, longer, of the right size with other bytes, another's. */
export function* mediaChanges(base: Graph, others: readonly Graph[], random: Random): Generator<Change> {
  const bytes = base.binaries.get(base.media) ?? Buffer.alloc(0);
  const change = (what: string, told: Buffer): Change => ({ path: 'media.(bytes)', how: 'bytes', what: `media: ${what}`, before: undefined, after: undefined, element: false, signed: null, apply: (graph) => void graph.binaries.set(graph.media, told) });
  for (const other of others) yield change('another patient\'s', other.binaries.get(other.media) ?? Buffer.alloc(0));
  for (const kept of [0, 1, 0.5, 1 - 1 / bytes.length].map((share) => (share === 1 ? 1 : Math.floor(bytes.length * share)))) yield change(`the first ${kept} bytes`, bytes.subarray(0, kept));
  yield change('one byte more', Buffer.concat([bytes, Buffer.alloc(1)]));
  yield change('twice', Buffer.concat([bytes, bytes]));
  yield change('right size, other bytes', random.bytes(bytes.length));
  yield change('right first half only', Buffer.concat([bytes.subarray(0, bytes.length >> 1), random.bytes(bytes.length - (bytes.length >> 1))]));
  for (let count = 0; count < 200; count += 1) {
    const place = random.int(bytes.length * 8);
    const told = Buffer.from(bytes);
    told[place >> 3] = (told[place >> 3] ?? 0) ^ (1 << (place & 7));
    yield change(`bit ${place} flipped`, told);
  }
}

/** Two changes at once, both to what the same other patient has there: a link that was crossed in two places. */
export function* crossedPairs(base: Graph, other: Graph, random: Random): Generator<[Change, Change], undefined> {
  const all = [...resourceChanges(base, [other])].filter(({ how, path }) => how === 'other' && !/\.(id|meta)\b/.test(path) && !/^(transcript|author)/.test(path));
  for (;;) {
    const [first, second] = [random.pick(all), random.pick(all)];
    if (first.path.startsWith(second.path) || second.path.startsWith(first.path)) continue;
    yield [first, second];
  }
}

export function told(base: Graph, changes: readonly Change[]): Graph {
  const graph = copyOf(base);
  for (const change of changes) change.apply(graph);
  return graph;
}
