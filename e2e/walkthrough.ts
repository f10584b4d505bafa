/**
 * A tour of the packaged app over the demo practice: every screen and dialog a clinician, a manager or the practice's IT may meet, with a
 * caption each, in VIEWING_ROOM_OUTPUT. A screen is looked at only after it showed what it is about, so one that does not come fails the
 * tour; so does what axe finds, what needs sideways scrolling at 200 %, and a place or dialog that was left out. Run by `npm run walkthrough`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openClinic, PIN } from './support/journey.ts';
import { changePin, firstTime, forgottenPin, lockAndUnlock, offline, storage } from './tour/arriving.ts';
import { nothingAssigned, worklist } from './tour/list.ts';
import { between, leaseSoon, slowLine } from './tour/networks.ts';
import { reviews } from './tour/reviewing.ts';
import { Tour } from './tour/Tour.ts';
import { damagedVaults, littleSpace, noStopList, roles, stricter, troubles, whoIsHere } from './tour/troubles.ts';
import { atWork } from './tour/work.ts';

const output = process.env.VIEWING_ROOM_OUTPUT;
if (!output) throw new Error('VIEWING_ROOM_OUTPUT names the folder for the pictures; npm run walkthrough sets it');

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

const tour = new Tour(output);
const clinic = await openClinic();
try {
  const { repo } = clinic.practice;
  // The practice lies: one manifest names another patient's birth date, another is signed by a key that no site file trusts.
  await repo.signManifest('rec-02', (manifest) => {
    manifest.patient.birthDate = '1900-01-01';
  });
  await repo.signManifest('rec-09', () => undefined, { signWith: 'stranger' });
  // Large enough that its download can be seen: a clip with padding that players skip (an MP4 `free` box).
  const clip = readFileSync(path.join(import.meta.dirname, '../resources/demo/knee.mp4'));
  const padding = Buffer.alloc(160 * 1024 * 1024);
  padding.writeUInt32BE(padding.length);
  padding.write('free', 4, 'latin1');
  const large = await repo.addRecording({ owner: 'ada', title: 'Knee pain, second call', description: 'Video consultation: knee pain, second call', media: Buffer.concat([clip, padding]), patient: { given: 'Lou', family: 'Longcall' }, period: { start: inDays(-1), end: inDays(1) } });

  let app = await firstTime(tour, clinic);
  await worklist(tour, app, large.patientName);
  await reviews(tour, app, clinic, { video: clinic.recording('rec-01').patientName, audio: clinic.recording('rec-04').patientName, sensitive: clinic.recording('rec-08').patientName, wrong: clinic.recording('rec-05').patientName, stopped: clinic.recording('rec-06'), taken: clinic.recording('rec-03').patientName, takenTask: clinic.recording('rec-03').taskIds[0] ?? '' });
  await lockAndUnlock(tour, app);
  app = await offline(tour, app, clinic, clinic.recording('rec-01').patientName);
  await storage(tour, app, clinic.recording('rec-07').patientName);
  await changePin(tour, app, PIN, '730519');
  await forgottenPin(tour, app, '730519');
  await app.close();
  await atWork(tour, clinic);
  await nothingAssigned(tour, clinic);
  await stricter(tour, clinic, '730519');
  await littleSpace(tour, clinic);
  await noStopList(tour, clinic);
  await roles(tour, clinic);
  await whoIsHere(tour, clinic);
  await troubles(tour, clinic);
  await damagedVaults(tour, clinic, '730519');
  await between(tour, clinic);
  await leaseSoon(tour, clinic);
  await slowLine(tour);
  tour.finish();
} finally {
  await clinic.stop();
}
