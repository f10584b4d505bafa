/**
 * What crosses the door for a review: notes, forms, threads, where a review stands. Part of contract.ts. All of it belongs to one
 * worklist row or one grant, and main gives it only for what passed assurance, or for the person's own words about what was theirs.
 */
import { z } from 'zod';

const isoTime = z.iso.datetime({ offset: true });
const position = z.number().min(0).max(1e6);
const uuid = z.uuid();
const words = z.string().max(20_000);

/** Where something the person made has got to. `here`: sealed on this computer, on its way; `sent`: the practice has it as it is here; `refused`: the practice does not take it, see `problem`. */
export const WorkState = z.enum(['here', 'sent', 'refused']);
export type WorkState = z.infer<typeof WorkState>;

export const noteCategories = ['general', 'strength', 'development', 'question', 'safety', 'learning'] as const;
export const NoteCategory = z.enum(noteCategories);
export type NoteCategory = z.infer<typeof NoteCategory>;

/** `point`: `until` is null. `mask`: picture and sound of [from, until] are hidden when the recording is shown to a group; the file is unchanged. */
export const NoteKind = z.enum(['point', 'range', 'mask']);
export type NoteKind = z.infer<typeof NoteKind>;

/** Seconds of media between two small pictures: the screen makes them where main keeps them. */
export const THUMBNAIL_EVERY = 5;

/** What a person writes. Seconds of media. */
export const NoteFields = z.object({ kind: NoteKind, from: position, until: position.nullable(), category: NoteCategory, text: words });
export type NoteFields = z.infer<typeof NoteFields>;

export const Note = NoteFields.extend({ id: uuid, madeAt: isoTime, changedAt: isoTime, state: WorkState });
export type Note = z.infer<typeof Note>;

/** A note of somebody else's released review of this recording. `id`: by which a grade of theirs cites it, where it has one. */
export const OthersNote = NoteFields.extend({ id: uuid.nullable(), author: z.string(), at: isoTime });
export type OthersNote = z.infer<typeof OthersNote>;

/** One question of a form. `grade`: one of `options`, in their order; the value that is kept is the option's. `within`: the heading under which it stands, by linkId. */
export const FormItem = z.object({
  linkId: z.string().max(200), number: z.string().max(20).nullable(), text: z.string().max(1000), help: z.string().max(2000).nullable(),
  kind: z.enum(['grade', 'text', 'heading']), within: z.string().max(200).nullable(), required: z.boolean(), options: z.array(z.object({ value: z.number().int(), label: z.string().max(200) })).max(20),
});
export type FormItem = z.infer<typeof FormItem>;
/** A FHIR Questionnaire, as far as it can be shown. `id`: canonical "url|version". `offered`: the practice has it now; where not, it is here for what was written on it. */
export const Form = z.object({ id: z.string().max(500), title: z.string().max(300), offered: z.boolean(), items: z.array(FormItem).max(200) });
export type Form = z.infer<typeof Form>;

/** By linkId. `cites`: notes of the same review, by id. */
export const FormAnswers = z.record(z.string().max(200), z.object({ grade: z.number().int().nullable(), text: words, cites: z.array(uuid).max(50) }));
export type FormAnswers = z.infer<typeof FormAnswers>;

/** `draft`: nobody else sees it. `released`: those who are assigned to the recording, or were in the consultation, do; it is not changed any more. */
export const FormResponse = z.object({ form: z.string().max(500), state: z.enum(['draft', 'released']), answers: FormAnswers, changedAt: isoTime, work: WorkState });
export type FormResponse = z.infer<typeof FormResponse>;
/** Somebody else's, released. */
export const OthersResponse = z.object({ id: z.string(), form: z.string(), title: z.string(), author: z.string(), releasedAt: isoTime, answers: FormAnswers });
export type OthersResponse = z.infer<typeof OthersResponse>;

export const ThreadMessage = z.object({ id: z.string(), mine: z.boolean(), author: z.string(), at: isoTime, text: words, /** Media position that it is about, or null. */ position: position.nullable(), state: WorkState });
export type ThreadMessage = z.infer<typeof ThreadMessage>;

