import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../scripts/lib/paths.ts';

/** Headings as GitHub names them: small letters, no punctuation, hyphens for blanks. */
const anchorsIn = (page: string): string[] => page.replace(/^```[^]*?^```/gm, '').split('\n').filter((line) => /^#{1,6} /.test(line))
  .map((line) => line.replace(/^#+ /, '').toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-'));

/** Pages that other parts bring: a name goes from here once its page is there. */
const coming = ['updates', 'site-check', 'diagnostics', 'packaging'].map((name) => path.join(root, `docs/${name}.md`));

const pages = globSync('{*.md,docs/*.md,practice/*.md,evidence/*/*.md}', { cwd: root });

it.each(pages)('%s points to what is there', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8');
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link)).filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path.join(root, page) : path.resolve(root, path.dirname(page), file);
    if (coming.includes(target) && !existsSync(target)) return false;
    return !existsSync(target) || (anchor !== undefined && !anchorsIn(readFileSync(target, 'utf8')).includes(anchor));
  });
  expect(broken).toEqual([]);
});
