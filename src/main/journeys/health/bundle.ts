/**
 * What a person may send to whoever supports the app: how this computer stands, which of the site file's options are on, and the end of the log. Made of what a schema let through,
 * and of nothing else: see docs/diagnostics.md for what each part may hold.
 */
import { z } from 'zod';
import { count, Health, type SupportBundle } from '../../../preload/health.ts';
import { problemCodes } from '../../../preload/contract.ts';
import { readLog } from '../../platform/logged.ts';
import { LogLine } from '../../platform/logLine.ts';
import type { Site } from '../../site.ts';
import type { Desk } from '../desk.ts';
import { health } from './health.ts';

/** Some days of work, and no more than a person can leaf through. */
const LINES = 1_000;

const amount = z.number().min(0).max(999_999);

/** The site file without what it names: no practice, server, person, role, purpose, label or key. */
const SiteOptions = z.strictObject({
  assurance: z.enum(['signed', 'unsigned-permitted']), sharedLogin: z.boolean(), recoveryKey: z.boolean(), secondReaders: count, clinicianRoles: count, managerRoles: count,
  manifestKeys: count, transcriberKeys: count, assignmentKeys: count, keyFiles: z.array(z.enum(['manifest', 'transcriber', 'assignment'])), purposes: count, sensitiveLabels: count,
  leaseHours: amount, pinMinLength: amount, passphraseMinLength: amount, idleLockMinutes: amount, sensitiveIdleLockMinutes: amount, completedVisibleDays: amount, captureToleranceMinutes: amount,
  largestRecordingMegabytes: count, diskBudgetMegabytes: count, updates: z.enum(['it', 'feed']),
});

const Bundle = z.strictObject({
  format: z.literal('viewing-room-support'), version: z.literal(1), made: z.iso.datetime({ precision: 3 }),
  /** On which screen the app is, and what it says is wrong. */
  screen: z.string().regex(/^[a-z-]{1,20}$/), problem: z.enum(problemCodes).nullable(),
  health: Health, site: SiteOptions.nullable(),
  /** Lines that did not fit what a line may hold: left out. */
  logLinesLeftOut: count, log: z.array(LogLine).max(LINES),
});

const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);

function optionsOf(site: Site): z.infer<typeof SiteOptions> {
  const { assurance, sharedLogin, recoveryKey, secondReaders, roles, manifestKeys, transcriberKeys, assignmentKeys, keyFiles, purposes, sensitiveLabels, offline, secret, updates } = site;
  const { idleLockMinutes, sensitiveIdleLockMinutes, completedVisibleDays, captureToleranceMinutes, largestRecordingBytes, diskBudgetBytes } = site;
  return {
    assurance, sharedLogin, recoveryKey: recoveryKey !== null, secondReaders: secondReaders.length, clinicianRoles: roles.clinician.length, managerRoles: roles.manager.length,
    manifestKeys: manifestKeys.length, transcriberKeys: transcriberKeys.length, assignmentKeys: assignmentKeys.length,
    keyFiles: (['manifest', 'transcriber', 'assignment'] as const).filter((kind) => keyFiles[kind] !== undefined), purposes: Object.keys(purposes).length, sensitiveLabels: sensitiveLabels.length,
    leaseHours: offline.leaseHours, ...secret, idleLockMinutes, sensitiveIdleLockMinutes, completedVisibleDays, captureToleranceMinutes,
    largestRecordingMegabytes: megabytes(largestRecordingBytes), diskBudgetMegabytes: megabytes(diskBudgetBytes), updates: updates.by,
  };
}

/** JSON that people read too: an item of what was looked at a line, and a line of the log a line. */
function textOf({ log, health: found, site, ...head }: z.infer<typeof Bundle>): string {
  const members = (of: object, indent: string) => Object.entries(of).map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n');
  const nested = (name: string, of: object | null) => `  "${name}": ${of ? `{\n${members(of, '    ')}\n  }` : 'null'}`;
  return `{\n${members(head, '  ')},\n${nested('site', site)},\n${nested('health', found)},\n  "log": [\n${log.map((line) => `    ${JSON.stringify(line)}`).join(',\n')}\n  ]\n}\n`;
}

export async function supportBundle(desk: Desk): Promise<SupportBundle> {
  const { screen } = desk.state;
  const site = desk.site as Site | undefined;
  const found = await health(desk);
  const { lines, dropped } = readLog(LINES);
  const bundle = Bundle.parse({
    format: 'viewing-room-support', version: 1, made: new Date(desk.machine.now()).toISOString(), screen, problem: desk.state.screen === 'problem' ? desk.state.problem.code : null,
    site: site ? optionsOf(site) : null, health: found, logLinesLeftOut: dropped, log: lines,
  } satisfies z.infer<typeof Bundle>);
  return { text: textOf(bundle), lines: lines.length, dropped };
}
