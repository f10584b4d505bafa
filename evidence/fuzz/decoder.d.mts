export interface Exported {
  recording: string;
  key: string;
  manifestSha256: string;
  plainBytes: number;
  mediaSha256: string;
  parts: string[];
}
export interface Choice {
  hash: string;
  keyBytes: number;
  slotBytes: number;
}
export function associatedData(recording: string, manifestSha256: string, offset: number): Buffer;
export function openPart(path: string, recordingKey: Uint8Array, aad: Uint8Array, take: (plain: Buffer) => void | Promise<void>, choice?: Choice): Promise<number>;
export function decode(exported: Exported, output: string): Promise<{ bytes: number; parts: number }>;
