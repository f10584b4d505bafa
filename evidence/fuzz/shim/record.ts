/** The shim's log, read: changes and syncs of files below one folder, and the process's own lines, in the order in which they happened. */

export type Logged =
  | { op: 'mark'; text: string }
  | { op: 'create'; file: string; path: string }
  | { op: 'write'; file: string; offset: number; data: Buffer }
  | { op: 'truncate'; file: string; size: number }
  | { op: 'sync'; file: string }
  /** `path`: the folder whose entries are on disk from now on; '' is the watched folder itself. */
  | { op: 'syncFolder'; path: string }
  | { op: 'rename'; from: string; to: string }
  | { op: 'unlink' | 'mkdir' | 'rmdir'; path: string };

export function readLog(bytes: Buffer): Logged[] {
  const entries: Logged[] = [];
  for (let at = 0; at < bytes.length;) {
    const op = String.fromCharCode(bytes.readUInt8(at));
    const file = bytes.readBigUInt64LE(at + 1).toString();
    const offset = Number(bytes.readBigInt64LE(at + 9));
    const [a, b, data] = [bytes.readUInt32LE(at + 17), bytes.readUInt32LE(at + 21), bytes.readUInt32LE(at + 25)];
    at += 29;
    const first = bytes.toString('utf8', at, at + a);
    const second = bytes.toString('utf8', at + a, at + a + b);
    const body = bytes.subarray(at + a + b, at + a + b + data);
    at += a + b + data;
    switch (op) {
      case 'M': entries.push({ op: 'mark', text: body.toString('utf8') }); break;
      case 'C': entries.push({ op: 'create', file, path: first }); break;
      case 'W': entries.push({ op: 'write', file, offset, data: body }); break;
      case 'T': entries.push({ op: 'truncate', file, size: offset }); break;
      case 'S': entries.push({ op: 'sync', file }); break;
      case 'D': entries.push({ op: 'syncFolder', path: first }); break;
      case 'R': entries.push({ op: 'rename', from: first, to: second }); break;
      case 'U': entries.push({ op: 'unlink', path: first }); break;
      case 'K': entries.push({ op: 'mkdir', path: first }); break;
      case 'X': entries.push({ op: 'rmdir', path: first }); break;
      default: throw new Error(`the shim's log has an entry "${op}" at ${at}`);
    }
  }
  return entries;
}
