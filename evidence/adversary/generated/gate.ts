/** The app's own path from the practice's answers to a decision, as far as it runs without Electron. Nothing else here knows `src`. */
import { createHash } from 'node:crypto';
import { siteFile } from '../../../practice/site.ts';
import { assess } from '../../../src/main/assurance/assess.ts';
import { confirmMedia } from '../../../src/main/assurance/confirm.ts';
import { Task } from '../../../src/main/fhir/resources.ts';
import { gather } from '../../../src/main/service/evidence.ts';
import { PracticeHttp, readBytes } from '../../../src/main/service/http.ts';
import { taskPages } from '../../../src/main/service/worklist.ts';
import { parseSite } from '../../../src/main/site.ts';
import { FHIR_BASE } from './answer.ts';
import type { Graph } from './graph.ts';

/** What would be before the clinician, or why nothing would. */
export type Verdict = { admitted: false; reasons: string[] } | {
  admitted: true;
  shown: { recording: string; name: string; dateOfBirth: string; nhsNumber: string | null; startedAt: string; mediaSha256: string; transcriptSha256: string | null };
};

const site = parseSite(JSON.stringify({ ...siteFile('https://practice.example') }));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');
const refused = (...reasons: string[]): Verdict => ({ admitted: false, reasons });

export type Gate = (graph: Graph, answer: (url: string) => Promise<Response>) => Promise<Verdict>;

export const gate: Gate = async ({ owner, owners, now }, answer) => {
  const http = new PracticeHttp(FHIR_BASE, async (url) => answer(url), async () => 'token');
  try {
    const [task] = (await Array.fromAsync(taskPages(http, owners, null))).flat();
    if (!task) return refused('no Task');
    const { offered: [offered], unread } = await gather(http, [Task.parse(task)]);
    if (unread.size > 0) return refused('unread');
    if (!offered) return refused('nothing offered');
    const decision = await assess(offered, { reviewer: { sds: owner.sdsUserId, owners }, site, now, seen: () => null, rivals: () => [], stopped: () => false, wrongRevision: () => null });
    if (!decision.ok) return refused(...decision.reasons);
    const { assured } = decision;
    const bytes = await readBytes(await http.send(assured.media.binary, { accept: '*/*' }), 1e6);
    const received = confirmMedia(assured, { plainBytes: bytes.length, sha256: sha256(bytes) });
    if (!received.ok) return refused(...received.reasons);
    const { patient } = assured;
    const vtt = assured.transcript && await readBytes(await http.send(assured.transcript.binary, { accept: '*/*' }), 1e6);
    const transcriptSha256 = vtt && sha256(vtt);
    return {
      admitted: true,
      shown: {
        recording: assured.recording, name: patient.name, dateOfBirth: patient.dateOfBirth, nhsNumber: patient.nhsNumber, startedAt: assured.startedAt,
        mediaSha256: received.confirmed.receivedSha256, transcriptSha256: transcriptSha256 === assured.transcript?.sha256 ? transcriptSha256 : null,
      },
    };
  } catch (error) {
    // What stops a sync shows nothing new either.
    return refused(error instanceof Error ? error.message : String(error));
  }
};
