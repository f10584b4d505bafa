/** The table of the site file's fields in docs/site-file.md: rules and defaults from the schema, meanings from beside it. */
import { z } from 'zod';
import { Site } from '../../src/main/site.ts';
import { meanings } from './meanings.ts';

type Schema = z.core.JSONSchema.BaseSchema;
type Texts = string | { [name: string]: Texts };

const START = '<!-- fields: npm run docs:site-file -->';
const END = '<!-- /fields -->';

/** The page with the table that the schema gives. Throws where the page has no place for it. */
export function withFields(page: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/site-file.md has no ${START} … ${END}`);
  const schema = z.toJSONSchema(Site, { io: 'input', reused: 'inline' });
  return `${before}${START}\n${['| Field | What it is | If left out | Meaning |', '| --- | --- | --- | --- |', ...rows(schema, meanings, '', true)].join('\n')}\n${END}${after}`;
}

function rows(schema: Schema, texts: Texts, name: string, required: boolean): string[] {
  if (typeof texts === 'string') return [`| \`${name}\` | ${ruleOf(schema)} | ${absent(schema, required)} | ${texts} |`];
  return Object.entries(schema.properties ?? {}).flatMap(([member, of]) => {
    const text = texts[member];
    if (typeof of === 'boolean' || text === undefined) throw new Error(`${member} has no schema or no meaning`);
    return rows(of, text, name === '' ? member : `${name}.${member}`, schema.required?.includes(member) ?? false);
  });
}

const absent = (schema: Schema, required: boolean): string => (required ? 'refused' : schema.default === undefined ? 'none' : `\`${JSON.stringify(schema.default)}\``);

/** What a value has to be, in the words of the schema where it has some. */
function ruleOf(schema: Schema): string {
  if (schema.description !== undefined) return schema.description;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.anyOf) return schema.anyOf.map(ruleOf).join(', or ');
  switch (schema.type) {
    case 'boolean': return '`true` or `false`';
    case 'null': return '`null`';
    case 'string': return 'text';
    case 'integer': return ['a whole number', ...limits(schema)].join(', ');
    case 'number': return ['a number', ...limits(schema)].join(', ');
    case 'array': return `a list${schema.minItems === undefined ? '' : ` of at least ${schema.minItems}`}, each ${ruleOf(one(schema.items))}`;
    case 'object': return objectRule(schema);
    default: throw new Error(`no words for ${JSON.stringify(schema)}`);
  }
}

function limits({ minimum, exclusiveMinimum, maximum }: Schema): string[] {
  const least = exclusiveMinimum !== undefined ? [`above ${exclusiveMinimum}`] : minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`at least ${minimum}`] : [];
  return maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [...least, `at most ${maximum}`] : least;
}

function objectRule({ properties, required, additionalProperties }: Schema): string {
  if (!properties) return `an object, each member ${ruleOf(one(additionalProperties))}`;
  return `\`{ ${Object.keys(properties).map((name) => (required?.includes(name) ? name : `${name}?`)).join(', ')} }\``;
}

/** The one schema that items or members have. */
function one(of: unknown): Schema {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) throw new Error('items and members need one schema');
  return of as Schema;
}
