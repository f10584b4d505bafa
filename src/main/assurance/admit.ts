/**
 * The first gate: may anything at all be asked for about this Task? Decided from the Task alone, so that not one more request
 * is made, and no patient's record read, for an assignment that is not this clinician's.
 */
import { localReference } from '../fhir/reference.ts';
import { CLOCK_DIFFERENCE_MS, inPeriod } from '../fhir/period.ts';
import { hasCode, type Task } from '../fhir/resources.ts';
import { PURPOSE_OF_USE, TASK_TYPE } from '../fhir/systems.ts';
import type { Site } from '../site.ts';
import type { ReasonCode } from './reasons.ts';

const DAY = 24 * 3600 * 1000;

/** Of a Task that is still to be done. */
export const OPEN: readonly string[] = ['requested', 'accepted', 'in-progress'];

/** Who is signed in, in the terms of both roots: the ID token's SDS user id and the practice's own references. */
export interface Reviewer {
  sds: string;
  /** "Practitioner/id" and "PractitionerRole/id" of this session. */
  owners: readonly string[];
}

export function ownedBy(task: Task, reviewer: Reviewer, fhirBase: string): boolean {
  const { reference } = task.owner ?? {};
  const owner = localReference(reference, fhirBase, 'Practitioner') ?? localReference(reference, fhirBase, 'PractitionerRole');
  return owner !== null && reviewer.owners.includes(owner);
}

/** The one v3 PurposeOfUse of the review, when the site file knows it. Two codes contradict each other and are none. */
export function purposeOf(task: Task, site: Site): string | null {
  const codes = new Set((task.reasonCode?.coding ?? []).filter((c) => c.system === PURPOSE_OF_USE).map((c) => c.code));
  const [code] = codes;
  return codes.size === 1 && code !== undefined && Object.hasOwn(site.purposes, code) ? code : null;
}

/** Reasons against this Task itself; none means that its evidence may be fetched. `not-owner` stands alone. */
export function taskReasons(task: Task, reviewer: Reviewer, site: Site, now: number): ReasonCode[] {
  if (!ownedBy(task, reviewer, site.fhirBase)) return ['not-owner'];
  const found: ReasonCode[] = [];
  if (!hasCode(task.code, TASK_TYPE, 'review-recording') || task.intent !== 'order') found.push('not-a-review');
  const open = OPEN.includes(task.status);
  const done = task.status === 'completed' && task.lastModified !== undefined ? now - Date.parse(task.lastModified) : NaN;
  const justDone = done >= -CLOCK_DIFFERENCE_MS && done <= site.completedVisibleDays * DAY;
  if (!open && !justDone) found.push('task-status');
  const period = task.restriction?.period;
  if (!period || !inPeriod(now, period)) found.push('outside-period');
  if (purposeOf(task, site) === null) found.push('purpose-unknown');
  return found;
}
