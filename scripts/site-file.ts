/** Writes the table of fields into docs/site-file.md: `npm run docs:site-file`. A unit test holds the page against it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/paths.ts';
import { withFields } from './site-fields/table.ts';

const page = path.join(root, 'docs/site-file.md');
writeFileSync(page, withFields(readFileSync(page, 'utf8')));
