/** The Babylon day as a ladder: two recordings cross-wired, each under the other's patient. */
import type { EventRow, Ladder, LadderRow, PatientRef, RecordingRef } from '../../preload/console.ts';
import type { Stamp } from './printed/page.ts';
import { countRungs, recordingOf, rungOf } from './reach.ts';

export const ann: PatientRef = { patient: 'Patient/pat-1', name: 'Demo Samplepatient', dateOfBirth: '1962-03-14', nhsNumber: '9990000018' };
export const bob: PatientRef = { patient: 'Patient/pat-2', name: 'Trial O’Patient <b>', dateOfBirth: '1971-11-02', nhsNumber: '9990000026' };
export const first: RecordingRef = { recording: 'urn:uuid:11111111-1111-4111-8111-111111111111', document: 'DocumentReference/rec-01', title: 'Knee pain', consultedAt: '2026-11-20T09:00:00Z' };
export const second: RecordingRef = { recording: 'urn:uuid:22222222-2222-4222-8222-222222222222', document: 'DocumentReference/rec-02', title: 'Low mood', consultedAt: '2026-11-20T10:30:00Z' };

const who = (n: number, name: string, role = 'GP') => ({ sds: `55500000000${n}`, name, role });
export const ada = who(1, 'Dr Ada Sampleton');
export const ben = who(2, 'Dr Ben Trialman');
export const cleo = who(3, 'Cleo Demoson', 'Practice nurse');
export const dan = who(4, 'Dr Dan Testerly');

/** Watched from its beginning, where only seconds are given. */
export function row(changes: Partial<Omit<LadderRow, 'rung'>>): LadderRow {
  const { exposedSeconds = 0 } = changes;
  const made = { ...untouched, media: exposedSeconds > 0 ? [[0, exposedSeconds] as [number, number]] : [], ...changes };
  return { rung: rungOf(made), ...made };
}

const untouched: Omit<LadderRow, 'rung'> = {
  who: ada, recording: first, patient: bob, listed: 1, presentedSeconds: null, opened: 0, exposedSeconds: 0, attendedSeconds: 0, media: [], transcript: false, unreported: false,
  denied: 0, withheld: 0, downloaded: 0, destroyed: 0, wrongPatient: false, first: '2026-11-26T09:00:00Z', last: '2026-11-26T09:04:30Z', purposes: ['TREAT'], devices: ['7f3f0a52-0000-4000-8000-000000000001'], proof: 'verified',
};

export const ladderOf = (rows: LadderRow[]): Ladder =>
  ({ rows, people: countRungs(rows), recordings: countRungs(rows, recordingOf), exposedSeconds: rows.reduce((sum, { exposedSeconds }) => sum + exposedSeconds, 0), complete: true });

/** Ada is exposed for 9 seconds, Ben and Cleo had it on screen, Dan had the other one listed off screen. */
export const babylon: Ladder = ladderOf([
  row({ presentedSeconds: 21, opened: 1, exposedSeconds: 9, attendedSeconds: 9, media: [[0, 9]], downloaded: 1, destroyed: 1, wrongPatient: true }),
  row({ who: ben, presentedSeconds: 12 }), row({ who: cleo, presentedSeconds: 4, purposes: ['HQUALIMP'] }), row({ who: dan, recording: second, patient: ann }),
]);

export const event = (changes: Partial<EventRow> = {}): EventRow => ({
  id: 1, at: '2026-11-26T09:00:12Z', event: 'exposed', who: ada, recording: first, patient: bob, purpose: 'TREAT', device: '7f3f0a52-0000-4000-8000-000000000001', refused: false, proof: 'verified', seconds: 9,
  media: [[0, 9]], attended: [[0, 9]], transcript: false, detail: '', ...changes,
});

export const stamp: Stamp = { practice: { name: 'Demo Practice', odsCode: 'A12345' }, exporter: { name: 'Mo Managerly', role: 'Practice manager', sds: '555000000009' }, at: '2026-11-27T15:05:00Z' };
export const support = { name: 'Demo Practice, information governance', contact: 'ig@practice.invalid' };
