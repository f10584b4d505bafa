import type { Plugin } from 'vite';

/** The folder of the npm package that a bundled file is from, as lock files name it: `node_modules/a/node_modules/b`. */
export const packageOf = (file: string): string | undefined => /(?<=\/)node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0];

/** Folders of the packages that a stylesheet of ours imports: they are no modules to the bundler. */
export const importedBy = (stylesheet: string): string[] => [...stylesheet.matchAll(/@import\s+['"]((?:@[^/'"]+\/)?[^@./'"][^/'"]*)\//g)].map(([, name]) => `node_modules/${name}`);

/** Writes `packages.json` beside a bundle: the npm packages that went into it, for licences and bill of materials. It is left out of the package. */
export function notePackages(): Plugin {
  const styles = new Set<string>();
  return {
    name: 'note-packages',
    enforce: 'pre',
    transform(code, id) {
      if (id.split('?')[0]?.endsWith('.css')) for (const folder of importedBy(code)) styles.add(folder);
    },
    generateBundle() {
      const packages = [...new Set([...styles, ...[...this.getModuleIds()].flatMap((file) => packageOf(file) ?? [])])].sort();
      this.emitFile({ type: 'asset', fileName: 'packages.json', source: JSON.stringify(packages, null, 2) });
    },
  };
}
