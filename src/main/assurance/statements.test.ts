import { describe, expect, it } from 'vitest';
import { digest, NHS, URN } from './assurance.fixture.ts';
import { Assignment, Manifest, parseStatement, TranscriptStatement } from './statements.ts';

const patient = { identifiers: [{ system: NHS, value: '9990000018' }], birthDate: '1980-02-03', family: 'Testperson' };
const manifest = {
  version: 1, recording: URN, revision: 0, issuedAt: '2026-11-10T09:20:00+01:00', encounter: { system: 'https://practice.example/Id/consultation', value: 'c-1' }, patient,
  clinicians: ['555000000001'], joined: [{ role: 'clinician', id: '555000000001', at: '2026-11-10T09:02:00Z' }, { role: 'patient', at: '2026-11-10T09:02:30Z' }, { role: 'other', at: '2026-11-10T09:02:40Z' }],
  startedAt: '2026-11-10T09:03:00Z', endedAt: '2026-11-10T09:11:00Z',
  media: { contentType: 'video/mp4', size: 1, sha256: digest('M'), blocks: { size: 1_048_576, sha256: [digest('M')] } },
};
const transcript = { version: 1, recording: URN, mediaSha256: digest('M'), transcriptSha256: digest('-'), language: 'a'.repeat(35), issuedAt: '2026-11-10T10:00:00Z' };
const assignment = {
  version: 1, task: 't', recording: URN, patient, owner: 'o', purpose: 'p', period: { start: '2026-11-15T00:00:00Z', end: '2026-12-15T00:00:00Z' }, issuedAt: '2026-11-15T08:00:00Z', assigner: 'a',
};
const kinds = { manifest: [Manifest, manifest], transcript: [TranscriptStatement, transcript], assignment: [Assignment, assignment] } as const;
type Kind = keyof typeof kinds;

const isRead = (kind: Kind, statement: unknown) => parseStatement<unknown>(kinds[kind][0], Buffer.from(JSON.stringify(statement))) !== null;

/** A copy with one member changed; undefined takes it out. */
function changed(statement: unknown, field: string, value: unknown): unknown {
  const copy = structuredClone(statement) as Record<string, unknown>;
  const names = field.split('.');
  const last = names.pop()!;
  let at = copy;
  for (const name of names) at = at[name] as Record<string, unknown>;
  at[last] = value;
  return copy;
}

