import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../scripts/lib/paths.ts';

/** Headings as GitHub names them: small letters, no punctuation, hyphens for blanks. */
const anchorsIn = (page: string): string[] => page.replace(/^```[^]*?^```/gm, '').split('\n').filter((line) => /^#{1,6} /.test(line))
  .map((line) => line.replace(/^#+ /, '').toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-'));


const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const pages = globSync('{*.md,docs/*.md,practice/*.md,evidence/*/*.md}', { cwd: root });

it.each(pages)('%s points to what is there', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8');
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link)).filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path.join(root, page) : path.resolve(root, path.dirname(page), file);
    return !existsSync(target) || (anchor !== undefined && !anchorsIn(readFileSync(target, 'utf8')).includes(anchor));
  });
  expect(broken).toEqual([]);
});

it.each(pages)('%s names commands and files that there are', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8');
  const commands = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name);
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  const files = [...text.matchAll(/`((?:docs|e2e|evidence|practice|resources|scripts|src)\/[\w./-]+)`/g)].map(([, name = '']) => name);
  expect(files.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
});
