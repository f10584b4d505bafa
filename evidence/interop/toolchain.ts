/** What only the peers need: Java and Maven. Neither the app nor its tests do. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run, Stop } from '../../scripts/lib/process.ts';

const JAVA = 17;
const HELP = `npm run interop starts HAPI FHIR and Keycloak, which need Java ${JAVA} or later and Maven. Nothing else here does.`;

export const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java';

/** The peers are small: little memory, and no compiler threads that take the cores from the app. */
export const javaOptions = ['-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** @throws Stop that says which of the two is missing or too old */
export async function requireToolchain(): Promise<{ java: string; maven: string }> {
  const [javaSays, mavenSays] = await Promise.all([run(java, ['-version']), run('mvn', ['-version'])]);
  const missing: string[] = [];
  const version = /version "([^"]+)"/.exec(javaSays.stderr + javaSays.stdout)?.[1];
  if (javaSays.code !== 0 || version === undefined) missing.push('Java was not found (on the PATH, or in JAVA_HOME).');
  else if (majorOf(version) < JAVA) missing.push(`Java is ${version}.`);
  const maven = /Apache Maven ([\d.]+)/.exec(mavenSays.stdout)?.[1];
  if (mavenSays.code !== 0 || maven === undefined) missing.push('Maven was not found, or does not start.');
  else {
    // It compiles one class with a Java of its own choice.
    const [, its = '', home = ''] = /Java version: ([^,\s]+).*?runtime: (.+)/.exec(mavenSays.stdout) ?? [];
    if (majorOf(its) < JAVA) missing.push(`The Java that Maven uses is ${its}.`);
    if (!existsSync(path.join(home, 'bin/javac'))) missing.push(`The Java that Maven uses (${home}) has no compiler: a JDK is needed, not a JRE.`);
  }
  if (missing.length > 0) throw new Stop([HELP, ...missing].join('\n'));
  return { java: version ?? '', maven: maven ?? '' };
}

/** `17.0.15`, `21-ea`; before 9 it was `1.8.0_412`. */
const majorOf = (version: string): number => Number(version.split(/[.\-+]/)[0]);

/** Runs Maven without questions; what it downloads has the checksum that the repository says. @throws Stop with what it printed last */
export async function maven(args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await run('mvn', ['--batch-mode', '--no-transfer-progress', '--quiet', '--strict-checksums', ...args], {
    cwd, timeout: 20 * 60_000, env: { ...process.env, MAVEN_OPTS: [process.env.MAVEN_OPTS ?? '', ...javaOptions].join(' ').trim() },
  });
  if (code !== 0) throw new Stop(`Maven ended with code ${code}${code === 124 ? ' (out of time)' : ''}:\n${`${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n')}`);
}
