/** The server offers everyone's recordings. The practice's own access log is the judge. */
import { expect, test } from '@playwright/test';
import { firstSignIn, openClinic, review, row } from './support/journey.ts';

test('offered everyone’s Tasks, the app asks for nothing of what is not mine, and mine still plays', async () => {
  const clinic = await openClinic();
  try {
    const { practice } = clinic;
    const ada = clinic.person('ada');
    practice.lies.everyonesTasks = true;
    const app = await clinic.start();
    await firstSignIn(app, ada);
    const all = practice.repo.recordings();
    const mine = all.filter((r) => r.ownerPractitionerIds.includes(ada.practitionerId));
    const others = all.filter((r) => !r.ownerPractitionerIds.includes(ada.practitionerId));
    expect(mine.length).toBeGreaterThan(5);
    expect(others.length).toBeGreaterThan(15);

    const playable = mine.find((r) => r.contentType === 'video/mp4');
    const patient = playable?.patientName ?? '';
    await expect(row(app.window, patient).first()).toContainText('Ready offline', { timeout: 60_000 });
    await review(app.window, patient);

    const asked = practice.accessLog.map(({ path }) => decodeURIComponent(path));
    // The lie was told, and the control: what is mine was fetched.
    expect(asked.some((path) => path.includes(`/Binary/${playable?.binaryId ?? '-'}`))).toBe(true);
    const leaked = others.filter((r) => asked.some((path) => [r.binaryId, r.transcriptId, r.id, r.encounterId, r.consentId].some((id) => id !== undefined && new RegExp(`[/=,]${id}(?![\\w-])`).test(path))));
    expect(leaked.map((r) => r.id)).toEqual([]);
    // No patient's record was read that is not of a recording of mine.
    const myPatients = new Set(mine.map((r) => r.patientId));
    const readPatients = asked.flatMap((path) => [...path.matchAll(/[/=,](pat-[\w]+)/g)].map((match) => match[1] ?? ''));
    expect(readPatients.length).toBeGreaterThan(0);
    expect(readPatients.filter((id) => !myPatients.has(id))).toEqual([]);
    await app.window.getByRole('button', { name: 'Back to list' }).click();
    await expect(app.window.getByText(/assignments that are not yours/)).toBeVisible();
    for (const other of others.filter((r) => !myPatients.has(r.patientId))) await expect(app.window.getByText(other.patientName)).toHaveCount(0);
  } finally {
    await clinic.stop();
  }
});
