/** The third layer: the packaged app, run by main.ts as an ordinary user in a desktop session. Writes app.json to VIEWING_ROOM_OUTPUT. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { brokenLink, deliveredEntries } from '../../../e2e/support/audit.ts';
import { runCheck } from '../../../e2e/support/check.ts';
import { everythingHere, PIN, row, signInAddress, unlock, videoState } from '../../../e2e/support/journey.ts';
import { press, stage } from '../../../e2e/support/keyboard.ts';
import { sealedFiles } from '../../../e2e/support/vaults.ts';
import type { Ended } from '../../../e2e/harness/app.ts';
import type { QuestionnaireResponse } from '@medplum/fhirtypes';
import { personCalled } from '../../../practice/people.ts';
import { recordingStop } from '../../../practice/stops.ts';
import { VR } from '../../../practice/systems.ts';
import { testCopy } from '../../../scripts/lib/paths.ts';
import { main } from '../../../scripts/lib/process.ts';
import type { SiteCheckLine } from '../../../src/preload/siteCheck.ts';
import { journey, READING_VERSION, type AppRun } from '../journeys.ts';
import { LARGE, type SeededRecording } from '../seed.ts';
import { ALWAYS, AS_CLINICIAN, BY, faultsOf } from '../siteCheckLines.ts';
import { deskAt } from './desk.ts';
import { atKeycloak, openRoom, type Room } from './room.ts';

const soon = { timeout: 60_000 };
const late = { timeout: 240_000 };

/** Whether a request names a resource, "Type/id": by its address, as a reference, or by its id. */
function asksFor(path: string, reference: string): boolean {
  const [type = '', id = ''] = reference.split('/');
  return new RegExp(`(^|[/=,])${type}/${id}(?!\\d)|/${type}\\?(.*&)?_id=([^&]*,)?${id}(?!\\d)`).test(path);
}

