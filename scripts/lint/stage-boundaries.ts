import path from 'node:path';
import type { Rule } from 'eslint';
import type { Node } from 'estree';

/** The stages of src/main in the order of the path. See "Layout" in docs/design.md: a stage imports itself, `platform`, `fhir` and `site.ts`. */
export const stages = ['session', 'service', 'assurance', 'vault', 'playback', 'review', 'audit', 'outbox', 'window', 'platform', 'fhir'] as const;

/** Vocabulary and machine: import no stage, and every stage may import them. */
const foundations = ['platform', 'fhir'];

/** Stage → the one predecessor whose types (never values) it may name. */
const mayNameTypesOf: Record<string, string> = { assurance: 'service', vault: 'assurance', playback: 'vault', outbox: 'audit' };

const testBuild = 'src/main/testBuild/';

const networkStages = ['service', 'session', 'outbox'];
const networkModules = /^(node:)?(http|https|http2|net|tls|dgram|dns)(\/.*)?$|^(undici|ws|openid-client)(\/.*)?$/;
const networkGlobals = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'];

type Zone =
  | { kind: 'stage'; name: string }
  | { kind: 'composition' | 'site' | 'contract' | 'preload' | 'renderer' | 'other' };

/** Names the zone of a file by its path relative to the repository, with `/` as separator. */
export function zoneOf(file: string): Zone {
  if (file === 'src/preload/index.ts') return { kind: 'preload' };
  if (file.startsWith('src/preload/')) return { kind: 'contract' };
  if (file.startsWith('src/renderer/')) return { kind: 'renderer' };
  if (file === 'src/main/site.ts') return { kind: 'site' };
  const stage = /^src\/main\/([^/]+)\//.exec(file)?.[1];
  if (stage && (stages as readonly string[]).includes(stage)) return { kind: 'stage', name: stage };
  if (file.startsWith('src/main/')) return { kind: 'composition' };
  return { kind: 'other' };
}

/**
 * Says why `from` may not import `to`, or nothing when it may.
 * @param from importing file, relative to the repository
 * @param to a file relative to the repository, or a package name when `isPackage`
 * @param typeOnly whether nothing of the import is left at run time
 */
export function whyForbidden(from: string, to: string, typeOnly: boolean, isPackage: boolean): string | undefined {
  const source = zoneOf(from);
  if (isPackage) {
    if (source.kind === 'contract' && to !== 'zod') return 'the contract imports only zod';
    if (source.kind === 'renderer' && (to.startsWith('node:') || to.startsWith('electron'))) return 'the renderer has neither Node nor Electron';
    if (from.startsWith('src/main/') && !typeOnly && networkModules.test(to) && !(source.kind === 'stage' && networkStages.includes(source.name)))
      return `only ${networkStages.join(', ')} may use the network`;
    return undefined;
  }
  const target = zoneOf(to);
  if (!from.startsWith('src/')) return undefined;
  if (to.startsWith(testBuild) && !from.startsWith(testBuild) && !['src/main/index.ts', 'src/main/app.ts'].includes(from)) return 'the test commands are reached from index.ts and app.ts alone, where the shipped bundle drops them';
  if (target.kind === 'contract') return undefined;
  switch (source.kind) {
    case 'contract':
      return 'the contract imports only zod';
    case 'preload':
      return target.kind === 'preload' ? undefined : 'the preload imports only the contract';
    case 'renderer':
      return target.kind === 'renderer' ? undefined : 'the renderer imports only its own files and the contract';
    case 'site':
      return target.kind === 'stage' && target.name === 'platform' ? undefined : 'site.ts imports only platform';
    case 'composition':
      return to.startsWith('src/main/') || to.startsWith('resources/') || to === 'package.json' ? undefined : 'the main process imports only its own files and the contract';
    case 'stage':
      break;
    case 'other':
      return undefined;
  }
  if (target.kind === 'stage' && target.name === source.name) return undefined;
  if (foundations.includes(source.name)) return `${source.name} imports no stage`;
  if (target.kind === 'site') return undefined;
  if (target.kind === 'stage' && foundations.includes(target.name)) return undefined;
  if (target.kind === 'stage' && mayNameTypesOf[source.name] === target.name)
    return typeOnly ? undefined : `${source.name} may name types of ${target.name} (import type), never call it`;
  if (to.startsWith('resources/') || to === 'package.json') return undefined;
  return `the stage ${source.name} may import only itself, platform, fhir and site.ts; stages are wired together in src/main/*.ts and journeys`;
}

