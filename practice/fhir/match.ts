import type { Parameter } from './search-parameters.ts';
import { FhirError } from './error.ts';

/** One `name=value` of a search that narrows it; `modifier` is what follows the colon in the name. */
export type Criterion = { name: string; modifier: string | undefined; value: string; parameter: Parameter };

/** Whether a resource meets a criterion. Values separated by a comma are alternatives. */
export function meets(resource: object, criterion: Criterion, fhirBase: string): boolean {
  const { parameter, modifier, value } = criterion;
  const found = parameter.paths.flatMap((path) => valuesAt(resource, path));
  if (modifier === 'missing') return (found.length === 0) === (value === 'true');
  return alternatives(value).some((one) => found.some((element) => matches(element, one, criterion, fhirBase)));
}

/** What to order by: the first value, as text; dates of one kind of resource share a format once in UTC. */
export function sortKey(resource: object, parameter: Parameter): string {
  const [first] = parameter.paths.flatMap((path) => valuesAt(resource, path));
  if (first === undefined) return '';
  if (parameter.kind === 'date') return new Date(interval(first)?.[0] ?? 0).toISOString();
  return typeof first === 'string' ? first : JSON.stringify(first);
}

/** Every value at a dotted path, through lists. */
export function valuesAt(value: unknown, path: string): unknown[] {
  let values: unknown[] = [value];
  for (const key of path.split('.')) {
    values = values.flatMap((one) => (one !== null && typeof one === 'object' ? [(one as Record<string, unknown>)[key]].flat() : []));
  }
  return values.filter((one) => one !== undefined && one !== null);
}

function alternatives(value: string): string[] {
  return value.split(/(?<!\\),/).map((one) => one.replaceAll('\\,', ','));
}

function matches(element: unknown, wanted: string, { parameter, modifier, name }: Criterion, fhirBase: string): boolean {
  switch (parameter.kind) {
    case 'token':
      return matchesToken(element, wanted);
    case 'reference':
      return matchesReference(element, modifier ? `${modifier}/${wanted}` : wanted, fhirBase);
    case 'date':
      return matchesDate(element, wanted, name);
    case 'string':
      return modifier === 'exact' ? String(element) === wanted : String(element).toLowerCase().startsWith(wanted.toLowerCase());
    case 'uri':
      return String(element) === wanted;
  }
}

function matchesToken(element: unknown, wanted: string): boolean {
  const bar = wanted.indexOf('|');
  const system = bar < 0 ? undefined : wanted.slice(0, bar);
  const code = bar < 0 ? wanted : wanted.slice(bar + 1);
  return tokens(element).some((one) => (system === undefined || one.system === system) && (code === '' || one.code === code));
}

/** A Coding, CodeableConcept, Identifier or plain code, boolean or string as system and code. */
function tokens(element: unknown): { system: string; code: string }[] {
  if (element === null || typeof element !== 'object') return [{ system: '', code: String(element) }];
  const { coding, system, code, value } = element as { coding?: unknown[]; system?: string; code?: string; value?: string };
  if (coding) return coding.flatMap(tokens);
  return [{ system: system ?? '', code: code ?? value ?? '' }];
}

function matchesReference(element: unknown, wanted: string, fhirBase: string): boolean {
  const { reference } = element as { reference?: string };
  if (reference === undefined) return false;
  const local = (one: string): string => (one.startsWith(`${fhirBase}/`) ? one.slice(fhirBase.length + 1) : one);
  return local(reference) === local(wanted) || (!wanted.includes('/') && reference.split('/').at(-1) === wanted);
}

/** The moments that dates such as `ge2026-01-01` leave, in milliseconds, both included, of values that are moments themselves; undefined where that is no one stretch of time. */
export function momentsWithin(criteria: readonly Criterion[]): [from: number, to: number] | undefined {
  let [from, to] = [-Infinity, Infinity];
  for (const { value, modifier, name } of criteria) {
    const [, prefix = 'eq', text = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb)?(.*)$/.exec(value) ?? [];
    const target = interval(text);
    if (!target) throw new FhirError(400, 'invalid', `${name}: "${value}" is not a date`);
    if (modifier !== undefined || prefix === 'ne' || value.includes(',')) return undefined;
    if (prefix === 'eq' || prefix === 'ge') from = Math.max(from, target[0]);
    if (prefix === 'gt' || prefix === 'sa') from = Math.max(from, target[1]);
    if (prefix === 'eq' || prefix === 'le') to = Math.min(to, target[1] - 1);
    if (prefix === 'lt' || prefix === 'eb') to = Math.min(to, target[0] - 1);
  }
  return [from, to];
}

type Interval = readonly [from: number, before: number];

function matchesDate(element: unknown, wanted: string, name: string): boolean {
  const [, prefix = 'eq', text = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb)?(.*)$/.exec(wanted) ?? [];
  const target = interval(text);
  const value = interval(element);
  if (!target) throw new FhirError(400, 'invalid', `${name}: "${wanted}" is not a date`);
  if (!value) return false;
  const equal = value[0] >= target[0] && value[1] <= target[1];
  switch (prefix) {
    case 'ne': return !equal;
    case 'gt': return value[1] > target[1];
    case 'ge': return value[1] > target[1] || equal;
    case 'lt': return value[0] < target[0];
    case 'le': return value[0] < target[0] || equal;
    case 'sa': return value[0] >= target[1];
    case 'eb': return value[1] <= target[0];
    default: return equal;
  }
}

/** A FHIR date, dateTime, instant or Period as the time it covers, in milliseconds; a missing end is open. */
function interval(value: unknown): Interval | undefined {
  if (value !== null && typeof value === 'object') {
    const { start, end } = value as { start?: string; end?: string };
    return [start === undefined ? -Infinity : (interval(start)?.[0] ?? -Infinity), end === undefined ? Infinity : (interval(end)?.[1] ?? Infinity)];
  }
  const text = String(value);
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d(?::\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, time, fraction] = parts;
  if (time) {
    const from = Date.parse(text);
    const step = fraction ? 1 : /T\d\d:\d\d:\d\d/.test(time) ? 1000 : 60_000;
    return Number.isNaN(from) ? undefined : [from, from + step];
  }
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const before = day ? Date.UTC(y, m, d + 1) : month ? Date.UTC(y, m + 1, 1) : Date.UTC(y + 1, 0, 1);
  return [Date.UTC(y, m, d), before];
}
