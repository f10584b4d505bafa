import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './lib/paths.ts';

const renderer = join(root, 'src/renderer');

it('has the styles of every component that is imported', () => {
  const used = globSync('**/*.tsx', { cwd: renderer }).flatMap((file) => [...readFileSync(join(renderer, file), 'utf8').matchAll(/import \{([^}]+)\} from 'nhsuk-react-components'/g)])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type ')));
  const config = readFileSync(join(renderer, 'postcss.config.mjs'), 'utf8');
  const listed = /components\/\*\*\/\{([^}]+)\}/.exec(config)?.[1]?.split(',') ?? [];
  expect(used).not.toEqual([]);
  expect([...new Set(used)].filter((name) => !listed.some((one) => name.startsWith(one)))).toEqual([]);
});
