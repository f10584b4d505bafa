/** Signed statements as a practice carries them: a Provenance with a detached signature, and a Binary with the exact bytes (docs/backend.md). */
import { localReference } from '../fhir/reference.ts';
import { Provenance } from '../fhir/resources.ts';
import { problemOf, unexpected } from '../platform/failure.ts';
import { isRefusal, readBytes, type Reader } from './http.ts';
import type { SignedStatement } from './offered.ts';
import { Failures, portions, search } from './search.ts';

/** A signed statement is a page of JSON; a manifest with block digests for 8 GiB is about 400 kB. */
export const STATEMENT_LIMIT = 1024 * 1024;

/** How long one statement may take. */
const STATEMENT_MS = 15_000;

/** The exact bytes of a small Binary: raw where the server answers raw, else from the resource's base64 `data`. Null when it is refused, gone or too large for a statement; throws when the practice cannot say. */
async function statementBytes(http: Reader, reference: string): Promise<Buffer | null> {
  const response = await http.send(reference, { accept: 'application/octet-stream, */*;q=0.1', timeoutMs: STATEMENT_MS });
  if (!response.ok) {
    await response.body?.cancel();
    if (isRefusal(response.status)) return null;
    throw unexpected(response.status);
  }
  const bytes = await readBytes(response, STATEMENT_LIMIT).catch((error: unknown) => {
    if (problemOf(error).code === 'practice-error') return null;
    throw error;
  });
  if (!bytes) return null;
  if (!(response.headers.get('content-type') ?? '').includes('fhir+json')) return bytes;
  try {
    const { data } = JSON.parse(bytes.toString('utf8')) as { data?: unknown };
    return typeof data === 'string' ? Buffer.from(data, 'base64') : null;
  } catch {
    return null;
  }
}

/** What a Provenance brings: the Binary with the exact bytes, the signature over them, and what they are about; null for one that has no source or no JOSE signature, which is no statement. */
export function carriedBy({ entity, signature, target }: Provenance, fhirBase: string): { binary: string; jws: string; about: string[] } | null {
  const binary = localReference(entity?.find(({ role }) => role === 'source')?.what.reference, fhirBase, 'Binary');
  const data = signature?.find(({ sigFormat }) => sigFormat === 'application/jose')?.data;
  if (binary === null || data === undefined) return null;
  const about = target.flatMap(({ reference }) => localReference(reference, fhirBase, 'DocumentReference') ?? localReference(reference, fhirBase, 'Task') ?? []);
  return { binary, jws: Buffer.from(data, 'base64').toString('latin1'), about };
}

/** What {@link statements} asks for first. @param targets "Type/id" */
export const statementQuestions = (targets: readonly string[]): string[] => [...portions(targets)].map((portion) => `Provenance?target=${portion.join(',')}&_count=200`);

/**
 * Signed statements by what they are about, and about what there is one that could not be read just now. No Binary is asked for twice.
 * @param kept bytes by the signature over them, base64 and JWS: with the same signature the practice cannot mean others, and is not asked for them
 */
export async function statements(http: Reader, targets: readonly string[], kept: ReadonlyMap<string, string> = new Map()): Promise<{ found: Map<string, SignedStatement[]>; unread: Set<string> }> {
  const found = new Map<string, SignedStatement[]>();
  const unread = new Set<string>();
  const failures = new Failures();
  const asked = new Map<string, string | null>();
  const questions = statementQuestions(targets);
  await http.ahead?.(questions);
  for (const question of questions) {
    for (const resource of await search(http, question)) {
      const parsed = Provenance.safeParse(resource);
      if (!parsed.success) continue;
      const carried = carriedBy(parsed.data, http.fhirBase);
      if (!carried) continue;
      const { binary, jws, about } = carried;
      let bytes = kept.get(jws) ?? asked.get(binary);
      if (bytes === undefined) {
        try {
          bytes = (await statementBytes(http, binary))?.toString('base64') ?? null;
          asked.set(binary, bytes);
          failures.answered();
        } catch (error) {
          failures.failed(about.join(), error);
          for (const target of about) unread.add(target);
          continue;
        }
      }
      if (bytes === null) continue;
      const statement = { bytes, jws };
      for (const target of about) {
        const before = found.get(target) ?? [];
        // However often it is answered it says one thing.
        if (!before.some((one) => one.bytes === statement.bytes && one.jws === statement.jws)) found.set(target, [...before, statement]);
      }
    }
  }
  return { found, unread };
}
