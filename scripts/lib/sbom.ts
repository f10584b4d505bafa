import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.ts';
import { must } from './process.ts';
import type { Supply } from './supplies.ts';

interface Component {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl: string;
  [field: string]: unknown;
}

interface Bom {
  bomFormat: 'CycloneDX';
  specVersion: string;
  metadata: { component: Component; [field: string]: unknown };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  [field: string]: unknown;
}

/** The bill of materials (CycloneDX 1.5) of what is shipped: npm's own of the lock file, without what only builds and tests, and with the runtime. */
export async function billOfMaterials(supplies: readonly Supply[], electron: string): Promise<Bom> {
  const [text, manifest] = await Promise.all([
    must('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'], { cwd: root, timeout: 120_000 }),
    readFile(path.join(root, 'package.json'), 'utf8'),
  ]);
  return shippedPart(JSON.parse(text) as Bom, supplies, electron, (JSON.parse(manifest) as { name: string }).name);
}

/** @param name of the app: npm takes that of the folder */
export function shippedPart(whole: Bom, supplies: readonly Supply[], electron: string, name: string): Bom {
  const app: Component = { ...whole.metadata.component, type: 'application', name };
  const shipped = new Set(supplies.map(({ name: of, version }) => `${of}@${version}`));
  const components = whole.components.filter((component) => shipped.has(component['bom-ref'])).map(({ scope: _scope, properties: _properties, ...component }) => ({ ...component, scope: 'required' }));
  const missing = [...shipped].filter((ref) => !components.some((component) => component['bom-ref'] === ref));
  if (missing.length > 0) throw new Error(`npm's bill of materials lacks ${missing.join(', ')}`);
  const runtime: Component = {
    'bom-ref': `electron@${electron}`, type: 'framework', name: 'electron', version: electron, scope: 'required', purl: `pkg:github/electron/electron@v${electron}`,
    description: 'The runtime: Chromium, Node.js and V8. Its own parts are listed in LICENSES.chromium.html.', licenses: [{ license: { id: 'MIT' } }],
  };
  const all = [runtime, ...components];
  const refs = new Set(all.map((component) => component['bom-ref']));
  const dependencies = whole.dependencies.filter(({ ref }) => refs.has(ref)).map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) }));
  return {
    ...whole,
    metadata: { ...whole.metadata, component: app },
    components: all,
    // What is bundled is a development dependency to npm, and a part to whoever receives it.
    dependencies: [{ ref: app['bom-ref'], dependsOn: [...refs] }, { ref: runtime['bom-ref'], dependsOn: [] }, ...dependencies.filter(({ ref }) => ref !== runtime['bom-ref'])],
  };
}
