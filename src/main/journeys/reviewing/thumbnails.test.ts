/** Small pictures are kept of what plays, and of nothing that is said to be sensitive: also not of what is only now. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { practiceForTests } from '../../../../practice/testing/fixture.ts';
import { changeAtPractice, TestDesk, WINDOW } from '../journeys.fixture.ts';
import { syncWorklist } from '../sync.ts';
import { openRecording } from '../watch.ts';
import { inLibraryOf } from './reviewing.ts';
import { keepThumbnail, thumbnail } from './thumbnails.ts';

const practice = practiceForTests();
const JPEG = Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]).toString('base64');
const nothing = () => undefined;
let at: TestDesk;
let row = '';
const undo: (() => Promise<unknown>)[] = [];
const kept = () => inLibraryOf(at.desk)((db) => db.prepare('SELECT count(*) FROM thumbnail').pluck().get());

beforeEach(async () => {
  at = new TestDesk(practice.get());
  await at.enter('ada');
  row = await at.withCopy('task-01');
});
afterEach(async () => {
  at.remove();
  for (const back of undo.splice(0).reverse()) await back();
});

it('go once their recording is said to be sensitive', async () => {
  const { grant } = await openRecording(at.desk, WINDOW, row, nothing);
  await keepThumbnail(at.desk, WINDOW, grant, 10, JPEG);
  expect(await thumbnail(at.desk, WINDOW, grant, 11)).toEqual({ at: 10, jpeg: JPEG });
  await changeAtPractice<DocumentReference>(practice.get(), undo, 'DocumentReference', 'rec-01', (recording) => ({ ...recording, securityLabel: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }] }] }));
  await syncWorklist(at.desk);
  await expect(thumbnail(at.desk, WINDOW, grant, 11)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(keepThumbnail(at.desk, WINDOW, grant, 20, JPEG)).rejects.toMatchObject({ code: 'bad-request' });
  expect(kept()).toBe(0);
});
