/** A disk of the app's own, that can be filled while it runs: what a person without rights can do on Linux, in a mount namespace of their own. */
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import { testCopy } from '../../scripts/lib/paths.ts';

export interface OwnDisk {
  /** To start the app from, instead of the package itself. */
  packageDir: string;
  /** On the disk; empty at each start, and gone at the end. */
  profileDir: string;
  /** Takes away all room that is free. */
  fill(): Promise<void>;
  free(): Promise<void>;
}

/** @param folder to be removed after the app has ended */
export function ownDisk(folder: string): OwnDisk {
  const [packageDir, disk, orders] = ['computer', 'disk', 'orders'].map((name) => path.join(folder, name)) as [string, string, string];
  for (const one of [packageDir, disk, orders]) mkdirSync(one);
  const start = path.join(packageDir, 'viewing-room');
  // The app itself gets none of the rights that its starter has inside the namespace: it is started as on any computer, with its sandbox on.
  writeFileSync(start, `#!/bin/sh
export DISK='${disk}' ORDERS='${orders}' APP='${path.join(testCopy, 'viewing-room')}'
exec unshare --user --map-current-user --mount --keep-caps sh -c '
  mount -t tmpfs -o size=1g,mode=700 tmpfs "$DISK" || exit 1
  (while kill -0 $$; do
    if [ -e "$ORDERS/fill" ]; then mount -o remount,size=$(df -k --output=used "$DISK" | tail -n 1 | tr -d " ")k "$DISK" && rm "$ORDERS/fill"; fi
    if [ -e "$ORDERS/free" ]; then mount -o remount,size=1g "$DISK" && rm "$ORDERS/free"; fi
    sleep 0.1
  done) </dev/null >/dev/null 2>&1 &
  exec setpriv --ambient-caps -all --inh-caps -all "$APP" "$@"' sh "$@"
`);
  chmodSync(start, 0o755);
  const order = async (name: string): Promise<void> => {
    const file = path.join(orders, name);
    rmSync(file, { force: true });
    writeFileSync(file, '');
    await expect.poll(() => existsSync(file)).toBe(false);
  };
  return { packageDir, profileDir: path.join(disk, 'profile'), fill: () => order('fill'), free: () => order('free') };
}
