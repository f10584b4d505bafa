/** Another program opens what the app keeps; and the cryptography of the packaged runtime is the published one. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { root, testBuild } from '../scripts/lib/paths.ts';
import { readVectors } from '../src/main/testBuild/vectors.ts';
import { runTestCommand } from './harness/app.ts';
import { firstSignIn, openClinic, PIN, review, row, unlock, type Clinic } from './support/journey.ts';

const decoder = path.join(root, 'evidence/fuzz/decoder.mjs');
const vectorFile = path.join(root, 'src/main/vault/tink-aes-gcm-hkdf-streaming.json');

let clinic: Clinic;
test.beforeEach(async () => {
  clinic = await openClinic();
});
test.afterEach(() => clinic.stop());

test('the official vectors open in the packaged runtime, and no changed copy of them does', async () => {
  const { code, stdout, stderr } = await runTestCommand('vectors', [vectorFile], { profileDir: clinic.profileDir });
  const vectors = readVectors(JSON.parse(readFileSync(vectorFile, 'utf8')));
  // Of each vector: a bit of every byte, every shorter length, one byte more, another key, another AAD.
  const changed = vectors.reduce((sum, { ciphertext }) => sum + 2 * ciphertext.length + 3, 0);
  expect(vectors).toHaveLength(8);
  expect(stdout, stderr).toContain(`official vectors: ${vectors.length} opened, 0 did not; changed copies: ${changed} refused, 0 were not`);
  expect(stdout).toContain(`${vectors.length + changed} passed, 0 failed`);
  expect(stdout).toMatch(/^Electron \d+\.\d+\.\d+, Chromium \S+, Node \S+, \S+ \S+, packaged$/m);
  expect(code).toBe(0);
});

test('a sealed recording is opened, byte for byte, by a program that shares no code with the app', async () => {
  // Several slots, the last of them short; and a clip of the demo practice, which is shorter than one.
  const media = randomBytes(700_001);
  const noise = await clinic.practice.repo.addRecording({ owner: 'ada', patient: { family: 'Decodedperson' }, media, contentType: 'video/mp4' });
  const clip = clinic.practice.repo.recordings().find(({ id }) => id === 'rec-01');
  expect(clip).toBeDefined();
  const recordings = [noise, clip!];

  const app = await clinic.start({ packageDir: testBuild });
  await firstSignIn(app, clinic.person('ada'));
  for (const { patientName } of recordings) await expect(row(app.window, patientName).first()).toContainText('Ready offline', { timeout: 60_000 });
  // While the app has the profile, a command does not run beside it.
  const exportOf = (recording: string, to: string, pin: string) => runTestCommand('export-key', [recording, '--out', to], { profileDir: clinic.profileDir, input: `${pin}\n` });
  const out = path.join(clinic.folder, 'export.json');
  expect((await exportOf(noise.masterIdentifier, out, PIN)).code).toBe(1);
  await app.close();

  const wrong = await exportOf(noise.masterIdentifier, out, '735162');
  expect(wrong, wrong.stderr).toMatchObject({ code: 1 });
  expect(wrong.stderr).toContain('wrong secret');
  expect(existsSync(out)).toBe(false);

  for (const { id, masterIdentifier, size } of recordings) {
    const [file, decoded] = [path.join(clinic.folder, `${id}.json`), path.join(clinic.folder, `${id}.media`)];
    const { code, stderr } = await exportOf(masterIdentifier, file, PIN);
    expect(code, stderr).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { stdout } = await promisify(execFile)(process.execPath, [decoder, file, decoded]);
    expect(stdout).toContain(`${size} bytes from 1 sealed part`);
    expect(createHash('sha256').update(readFileSync(decoded)).digest('base64url')).toBe(clinic.practice.repo.manifest(id).media.sha256);
  }
  expect(readFileSync(path.join(clinic.folder, `${noise.id}.media`)).equals(media)).toBe(true);
});

test('what is shipped knows no test command: it is the app that starts', async () => {
  const out = path.join(clinic.folder, 'export.json');
  let app = await clinic.start();
  await firstSignIn(app, clinic.person('ada'));
  const recording = clinic.practice.repo.recordings().find(({ id }) => id === 'rec-01');
  await expect(row(app.window, recording?.patientName ?? '-').first()).toContainText('Ready offline', { timeout: 60_000 });
  await app.close();
  app = await clinic.start({ args: ['--test-command=export-key', recording?.masterIdentifier ?? '-', '--out', out] });
  await unlock(app);
  await review(app.window, recording?.patientName ?? '-');
  expect(existsSync(out)).toBe(false);
});