type ImportLike = Node & { source?: { value?: unknown } | null; importKind?: string; exportKind?: string; specifiers?: readonly Specifier[] };
interface Specifier { type: string; importKind?: string; imported?: { name?: string } }

/** ESLint rule: stage boundaries, the sole owner of `ipcMain`, and the three stages that may use the network. */
export const stageBoundaries: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { forbidden: '{{why}} ({{from}} → {{to}})' } },
  create(context) {
    const from = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const zone = zoneOf(from);
    const isStage = (name: string) => zone.kind === 'stage' && zone.name === name;
    const report = (node: Node, why: string, to: string) => {
      context.report({ node, messageId: 'forbidden', data: { why, from, to } });
    };

    const check = (node: Node, specifier: unknown, typeOnly: boolean) => {
      if (typeof specifier !== 'string') return;
      const clean = specifier.replace(/\?.*$/, '');
      const isPackage = !clean.startsWith('.');
      const to = isPackage ? clean : path.posix.join(path.posix.dirname(from), clean);
      const why = whyForbidden(from, to, typeOnly, isPackage);
      if (why) report(node, why, to);
    };

    const checkDeclaration = (node: ImportLike) => {
      const specifiers = node.specifiers ?? [];
      const typeOnly =
        node.importKind === 'type' || node.exportKind === 'type' || (specifiers.length > 0 && specifiers.every((s) => s.importKind === 'type'));
      check(node, node.source?.value, typeOnly);
      const module = node.source?.value;
      if (!from.startsWith('src/main/') || typeOnly || (module !== 'electron' && module !== 'electron/main')) return;
      for (const specifier of specifiers) {
        if (specifier.type !== 'ImportSpecifier') report(node, 'import names from electron, so that this rule sees which', module);
        if (specifier.importKind === 'type') continue;
        if (specifier.imported?.name === 'ipcMain' && !isStage('window')) report(node, 'only window may import ipcMain', 'electron');
        if (specifier.imported?.name === 'net' && !networkStages.some(isStage)) report(node, `only ${networkStages.join(', ')} may use the network`, 'electron');
      }
    };

    return {
      ImportDeclaration: (node) => { checkDeclaration(node as ImportLike); },
      ExportNamedDeclaration: (node) => { checkDeclaration(node); },
      ExportAllDeclaration: (node) => { checkDeclaration(node); },
      ImportExpression: (node) => { check(node, (node.source as { value?: unknown }).value, false); },
      TSImportType: (node: Node & { source?: { value?: unknown } }) => { check(node, node.source?.value, true); },
      'Program:exit': (node: Node) => {
        if (!from.startsWith('src/') || (zone.kind === 'stage' && networkStages.includes(zone.name))) return;
        const globalScope = context.sourceCode.getScope(node);
        for (const { identifier } of globalScope.through as readonly { identifier: Node & { name: string } }[]) {
          if (networkGlobals.includes(identifier.name)) report(identifier, `only ${networkStages.join(', ')} may use the network`, identifier.name);
        }
        for (const name of networkGlobals) {
          for (const { identifier } of globalScope.set.get(name)?.references ?? []) report(identifier as Node, `only ${networkStages.join(', ')} may use the network`, name);
        }
      },
    };
  },
};
