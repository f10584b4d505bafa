interface Locked {
  version?: string | undefined;
  integrity?: string | undefined;
  resolved?: string | undefined;
  link?: boolean;
  inBundle?: boolean;
}

/** What in a lock file would let something else be installed than was reviewed. No package may name where it comes from: each comes from the registry that is set, by its digest. */
export function lockFaults({ lockfileVersion, packages }: { lockfileVersion: number; packages: Record<string, Locked> }): string[] {
  if (lockfileVersion !== 3) return [`lockfileVersion is ${lockfileVersion}, not 3`];
  return Object.entries(packages).flatMap(([name, { version, integrity, resolved, link, inBundle }]) => {
    if (name === '') return [];
    if (resolved !== undefined || link) return [`${name} names where it comes from`];
    if (!/^\d+\.\d+\.\d+([-+].*)?$/.test(version ?? '')) return [`${name} has the version ${version ?? 'none'}`];
    // What comes inside another package is covered by that one's digest.
    return inBundle || integrity?.startsWith('sha512-') ? [] : [`${name} has no SHA-512`];
  });
}

/** Which direct dependencies are not pinned to one version. */
export function pinFaults({ dependencies = {}, devDependencies = {} }: { dependencies?: Record<string, string>; devDependencies?: Record<string, string> }): string[] {
  return Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)).map(([name, version]) => `${name} is "${version}", which is not one version`);
}
