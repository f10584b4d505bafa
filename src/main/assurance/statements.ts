/** What is signed: manifest, transcript statement, assignment (docs/backend.md). Strict: an unknown member is a statement that we do not understand. */
import { z } from 'zod';
import { parseStrict } from '../platform/json.ts';

/** In lower case, as FHIR has every uuid (R4 §2.24.0). */
export const urn = z.string().regex(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const instant = z.iso.datetime({ offset: true });
const identifier = z.object({ system: z.string().min(1), value: z.string().min(1) }).strict();
const digest = z.string().regex(/^[\w-]{43}$/);
const person = z.object({ identifiers: z.array(identifier).min(1), birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), family: z.string().min(1) }).strict();
export type SignedPatient = z.infer<typeof person>;

/** Plaintext bytes of a block of a recording, the last may be shorter. */
export const BLOCK_BYTES = 1_048_576;

export const Manifest = z.object({
  version: z.literal(1), recording: urn, revision: z.number().int().min(0), issuedAt: instant, encounter: identifier, patient: person,
  clinicians: z.array(z.string().min(1)),
  joined: z.array(z.object({ role: z.enum(['clinician', 'patient', 'other']), id: z.string().optional(), at: instant }).strict()),
  startedAt: instant, endedAt: instant,
  media: z.object({
    contentType: z.string().regex(/^(video|audio)\/[\w.+-]+$/), size: z.number().int().positive(), sha256: digest,
    blocks: z.object({ size: z.literal(BLOCK_BYTES), sha256: z.array(digest) }).strict().optional(),
  }).strict().refine(({ size, blocks }) => !blocks || blocks.sha256.length === Math.ceil(size / BLOCK_BYTES)),
}).strict().refine((m) => Date.parse(m.startedAt) < Date.parse(m.endedAt));
export type Manifest = z.infer<typeof Manifest>;

export const TranscriptStatement = z.object({
  version: z.literal(1), recording: urn, mediaSha256: digest, transcriptSha256: digest, language: z.string().max(35), issuedAt: instant,
}).strict();
export type TranscriptStatement = z.infer<typeof TranscriptStatement>;

export const Assignment = z.object({
  version: z.literal(1), task: z.string().min(1), recording: urn, patient: person, owner: z.string().min(1), purpose: z.string().min(1),
  period: z.object({ start: instant, end: instant }).strict(), issuedAt: instant, assigner: z.string().min(1),
}).strict();
export type Assignment = z.infer<typeof Assignment>;

/** "Task/id", as which an assignment may name its Task, or by the id alone. */
export const taskReference = ({ task }: Assignment): string => `Task/${task.replace(/^Task\//, '')}`;

/** Bytes as a statement of this kind; null when they are not one, or hold a member name twice. */
export function parseStatement<T>(schema: z.ZodType<T>, bytes: Buffer): T | null {
  try {
    return schema.parse(parseStrict(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return null;
  }
}
