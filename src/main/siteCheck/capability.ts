/** What the FHIR server says of itself (CapabilityStatement, FHIR R4), held against what the app asks. The app itself reads of it whether batches are offered, and nothing else: what a server does is seen after a sign-in. */
import { z } from 'zod';
import type { SiteCheckLine } from '../../preload/siteCheck.ts';
import { offersBatch } from '../service/batch.ts';
import type { Site } from '../site.ts';
import { asked, type Asked, type Wanted } from './asked.ts';
import { called, line, missing, notTried, ok, resourceId, warning, type Outcome } from './lines.ts';
import { answers, isAnswer, type Reply } from './network.ts';
import { whyUnanswered } from './reasons.ts';

const named = z.object({ name: z.string() });
const Resource = z.object({
  type: z.string(), interaction: z.array(z.object({ code: z.string() })).default([]), searchParam: z.array(named).default([]), conditionalCreate: z.boolean().optional(), versioning: z.string().optional(),
});
type Resource = z.infer<typeof Resource>;
const Statement = z.object({ resourceType: z.literal('CapabilityStatement'), fhirVersion: z.string(), rest: z.array(z.object({ mode: z.string(), resource: z.array(Resource).default([]), searchParam: z.array(named).default([]) })).min(1) });

/** Not what only managers do, where the site has none. */
const isWanted = ({ roles, secondReaders }: Site) => ({ of }: Pick<Wanted, 'of'>): boolean => of === 'clinician' || roles.manager.length > 0 || (of === 'reading' && secondReaders.length > 0);

export function checkCapability(site: Site, metadata: Reply): SiteCheckLine[] {
  if (!isAnswer(metadata)) return [line('fhir.metadata', unread(metadata))];
  const statement = Statement.safeParse(metadata.json).data;
  const rest = statement?.rest.find(({ mode }) => mode === 'server');
  if (!statement || !rest) return [line('fhir.metadata', warning('it is no CapabilityStatement of a server'))];
  const common = rest.searchParam.map(({ name }) => name);
  const offers = new Map(rest.resource.map((one) => [one.type, { ...one, searchParam: [...one.searchParam, ...common.map((name) => ({ name }))] }]));
  return [
    line('fhir.metadata', ok(`it names ${rest.resource.length} types`)),
    line('fhir.version', /^4\.0\.\d+$/.test(statement.fhirVersion) ? ok(statement.fhirVersion) : missing(`the server says ${called([statement.fhirVersion])}`)),
    ...asked.map((one) => line(resourceId(one.type), ofType(one, offers.get(one.type), site))),
    line('fhir.conditional-create', once(offers, site)),
    line('fhir.versioned-update', versions(offers)),
    line('fhir.batch', offersBatch(metadata.json) ? ok('it is offered') : warning('not named')),
  ];
}

function unread(reply: Exclude<Reply, { json: unknown }>): Outcome {
  if (!answers(reply)) {
    const { found, fix } = whyUnanswered(reply);
    return warning(found, fix);
  }
  const status = reply.detail?.status;
  return status === 401 || status === 403 ? notTried('the server gives it only to who has signed in') : warning(typeof status === 'number' ? `there is none (status ${status})` : 'it is not JSON');
}

const verbs = { read: 'read', 'search-type': 'search', create: 'create', update: 'update' };

function ofType({ wanted }: Asked, offer: Resource | undefined, site: Site): Outcome {
  const lacks = wanted.filter(isWanted(site)).flatMap((one) => {
    const has = offer?.interaction.some(({ code }) => code === one.interaction) === true;
    const unnamed = (one.by ?? []).filter((parameter) => offer?.searchParam.some(({ name }) => name === parameter) !== true);
    const isNeeded = isNeededHere(one, site);
    if (!has) return [{ isNeeded, words: verbs[one.interaction] + (one.by?.length ? ` (by ${one.by.join(', ')})` : '') }];
    return unnamed.length > 0 ? [{ isNeeded, words: `search by ${unnamed.join(', ')}` }] : [];
  });
  if (lacks.length === 0) return ok('all that is asked of it');
  return (lacks.some(({ isNeeded }) => isNeeded) ? missing : warning)(`not named: ${[...new Set(lacks.map(({ words }) => words))].join('; ')}`);
}

/** Where recordings need no signature the statements need not be found. */
const isNeededHere = ({ needed, by }: Wanted, { assurance }: Site): boolean => needed === true && !(assurance === 'unsigned-permitted' && by?.includes('target') === true);

function once(offers: ReadonlyMap<string, Resource>, site: Site): Outcome {
  const lacks = asked.filter(({ type, once: condition }) => condition && isWanted(site)(condition) && offers.get(type)?.interaction.some(({ code }) => code === 'create') && offers.get(type)?.conditionalCreate !== true);
  if (lacks.length === 0) return ok('for every type that is created');
  return (lacks.some(({ once: condition }) => condition?.needed) ? missing : warning)(`not named for ${lacks.map(({ type }) => type).join(', ')}`);
}

function versions(offers: ReadonlyMap<string, Resource>): Outcome {
  const lacks = asked.filter(({ type, versioned }) => versioned && offers.get(type)?.interaction.some(({ code }) => code === 'update') && offers.get(type)?.versioning !== 'versioned-update').map(({ type }) => type);
  return lacks.length === 0 ? ok('for every type that is changed') : warning(`versioning is not "versioned-update" for ${lacks.join(', ')}`);
}
