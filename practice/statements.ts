/** The three signed statements, as the practice's systems write them. */

export type Identifier = { system: string; value: string };
export type StatedPatient = { identifiers: Identifier[]; birthDate: string; family: string };

export type Manifest = {
  version: 1;
  recording: string;
  revision: number;
  issuedAt: string;
  encounter: Identifier;
  patient: StatedPatient;
  clinicians: string[];
  joined: { role: 'clinician' | 'patient' | 'other'; id?: string; at: string }[];
  startedAt: string;
  endedAt: string;
  /** `blocks`: of each 1 MiB, so that it can be watched while it comes. */
  media: { contentType: string; size: number; sha256: string; blocks?: { size: 1_048_576; sha256: string[] } };
};

export type TranscriptStatement = {
  version: 1;
  recording: string;
  mediaSha256: string;
  transcriptSha256: string;
  language: string;
  issuedAt: string;
};

export type AssignmentStatement = {
  version: 1;
  task: string;
  recording: string;
  patient: StatedPatient;
  owner: string;
  purpose: string;
  period: { start: string; end: string };
  issuedAt: string;
  assigner: string;
};

/** The exact bytes that are signed and served. */
export function statementBytes(statement: Manifest | TranscriptStatement | AssignmentStatement): Buffer {
  return Buffer.from(JSON.stringify(statement));
}