/** Where the review stands: the Task's status as the person's own steps leave it, also while they have not reached the practice. */
export const ReviewStatus = z.enum(['requested', 'accepted', 'in-progress', 'completed', 'rejected']);
export type ReviewStatus = z.infer<typeof ReviewStatus>;
export const rejectReasons = ['conflict-of-interest', 'not-mine', 'no-time', 'wrong-patient', 'not-clear', 'other'] as const;
export const RejectReason = z.enum(rejectReasons);
export type RejectReason = z.infer<typeof RejectReason>;

/** Why the practice did not take a step. What the person wrote stays. */
export const Conflict = z.object({ kind: z.enum(['withdrawn', 'reassigned', 'completed-elsewhere', 'changed-elsewhere', 'refused']), at: isoTime, who: z.string().nullable() });
export type Conflict = z.infer<typeof Conflict>;

/** Everything of one review that its screen shows beside the player. Pushed whole when any of it changes. */
export const ReviewWork = z.object({
  id: z.string(), status: ReviewStatus, statusWork: WorkState, conflict: Conflict.nullable(),
  notes: z.array(Note).max(2000), othersNotes: z.array(OthersNote).max(2000),
  /** How many responses, notes and messages of others the practice has beside the latest, which are given. */
  othersLeftOut: z.number().int().min(0),
  forms: z.array(Form).max(60), /** Titles of the practice's forms that this app cannot show. */ unshownForms: z.array(z.string().max(300)).max(30),
  responses: z.array(FormResponse).max(30), othersResponses: z.array(OthersResponse).max(30),
  thread: z.array(ThreadMessage).max(1000), /** Who a message goes to: names. Empty: nobody else is assigned, and there is no thread. */ others: z.array(z.string()).max(50),
  /** Unfinished text, by where it was being written: "note", "message". */
  drafts: z.record(z.string().max(40), z.object({ text: words, from: position.nullable(), until: position.nullable(), category: NoteCategory, changedAt: isoTime })),
  /** Media seconds that were shown to this person, ever: intervals. */
  watched: z.array(z.tuple([position, position])).max(5000),
  /** Where they stopped, seconds. */
  position, /** Others in the room, as the person said. */ room: z.array(z.string().max(200)).max(50),
});
export type ReviewWork = z.infer<typeof ReviewWork>;

/** A person's own words about something that is not theirs any more, or is withheld: no title, no patient. */
export const KeptWork = z.object({
  id: z.string(), reference: z.string(), at: isoTime, conflict: Conflict.nullable(), notes: z.array(Note), responses: z.array(FormResponse), forms: z.array(Form),
  messages: z.array(ThreadMessage.pick({ id: true, at: true, text: true, position: true, state: true })), drafts: z.array(words),
  /** What is on its way to the practice. Nothing else keeps it from being removed. */
  waiting: z.number().int().min(0),
  /** The assignment is here, and the recording is withheld: what waits goes when it passes again. */
  withheld: z.boolean(),
});
export type KeptWork = z.infer<typeof KeptWork>;

export const ListQuery = z.object({
  text: z.string().max(200), progress: z.array(z.enum(['new', 'in-progress', 'reviewed'])).max(3), due: z.enum(['any', 'overdue', 'today', 'week']), copy: z.enum(['any', 'here', 'not-here']),
  review: z.enum(['any', 'own', 'peer']), /** Only where the practice did not take something of the person’s. */ refused: z.boolean(), sort: z.enum(['due', 'consulted', 'patient', 'changed']), descending: z.boolean(),
});
export type ListQuery = z.infer<typeof ListQuery>;
/** Where a search text was found. `snippet` only of transcripts and notes of recordings that are not sensitive; [from, to] mark what matched. */
export const Hit = z.object({ id: z.string(), where: z.enum(['patient', 'title', 'date', 'note', 'transcript']), snippet: z.string().max(300).nullable(), marks: z.array(z.tuple([z.number().int(), z.number().int()])).max(20), position: position.nullable() });
export type Hit = z.infer<typeof Hit>;
