/** Which computer this is, so that a vault which roamed or was copied to another one is noticed. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The operating system's own id of this installation, or '' where there is none: then vaults are bound to no computer. */
function systemId(): string {
  try {
    if (process.platform === 'win32') {
      const answer = execFileSync('reg', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'], { encoding: 'utf8', windowsHide: true });
      return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(answer)?.[1] ?? '';
    }
    if (process.platform === 'darwin') {
      const answer = execFileSync('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], { encoding: 'utf8' });
      return /"IOPlatformUUID" = "([^"]+)"/.exec(answer)?.[1] ?? '';
    }
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** 32 bytes. The id itself is not passed on: machine-id(5) asks that it be hashed with what it is used for. */
export function computerTag(id = systemId()): Buffer {
  return createHash('sha256').update(`viewing-room computer ${id}`).digest();
}