async function run(): Promise<void> {
  const [output, address, only = ''] = [process.env.VIEWING_ROOM_OUTPUT, process.env.VIEWING_ROOM_DESK, process.env.VIEWING_ROOM_ONLY];
  if (output === undefined || address === undefined) throw new Error('run by evidence/interop/main.ts');
  const desk = deskAt(address);
  const done: AppRun = { runtime: { ...JSON.parse(readFileSync(path.join(testCopy, 'resources/runtime.json'), 'utf8')) as object, node: process.version, platform: `${process.platform} ${process.arch}` }, journeys: [] };
  const all = await desk.recordings();
  const recording = (key: string): SeededRecording => {
    const found = all.find((one) => one.key === key);
    assert(found, `there is no recording ${key}`);
    return found;
  };
  const task = (key: string): string => recording(key).tasks[0]?.reference ?? '';
  const step = async (name: string, body: () => Promise<string>): Promise<void> => {
    await journey(done.journeys, 'app', name, body);
    writeFileSync(path.join(output, 'app.json'), JSON.stringify(done));
  };
  /** One computer; what goes wrong in it leaves the next one alone. */
  const inRoom = async (what: string, body: (room: Room) => Promise<void>): Promise<void> => {
    if (!what.includes(only)) return;
    try {
      const room = await openRoom(desk);
      try {
        await body(room);
      } finally {
        await room.leave();
      }
    } catch (error) {
      // Outside of all steps: those that would have followed are not there to be counted.
      await step(`${what}: the rest of it`, () => Promise.reject(error instanceof Error ? error : new Error(String(error))));
    }
  };
  const since = async (mark: number) => (await desk.log()).slice(mark);
  const mark = async () => (await desk.log()).length;
  const update = (window: Page) => window.getByRole('button', { name: 'Update now' }).click();
  /** Somebody may have two of one patient. */
  const line = (window: Page, { patientName, title }: SeededRecording) => row(window, patientName).filter({ hasText: title });
  const play = async (window: Page, one: SeededRecording): Promise<number> => {
    await line(window, one).getByRole('button', { name: /^Review/ }).click();
    await expect.poll(() => videoState(window), soon).toMatchObject({ ready: true });
    await window.getByRole('button', { name: /^Play/ }).first().click();
    await expect.poll(async () => (await videoState(window)).time, soon).toBeGreaterThan(2);
    await expect(window.getByTestId('patient-panel')).toContainText(one.patientName);
    return (await videoState(window)).time;
  };
  const typing = (window: Page) => window.getByRole('textbox', { name: /^Note, / });
  const noteList = (window: Page) => window.getByRole('list', { name: /^Notes, in the order/ }).getByRole('listitem');
  const openTab = async (window: Page, name: RegExp) => {
    await window.getByRole('tab', { name }).click();
    await expect(window.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  };
  /** Where the player is. */
  const writeNote = async (window: Page, words: string, number: number) => {
    await stage(window).focus();
    await press(window, 'n');
    await expect(typing(window)).toBeFocused();
    await window.keyboard.type(words);
    await press(window, 'Control+Enter');
    await expect(noteList(window)).toHaveCount(number);
  };
  const toList = (window: Page) => window.getByRole('button', { name: 'Back to list' }).first().click();

  await inRoom('a second factor', async (room) => {
    const ben = personCalled('ben');
    const { document } = recording('11');
    const app = await room.start();
    const from = await mark();
    await step('sign-in with a second factor', async () => {
      const filled = await room.signIn(app, ben);
      assert(filled.includes('second factor'), filled.join(', '));
      return filled.join(', ');
    });
    await step('a recording is downloaded and plays', async () => {
      await expect(line(app.window, recording('11'))).toContainText('Ready offline', soon);
      const time = await play(app.window, recording('11'));
      await toList(app.window);
      return `${time.toFixed(1)} s of it`;
    });
    await step('every question asks for what is so now', async () => {
      const asked = (await since(from)).filter(({ who }) => who === ben.sdsUserId);
      const headers = new Set(asked.map(({ cacheControl }) => cacheControl));
      assert.deepEqual([...headers], ['no-cache']);
      return `Cache-Control: no-cache in ${asked.length} requests`;
    });
    await step('the access record arrives, and a manager reads it back as a chain', async () => {
      // Of the app alone: the reading writes some too.
      const entries = async () => (await deliveredEntries({ repo: desk })).filter(({ details }) => details.has('chain-hash') && details.get('app-version') !== READING_VERSION);
      await expect.poll(async () => (await entries()).some(({ entry }) => entry.event === 'exposed' && entry.media !== undefined && entry.subject?.document === document), soon).toBe(true);
      await expect(app.window.getByText(/will be sent/)).toHaveCount(0, soon);
      const found = await entries();
      assert.equal(brokenLink(found), null);
      return `${found.length} entries, through the gateway`;
    });
  });

  await inRoom('the site check', async (room) => {
    const faults = (ended: Ended) => faultsOf((JSON.parse(ended.stdout) as { lines: SiteCheckLine[] }).lines);
    await step('viewing-room --check, without a sign-in', async () => {
      const ended = await runCheck(['--json', '--site', room.site]);
      assert.deepEqual([ended.code, faults(ended)], [0, ALWAYS]);
      return 'nothing is missing';
    });
    await step('viewing-room --check --sign-in, through Keycloak’s forms', async () => {
      const ended = await runCheck(['--json', '--sign-in', '--site', room.site], { answer: (address) => atKeycloak(address, personCalled(BY)) });
      assert.deepEqual([ended.code, faults(ended)], [0, AS_CLINICIAN]);
      return AS_CLINICIAN.join(', ');
    });
  });

  await inRoom('a released review', async (room) => {
    const [ben, of] = [personCalled('ben'), recording('15')];
    const reference = of.tasks.find(({ owner }) => owner === 'ben')?.reference ?? '';
    const app = await room.start();
    const { window } = app;
    await step('what a colleague released is read, and answered once', async () => {
      await room.signIn(app, ben);
      await expect(line(window, of)).toContainText('Ready offline', late);
      await play(window, of);
      await openTab(window, /^Forms/);
      const feedback = window.getByRole('region', { name: 'Feedback from others' });
      await expect(feedback).toContainText(`From ${personCalled('dee').name}`, soon);
      await expect(feedback).toContainText('Calm and <i>clear</i>');
      const before = (await desk.reviewOf(reference, 'ben')).messages.length;
      await desk.lose('POST Communication', 2);
      await openTab(window, /^Messages/);
      await window.getByLabel('Your message').fill('I will ask first.');
      await window.getByRole('button', { name: 'Send message' }).click();
      const sent = window.getByRole('list', { name: 'Messages' }).getByRole('listitem').filter({ hasText: 'I will ask first.' });
      await expect(sent).toContainText('Sent to the practice', late);
      assert.equal((await desk.lost())['POST Communication'], 0);
      const { messages, faults } = await desk.reviewOf(reference, 'ben');
      const mine = messages.filter(({ payload }) => payload?.[0]?.contentString === 'I will ask first.');
      assert.deepEqual([messages.length, mine.map(({ status, recipient, subject, about, meta }) => [status, recipient?.map((one) => one.reference), subject?.reference, about?.[0]?.reference, meta?.versionId]), faults], [before + 1, [['completed', [await desk.practitioner('dee')], of.patient, of.document, '1']], []]);
      return `Communication/${mine[0]?.id ?? ''} to ${personCalled('dee').name} alone, although both answers were lost`;
    });
  });

  await inRoom('a review', async (room) => {
    const [ada, of] = [personCalled('ada'), recording('01')];
    const [reference, cot] = [task('01'), `${VR}/Questionnaire/cot|1`];
    const app = await room.start();
    const { window } = app;
    const there = async () => desk.reviewOf(reference, 'ada');
    const wordsIn = (response: QuestionnaireResponse | undefined) => (response?.item ?? []).filter(({ linkId }) => linkId === 'comment').flatMap(({ answer = [] }) => answer.map(({ valueString }) => valueString)).sort();
    await step('a note that is written is at HAPI, and the review has begun', async () => {
      await room.signIn(app, ada);
      await expect(line(window, of)).toContainText('Ready offline', late);
      await play(window, of);
      await stage(window).focus();
      await press(window, 'k');
      await writeNote(window, 'Asks an open question', 1);
      await expect(noteList(window).first()).toContainText('Sent to the practice', soon);
      const { statuses, responses, faults } = await there();
      assert.deepEqual([statuses, responses.map(({ status, meta }) => [status, meta?.versionId]), wordsIn(responses[0]), faults], [['requested', 'in-progress'], [['in-progress', '1']], ['Asks an open question'], []]);
      return `QuestionnaireResponse/${responses[0]?.id ?? ''}; ${reference} ${statuses.join(', ')}`;
    });
    await step('written, graded, released and finished while HAPI is away, with answers lost afterwards: each once', async () => {
      const before = await there();
      await desk.halt('hapi');
      try {
        await writeNote(window, 'Sums up well', 2);
        await noteList(window).filter({ hasText: 'Asks an open question' }).getByRole('button', { name: /^Change the note/ }).click();
        await window.getByRole('textbox', { name: /^Note, / }).last().fill('Asks an open question first');
        await window.getByRole('button', { name: 'Save changes' }).click();
        await expect(noteList(window).filter({ hasText: 'Asks an open question first' })).toHaveCount(1);
        await openTab(window, /^Forms/);
        await window.getByLabel('Form', { exact: true }).selectOption({ label: 'Consultation Observation Tool' });
        for (const [number, grade] of [[1, 3], [13, 1]] as const) await window.getByRole('group', { name: new RegExp(`^${number} `) }).getByRole('radio').nth(grade).check();
        await window.getByRole('button', { name: /^Cite a note: 1 / }).click();
        await window.getByRole('checkbox', { name: /Asks an open question first/ }).check();
        await window.getByLabel('Feedback', { exact: true }).fill('Calm and <i>clear</i>');
        await expect(window.getByText('2 of 13 graded')).toBeVisible();
        await window.getByRole('button', { name: 'Release feedback' }).click();
        await window.getByRole('dialog').getByRole('button', { name: 'Release', exact: true }).click();
        await expect(window.getByText(/^Released .* cannot be changed any more/)).toBeVisible(soon);
        await openTab(window, /^Finish/);
        await window.getByRole('button', { name: 'Finish review…' }).click();
        await window.getByRole('dialog').getByRole('button', { name: 'Finish review' }).click();
        await expect(window.getByText('The practice has not been told yet.')).toBeVisible();
      } finally {
        for (const [what, answers] of [['POST QuestionnaireResponse', 2], ['PUT QuestionnaireResponse', 1], ['PUT Task', 1]] as const) await desk.lose(what, answers);
        await desk.resume('hapi');
      }
      await window.getByRole('button', { name: 'Update now' }).click();
      await expect(window.getByText('The practice knows.')).toBeVisible(late);
      assert.deepEqual(Object.values(await desk.lost()).filter((left) => left > 0), []);
      const { task: after, statuses, responses, faults } = await there();
      const [notes, ...otherNotes] = responses.filter(({ questionnaire }) => questionnaire === `${VR}/Questionnaire/notes|1`);
      const [form, ...otherForms] = responses.filter(({ questionnaire }) => questionnaire === cot);
      assert.deepEqual([otherNotes, otherForms, responses.length, faults], [[], [], 2, []]);
      assert.deepEqual([statuses, notes?.id, notes?.status, notes?.meta?.versionId, form?.status, form?.meta?.versionId], [['requested', 'in-progress', 'completed'], before.responses[0]?.id, 'completed', '2', 'completed', '1']);
      assert.deepEqual(wordsIn(notes), ['Asks an open question first', 'Sums up well']);
      const cited = /urn:uuid:[\da-f-]{36}/.exec(JSON.stringify(notes?.item?.[0]?.answer?.find(({ valueString }) => valueString === 'Asks an open question first')?.item))?.[0];
      assert.deepEqual(form?.item, [
        { linkId: 'cot.1', answer: [{ valueInteger: 3, item: [{ linkId: 'cot.1.cites', answer: [{ valueUri: cited }] }] }] }, { linkId: 'cot.13', answer: [{ valueInteger: 1 }] }, { linkId: 'feedback', answer: [{ valueString: 'Calm and <i>clear</i>' }] },
      ]);
      assert.deepEqual(after?.output?.map(({ valueReference }) => valueReference?.reference), [form, notes].map((one) => `QuestionnaireResponse/${one?.id ?? ''}`));
      return `${reference} ${statuses.join(', ')}; notes in version 2, the form in its first, 2 outputs; four answers were lost`;
    });
  });

  await inRoom('Ada’s day', async (room) => {
    const ada = personCalled('ada');
    const first = recording(LARGE);
    let app = await room.start();
    await step('a download that broke off is had again', async () => {
      await desk.cut(first.binary, Math.floor(0.6 * first.size));
      const from = await mark();
      await room.signIn(app, ada);
      await expect(line(app.window, first)).toContainText('Broken off at', late);
      await app.kill();
      await desk.cut(first.binary, null);
      app = await room.start();
      await unlock(app, PIN);
      await expect(line(app.window, first)).toContainText('Ready offline', late);
      const asked = (await since(from)).filter(({ path: wanted }) => wanted.endsWith(`/${first.binary}`));
      const rest = asked.filter(({ range }) => range !== null);
      assert(rest.length > 0 && asked.every(({ status }) => status === 200), JSON.stringify(asked));
      await play(app.window, first);
      await toList(app.window);
      return `${first.size} bytes; asked ${asked.length} times, of those ${rest.map(({ range }) => range).join()}; always answered with the whole`;
    });
    const goes = (name: string, key: string, change: () => Promise<void>) => step(name, async () => {
      await expect(line(app.window, recording(key))).toContainText('Ready offline', soon);
      await everythingHere(app.window);
      const files = sealedFiles(room.profileDir).length;
      await change();
      await update(app.window);
      await expect(line(app.window, recording(key))).toHaveCount(0, soon);
      await expect.poll(() => sealedFiles(room.profileDir).length, soon).toBe(files - 1);
      return `gone from the list, and one copy of ${files} destroyed`;
    });
    await goes('withdrawal', '03', () => desk.cancel(task('03')));
    await goes('consent withdrawn', '04', () => desk.withdrawConsent(recording('04').consent));
    await goes('reassignment', '09', () => desk.reassign(task('09'), 'cara'));
    await step('HAPI restarts: copies play in between, connected afterwards', async () => {
      await desk.halt('hapi');
      try {
        await update(app.window);
        // The gateway is there, and says 502: there is nobody to ask.
        await expect(app.window.getByText('No connection to the practice.')).toBeVisible(soon);
        await play(app.window, first);
        await toList(app.window);
      } finally {
        await desk.resume('hapi');
      }
      await update(app.window);
      await expect(app.window.getByText('Connected to the practice.')).toBeVisible(soon);
      return 'a copy played while it was away';
    });
    /** Asks until it has come to that: a token must first run out. */
    const updateUntil = (come: () => Promise<void>) => expect(async () => {
      await update(app.window);
      await come();
    }).toPass({ timeout: 180_000, intervals: [5_000] });
    const online = app.window.getByText('Connected to the practice.');
    await step('Keycloak is away when a token runs out: copies play in between, the token is renewed afterwards', async () => {
      const tokens = async (from: number) => new Set((await since(from)).filter(({ who, status }) => who === ada.sdsUserId && status === 200).map(({ token }) => token));
      const before = await tokens(0);
      await desk.halt('keycloak');
      try {
        await updateUntil(async () => {
          await expect(app.window.getByText('No connection to the practice.')).toBeVisible();
        });
        await play(app.window, first);
        await toList(app.window);
      } finally {
        await desk.resume('keycloak');
      }
      const again = await mark();
      await updateUntil(() => expect(online).toBeVisible());
      assert([...await tokens(again)].some((token) => !before.has(token)), 'the token is an old one');
      return 'nobody to renew it, and a copy played; a new token when Keycloak was back';
    });
    await step('Keycloak ends the session: copies play, and a sign-in goes on where it was', async () => {
      await desk.endSessions('ada');
      assert.equal(await desk.offlineSessions('ada'), 0);
      await updateUntil(() => expect(app.window.getByText('Your sign-in has ended.')).toBeVisible());
      await play(app.window, first);
      await toList(app.window);
      const from = await mark();
      await app.window.getByRole('button', { name: 'Sign in', exact: true }).click();
      await atKeycloak(await signInAddress(app.window), ada);
      await expect(online).toBeVisible(soon);
      await expect(line(app.window, first)).toContainText('Ready offline', soon);
      await everythingHere(app.window);
      assert.deepEqual((await since(from)).filter(({ path: wanted }) => wanted.endsWith(`/${first.binary}`)), []);
      return 'the app said so; the copy had not to be downloaded again';
    });
    await step('the stop list, while it is open', async () => {
      await play(app.window, first);
      await desk.stop(recordingStop(first.masterIdentifier));
      await expect(app.window.getByText('Your practice has stopped this recording').first()).toBeVisible({ timeout: 90_000 });
      await expect(app.window.locator('video')).toHaveCount(0);
      await toList(app.window);
      await expect(line(app.window, first)).toHaveCount(0);
      return 'closed by the app itself';
    });
    await step('sign-out: its offline session at Keycloak is gone', async () => {
      const before = await desk.offlineSessions('ada');
      assert(before > 0, 'there was no offline session');
      await app.window.getByRole('button', { name: 'Sign out' }).click();
      await expect.poll(() => desk.offlineSessions('ada'), soon).toBe(before - 1);
      return `${before} of them, then ${before - 1}`;
    });
  });

  await inRoom('the new owner', async (room) => {
    const app = await room.start();
    await step('reassignment: the new owner has it, with a signed assignment of their own', async () => {
      await room.signIn(app, personCalled('cara'));
      await expect(line(app.window, recording('09'))).toContainText('Ready offline', soon);
      return `${(await play(app.window, recording('09'))).toFixed(1)} s of it`;
    });
  });

  const beginSignIn = async (window: Page, username: string) => {
    await window.getByRole('button', { name: 'Sign in with your practice' }).click();
    await atKeycloak(await signInAddress(window), personCalled(username));
  };
  /** What is a clinician's alone to ask for. */
  const CONTENT = /\/(Binary|Questionnaire|QuestionnaireResponse|Communication)([/?]|$)/;
  const askedBy = async (username: string, from: number) => (await since(from)).filter(({ who }) => who === personCalled(username).sdsUserId).map(({ path: wanted }) => wanted);

  await inRoom('the manager', async (room) => {
    const { window } = await room.start();
    const from = await mark();
    const { masterIdentifier } = recording('17');
    await step('the manager’s console reads the whole record', async () => {
      const entries = async () => (await deliveredEntries({ repo: desk })).filter(({ details }) => details.has('chain-hash')).length;
      const before = await entries();
      await beginSignIn(window, 'pat');
      const said = window.getByText(/entries read: the whole record\./);
      await expect(said).toBeVisible(late);
      const read = Number(/([\d,]+) entries read/.exec(await said.innerText())?.[1]?.replaceAll(',', ''));
      const after = await entries();
      assert(before > 50 && read >= before && read <= after, `${read} read, of ${before} before and ${after} afterwards`);
      await expect(window.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
      const pages = (await askedBy('pat', from)).filter((wanted) => wanted.startsWith('/fhir/AuditEvent?') || wanted.includes('_getpages')).length;
      return `${read} entries in ${pages} pages`;
    });
    await step('the manager stops a recording', async () => {
      await window.getByRole('navigation').getByRole('button', { name: /People and recordings/ }).click();
      await window.getByLabel('Recording', { exact: true }).fill(masterIdentifier);
      await window.getByRole('button', { name: 'Show history' }).click();
      await window.getByRole('button', { name: 'Stop this recording' }).click();
      await window.getByLabel('Reason').selectOption('wrong-patient');
      await window.getByRole('dialog').getByRole('button', { name: /^Stop/ }).click();
      await expect(window.getByRole('heading', { name: 'Stops', exact: true })).toBeVisible(soon);
      await expect.poll(async () => (await desk.stopped()).filter((one) => one === masterIdentifier).length, soon).toBe(1);
      assert.deepEqual((await askedBy('pat', from)).filter((wanted) => CONTENT.test(wanted)), []);
      return 'on the list at HAPI; no media, review or message was asked for';
    });
    await step('the manager signs out, and nothing of the record stays', async () => {
      const [trail, before] = [path.join(room.profileDir, 'trail'), await desk.offlineSessions('pat')];
      assert(existsSync(trail), 'there was no trail');
      await window.getByRole('button', { name: 'Sign out' }).click();
      await expect(window.getByRole('button', { name: 'Sign in with your practice' })).toBeVisible(soon);
      await expect.poll(() => desk.offlineSessions('pat'), soon).toBe(before - 1);
      assert.equal(existsSync(trail), false);
      return `${before} offline sessions, then ${before - 1}`;
    });
  });

  await inRoom('two roles, and none', async (room) => {
    const { window } = await room.start();
    await step('who has no role is told so, and asks for nothing of a patient', async () => {
      const from = await mark();
      await beginSignIn(window, 'noel');
      await expect(window.getByRole('heading', { level: 1 })).toContainText('no role', soon);
      const asked = await askedBy('noel', from);
      assert(asked.length > 0 && asked.every((wanted) => /^\/fhir\/(Practitioner|PractitionerRole|Organization)([/?]|$)/.test(wanted)), asked.join(' '));
      await window.getByRole('button', { name: 'Sign out' }).click();
      return `${asked.length} requests, about themselves alone`;
    });
    await step('who has two roles works in the one that they chose', async () => {
      const from = await mark();
      await beginSignIn(window, 'dee');
      await expect(window.getByRole('heading', { level: 1, name: 'Choose your role' })).toBeVisible(soon);
      await window.getByRole('radio', { name: /^Manager/ }).check();
      await window.getByRole('button', { name: 'Continue' }).click();
      await atKeycloak(await signInAddress(window), personCalled('dee'));
      await expect(window.getByText(/entries read: the whole record\./)).toBeVisible(late);
      const asked = await askedBy('dee', from);
      assert.deepEqual(asked.filter((wanted) => CONTENT.test(wanted)), []);
      return `as manager: ${asked.length} requests, none for media, a review or a message`;
    });
  });

  await inRoom('no access rule', async (room) => {
    const ada = personCalled('ada');
    await step('no access rule at all: nothing of others is asked for or shown', async () => {
      await desk.mode('open');
      const from = await mark();
      try {
        const app = await room.start();
        await room.signIn(app, ada);
        await expect(app.window.getByText(/assignments that are not yours/)).toBeVisible(late);
        await everythingHere(app.window);
        const now = await desk.recordings();
        const isMine = ({ tasks }: SeededRecording) => tasks.some(({ owner }) => owner === 'ada');
        const partsOf = (one: SeededRecording) => [one.document, one.binary, one.patient, one.encounter, one.consent, one.transcript, ...one.tasks.filter(({ owner }) => owner !== 'ada').map(({ reference }) => reference)].filter((part) => part !== null);
        const mine = new Set(now.filter(isMine).flatMap((one) => [one.document, one.binary, one.patient, one.encounter, one.consent, one.transcript]));
        const theirs = now.flatMap(partsOf).filter((one) => !mine.has(one));
        const leakedIn = (asked: readonly string[]) => theirs.filter((one) => asked.some((wanted) => asksFor(wanted, one)));
        const asked = (await since(from)).filter(({ who }) => who === ada.sdsUserId).map(({ path: wanted }) => decodeURIComponent(wanted));
        assert.deepEqual(leakedIn(asked), []);
        assert(asked.some((wanted) => wanted.includes('/DocumentReference?_id=')), 'nothing was asked for');
        // This can see a leak, in each of its forms.
        const [other = ''] = theirs;
        const [type, id] = other.split('/');
        for (const planted of [`/fhir/${other}`, `/fhir/${type}?_id=1,${id}&_count=50`, `/fhir/Provenance?target=${other}&_count=200`]) assert.deepEqual(leakedIn([planted]), [other]);
        for (const { patientName, patient } of now.filter((one) => !mine.has(one.patient))) assert.equal(await app.window.getByText(patientName).count(), 0, patient);
        return `${asked.length} requests, none for what is another’s`;
      } finally {
        await desk.mode('rule');
      }
    });
  });

  await inRoom('5,000 Tasks', async (room) => {
    const cara = personCalled('cara');
    const { patientName } = all.find(({ tasks, contentType }) => contentType === 'video/mp4' && tasks.some(({ owner, status }) => owner === 'cara' && status === 'requested')) ?? recording('21');
    const app = await room.start();
    const asked = async (from: number) => (await since(from)).filter(({ who }) => who === cara.sdsUserId).length;
    await step('5,000 finished Tasks: to the first recording', async () => {
      await room.signIn(app, cara);
      const [from, started] = [await mark(), performance.now()];
      await expect(row(app.window, patientName).first()).toContainText('Ready offline', { timeout: 300_000 });
      return `${Math.round((performance.now() - started) / 100) / 10} s to the first recording, ${await asked(from)} requests`;
    });
    await step('5,000 finished Tasks: another round', async () => {
      await everythingHere(app.window);
      const [from, started] = [await mark(), performance.now()];
      await update(app.window);
      await expect(app.window.getByRole('button', { name: 'Update now' })).toBeEnabled({ timeout: 300_000 });
      await expect.poll(async () => (await since(from)).some(({ path: wanted }) => wanted.includes('/Task?owner=')), late).toBe(true);
      let [before, now] = [-1, await asked(from)];
      for (const until = Date.now() + late.timeout; now !== before && Date.now() < until;) [before, now] = [now, await new Promise<number>((resolve) => setTimeout(() => void asked(from).then(resolve), 3_000))];
      assert.equal(now, before, 'the round has no end');
      const pages = (await since(from)).filter(({ path: wanted }) => wanted.includes('_getpages')).length;
      assert(pages >= 99, `only ${pages} further pages of Tasks`);
      return `${Math.round((performance.now() - started - 3_000) / 100) / 10} s, ${now} requests, ${pages} of them further pages of Tasks`;
    });
    await step('a page that HAPI has forgotten withdraws nothing', async () => {
      const files = sealedFiles(room.profileDir).length;
      const from = await mark();
      await desk.stalePages(1);
      await update(app.window);
      await expect.poll(async () => (await since(from)).some(({ status }) => status === 410), late).toBe(true);
      await expect(app.window.getByText(/system answered with an error/)).toBeVisible(late);
      await expect(row(app.window, patientName).first()).toContainText('Ready offline', soon);
      assert.equal(sealedFiles(room.profileDir).length, files);
      return `${files} copies stay`;
    });
  });
}

await main(run);
