/** Reads docs/hazard-log.md and says what is wrong with it. */
import { faultOfTest, testsNamedIn } from './namedTests.ts';

const FIELDS = ['Hazard', 'Potential clinical impact', 'Possible causes', 'Initial risk', 'Design controls', 'Test evidence', 'Training and business process', 'Residual risk', 'Status', 'Owner'] as const;
type Field = (typeof FIELDS)[number];

interface Hazard {
  id: string;
  name: string;
  fields: Map<Field, string>;
}

/** Fewer would not be a log of this product. */
const AT_LEAST = 20;
/** Rows are likelihoods, columns severities, as in the implementation guidance to DCB0129. The page prints the same. */
const SEVERITIES = ['Minor', 'Significant', 'Considerable', 'Major', 'Catastrophic'];
const MATRIX = new Map([['Very high', [3, 4, 4, 5, 5]], ['High', [2, 3, 3, 4, 5]], ['Medium', [2, 2, 3, 3, 4]], ['Low', [1, 2, 2, 3, 4]], ['Very low', [1, 1, 2, 2, 3]]]);

export function hazardsIn(page: string): Hazard[] {
  return page.split(/^### /m).slice(1).map((section) => {
    const [heading = '', ...paragraphs] = (section.split(/^## /m)[0] ?? '').trim().split(/\n\n/);
    const [, id = '', name = ''] = /^(\S+) (.+)$/.exec(heading) ?? [];
    const fields = new Map<Field, string>();
    for (const paragraph of paragraphs) {
      const [, label = '', text = ''] = /^\*\*(.+?)\.\*\*\s*([^]*)$/.exec(paragraph) ?? [];
      const field = FIELDS.find((known) => known === label);
      if (field) fields.set(field, text.trim());
    }
    return { id, name, fields };
  });
}

/** The table at the head of the page, of what stands below it. */
export const overviewOf = (hazards: readonly Hazard[]): string => ['| Hazard | Initial | Residual | Status |', '| --- | --- | --- | --- |',
  ...hazards.map(({ id, name, fields }) => `| ${id} ${name} | ${ratingIn(fields.get('Initial risk'))} | ${ratingIn(fields.get('Residual risk'))} | ${(fields.get('Status') ?? '').split('.')[0] ?? ''} |`)].join('\n');

const ratingIn = (risk = ''): string => /= (\d)/.exec(risk)?.[1] ?? '?';

/** Everything that keeps the page from being what it says it is; nothing when all is in order. */
export function faultsIn(page: string): string[] {
  const hazards = hazardsIn(page);
  const faults = hazards.flatMap((hazard) => faultsOf(hazard).map((fault) => `${hazard.id}: ${fault}`));
  if (hazards.length < AT_LEAST) faults.push(`${hazards.length} hazards, fewer than ${AT_LEAST}`);
  const expected = hazards.map((_, index) => `H${String(index + 1).padStart(2, '0')}`);
  if (hazards.some(({ id }, index) => id !== expected[index])) faults.push('hazards are not numbered from H01 on');
  if (!page.includes(`<!-- overview -->\n${overviewOf(hazards)}\n<!-- /overview -->`)) faults.push('the overview is not that of the hazards below it');
  for (const [likelihood, ratings] of MATRIX) {
    if (!page.includes(`| ${likelihood} | ${ratings.join(' | ')} |`)) faults.push(`the matrix on the page has another row “${likelihood}”`);
  }
  return faults;
}

function faultsOf({ name, fields }: Hazard): string[] {
  const faults = FIELDS.filter((field) => !fields.get(field)).map((field) => `“${field}” is empty`);
  if (name === '') faults.push('it has no name');
  const [initial, residual] = (['Initial risk', 'Residual risk'] as const).map((field) => {
    const [, severity = '', likelihood = '', rating = ''] = /^(\S+) × (.+?) = (\d)$/.exec(fields.get(field) ?? '') ?? [];
    const right = MATRIX.get(likelihood)?.[SEVERITIES.indexOf(severity)];
    if (String(right) !== rating) faults.push(`“${field}” is ${right === undefined ? 'no severity × likelihood = rating' : `${right} by the matrix`}`);
    return right;
  });
  // 4 and 5 may not stand; 3 only where nothing more can be done, which would have to be argued, and is nowhere.
  if (residual !== undefined && (residual > 2 || residual > (initial ?? 0))) faults.push('its residual risk is not acceptable, or above the initial one');
  if (!/^(?:Open|Transferred)\./.test(fields.get('Status') ?? '')) faults.push('its status is neither open nor transferred: only a Clinical Safety Officer closes one');
  const tests = testsNamedIn(fields.get('Test evidence') ?? '');
  const lines = (fields.get('Test evidence') ?? '').split('\n').length;
  if (tests.length === 0 || tests.length !== lines) faults.push('a line of its evidence names no test');
  if (new Set(tests).size !== tests.length) faults.push('a test is named twice');
  return [...faults, ...tests.map(faultOfTest).filter((fault) => fault !== null)];
}
