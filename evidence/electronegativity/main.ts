/**
 * `npm run electronegativity`: the static checks of Doyensec's Electronegativity over src/. A finding that `known.json` does not explain fails, and so does an explained one that is not found any more.
 * The tool is old (2024; TypeScript 4.2) and has hundreds of old dependencies, so it has a lock file of its own and is installed into .cache/, once, without install scripts.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { contentHash } from '../../scripts/lib/digest.ts';
import { cache, root } from '../../scripts/lib/paths.ts';
import { main, must, say } from '../../scripts/lib/process.ts';
import { oldestSafeElectron } from '../../scripts/lib/runtime-rules.ts';
import { differences, type Finding } from './differences.ts';

const here = import.meta.dirname;

interface Answer {
  issues: Finding[];
  errors: { file: string; message: string }[];
}

/** A window without its protections: a tool that does not find this finds nothing. */
const planted = `import { BrowserWindow } from 'electron';\nexport const open = (): unknown => new BrowserWindow({ webPreferences: { contextIsolation: false, sandbox: false, webSecurity: false } });\n`;
const plantedChecks = ['CONTEXT_ISOLATION_JS_CHECK', 'SANDBOX_JS_CHECK', 'WEB_SECURITY_JS_CHECK'];

/** @returns its node_modules */
async function provide(): Promise<string> {
  const lock = [path.join(here, 'package.json'), path.join(here, 'package-lock.json')];
  const folder = path.join(cache, 'electronegativity', (await contentHash(lock)).slice(0, 16));
  const done = path.join(folder, 'installed');
  if (await readFile(done).then(() => true, () => false)) return path.join(folder, 'node_modules');
  say('Installing Electronegativity, once …');
  await mkdir(folder, { recursive: true });
  for (const file of lock) await cp(file, path.join(folder, path.basename(file)));
  await must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 10 * 60_000 });
  await writeFile(done, '');
  return path.join(folder, 'node_modules');
}

async function check(modules: string, folder: string): Promise<Answer> {
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'checked', version: '1.0.0', dependencies: { electron: oldestSafeElectron } }));
  return JSON.parse(await must('node', [path.join(here, 'run.cjs'), modules, folder, oldestSafeElectron], { env: { ...process.env, LANG: '' }, timeout: 5 * 60_000 })) as Answer;
}

await main(async () => {
  const modules = await provide();
  const work = await mkdtemp(path.join(os.tmpdir(), 'electronegativity-'));
  try {
    const [source, bad] = [path.join(work, 'source'), path.join(work, 'bad')];
    await cp(path.join(root, 'src'), path.join(source, 'src'), { recursive: true, filter: (file) => !/\.(test|fixture)\.tsx?$/.test(file) });
    await mkdir(bad);
    await writeFile(path.join(bad, 'main.ts'), planted);
    const known = JSON.parse(await readFile(path.join(here, 'known.json'), 'utf8')) as (Finding & { why: string })[];
    const { issues, errors } = await check(modules, source);
    const control = new Set((await check(modules, bad)).issues.map(({ id }) => id));
    const faults = [
      ...differences(issues, known),
      ...errors.map(({ file, message }) => `could not be read: ${file}: ${message}`),
      ...plantedChecks.filter((id) => !control.has(id)).map((id) => `${id} was planted and not found`),
    ];
    for (const fault of faults) say(`✗ ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
    else say(`Electronegativity: ${known.length} findings, each explained in evidence/electronegativity/known.json; ${plantedChecks.length} planted ones found.`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