const notUrns = [undefined, 5, URN.slice(9), `x${URN}`, `${URN}0`, URN.toUpperCase(), URN.slice(0, -1), URN.replace('0f5f0c4e', '0f5f0c4'), URN.replace('53a3', '53g3'), URN.replace('-53a3', ''), URN.replace('0f5f0c4e', '0f5f0c4g'), URN.replace(/.$/, 'g'), URN.replace('-53a3', '-53a33')];
const notMoments = [undefined, '2026-11-10', '2026-11-10T09:20:00', 'soon', 1_762_766_400_000];
const notDigests = [undefined, digest('M').slice(1), `${digest('M')}M`, digest('+'), `${digest('M').slice(1)}=`];
const notTexts = [undefined, '', 5];
const notIdentifiers = (field: string): [string, unknown[]][] => [[`${field}.system`, notTexts], [`${field}.value`, notTexts], [`${field}.use`, ['official']]];
const notPatients: [string, unknown[]][] = [
  ['patient', [undefined, null]], ['patient.identifiers', [undefined, []]], ...notIdentifiers('patient.identifiers.0'), ['patient.family', notTexts], ['patient.given', ['Tess']],
  ['patient.birthDate', [undefined, '', '1980', '1980-02', '1980-02-3', '1980-2-03', '980-02-03', '1980-02-03T00:00:00Z', 'x1980-02-03', 'yyyy-02-03', '1980-mm-03', '1980-02-dd']],
];
const wrong: Record<Kind, [string, unknown[]][]> = {
  manifest: [
    ['version', [undefined, 0, 2, '1']], ['recording', notUrns], ['revision', [undefined, -1, 1.5, '1']], ['issuedAt', notMoments], ['encounter', [undefined]], ...notIdentifiers('encounter'), ...notPatients,
    ['clinicians', [undefined, [''], [5]]], ['joined', [undefined, [{ role: 'clinician' }]]], ['joined.0.role', [undefined, '', 'nurse']], ['joined.0.at', notMoments], ['joined.0.id', [5]], ['joined.0.name', ['Grace']],
    ['startedAt', [...notMoments, '2026-11-10T09:11:00Z', '2026-11-10T09:11:01Z']], ['endedAt', notMoments],
    ['media', [undefined]], ['media.contentType', [undefined, '', 'text/vtt', 'video/', 'video/mp4; codecs=avc1', 'video/mp4\u0000', 'xvideo/mp4', 'model/video/mp4', 'video']], ['media.size', [undefined, 0, -1, 1.5, '1']],
    ['media.sha256', notDigests], ['media.codec', ['h264']], ['media.blocks.size', [undefined, 1, 1_048_577]], ['media.blocks.sha256', [undefined, [5], notDigests.slice(1, 2)]], ['media.blocks.count', [1]], ['comment', ['a member that we do not know']],
  ],
  transcript: [
    ['version', [undefined, 2]], ['recording', notUrns], ['mediaSha256', notDigests], ['transcriptSha256', notDigests], ['language', [undefined, 'a'.repeat(36)]], ['issuedAt', notMoments], ['comment', ['']],
  ],
  assignment: [
    ['version', [undefined, 2]], ['task', notTexts], ['recording', notUrns], ...notPatients, ['owner', notTexts], ['purpose', notTexts], ['period', [undefined]], ['period.start', notMoments], ['period.end', notMoments],
    ['period.zone', ['UTC']], ['issuedAt', notMoments], ['assigner', notTexts], ['comment', ['']],
  ],
};

describe.each(Object.keys(kinds) as Kind[])('a statement of kind %s', (kind) => {
  it('is read', () => {
    expect(isRead(kind, kinds[kind][1])).toBe(true);
  });

  it.each(wrong[kind].flatMap(([field, values]) => values.map((value): [string, unknown] => [field, value])))('is not read with %s %j', (field, value) => {
    expect(isRead(kind, changed(kinds[kind][1], field, value))).toBe(false);
  });
});

describe('a manifest', () => {
  it.each(['video/webm', 'audio/mpeg', 'audio/x-m4a', 'video/vnd.example+mp4', 'video/3gpp2'])('may be of %s', (contentType) => {
    expect(isRead('manifest', changed(manifest, 'media.contentType', contentType))).toBe(true);
  });

  it('may leave out blocks and who joined', () => {
    expect(isRead('manifest', changed(changed(manifest, 'media.blocks', undefined), 'joined', []))).toBe(true);
  });

  it('may count its clinicians as none: nobody’s own', () => {
    expect(isRead('manifest', changed(manifest, 'clinicians', []))).toBe(true);
  });
});

describe('bytes', () => {
  it.each<[string, Buffer]>([
    // Read loosely, it would be a text with a replacement character.
    ['that are not UTF-8', Buffer.from(JSON.stringify({ ...transcript, language: 'e\u00ff' }), 'latin1')],
    ['that are not JSON', Buffer.from('{')], ['that are empty', Buffer.alloc(0)],
    ['with a member twice', Buffer.from(JSON.stringify(transcript).replace('{', '{"version":1,'))],
  ])('%s are no statement', (_what, bytes) => {
    expect(parseStatement(TranscriptStatement, bytes)).toBeNull();
  });

  it('are not read as another kind', () => {
    for (const [kind, [schema]] of Object.entries(kinds)) {
      for (const [other, [, statement]] of Object.entries(kinds)) expect(parseStatement<unknown>(schema, Buffer.from(JSON.stringify(statement))) !== null).toBe(kind === other);
    }
  });

  it('with characters beyond ASCII are read as they are', () => {
    expect(parseStatement(Assignment, Buffer.from(JSON.stringify({ ...assignment, patient: { ...patient, family: 'Tëstpersön' } })))?.patient.family).toBe('Tëstpersön');
  });
});
