/** The vaults of a profile as files, for what happens to them behind the app's back. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Folders of the vaults that are in use; those set aside are not among them. */
export function vaultFolders(profileDir: string): string[] {
  const root = path.join(profileDir, 'vaults');
  return existsSync(root) ? readdirSync(root).filter((name) => /^[0-9a-f]{32}$/.test(name)).map((name) => path.join(root, name)) : [];
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Sealed media on this computer, whoever's. */
export const sealedFiles = (profileDir: string): string[] => filesBelow(profileDir).filter((file) => file.endsWith('.sealed'));

/** Flips a bit in every so many bytes of a file, by default once in each page of a database; returns what it is now. */
export function damage(file: string, every = 4096): Buffer {
  const bytes = readFileSync(file);
  for (let at = Math.min(40, every - 1); at < bytes.length; at += every) bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  return bytes;
}
