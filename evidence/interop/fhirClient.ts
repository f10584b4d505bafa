/** Asks and tells a FHIR server as another system of the practice would: without the gateway and without a token. */
import type { WithId } from '@medplum/core';
import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';

const FHIR = 'application/fhir+json';
/** Ids a request, so that the address stays short; HAPI gives 50 a page at most. */
const BATCH = 40;

export class FhirClient {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  /** All pages. HAPI finds what it found up to a minute ago unless it is told not to. */
  async search<T extends Resource = Resource>(query: string): Promise<WithId<T>[]> {
    const found: WithId<T>[] = [];
    const { type } = /^(?<type>\w+)/.exec(query)?.groups ?? {};
    let next: string | undefined = `${this.base}/${query}${query.includes('?') ? '&' : '?'}_count=50`;
    const seen = new Set<string>();
    while (next !== undefined) {
      if (seen.has(next)) throw new Error(`the pages of ${query} do not end`);
      seen.add(next);
      const bundle: Bundle<WithId<T>> = await this.#ask<Bundle<WithId<T>>>('GET', next);
      for (const { resource } of bundle.entry ?? []) if (resource !== undefined && resource.resourceType === type) found.push(resource);
      next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    }
    return found;
  }

  async searchEach<T extends Resource>(items: readonly string[], query: (some: string[]) => string): Promise<WithId<T>[]> {
    const found: WithId<T>[] = [];
    for (let at = 0; at < items.length; at += BATCH) found.push(...await this.search<T>(query(items.slice(at, at + BATCH))));
    return found;
  }

  /** @param references "Type/id", all of one type */
  async byId<T extends Resource>(references: readonly string[]): Promise<WithId<T>[]> {
    return this.searchEach<T>(references, (some) => `${some[0]?.split('/')[0] ?? ''}?_id=${some.map((one) => one.split('/')[1] ?? '').join(',')}`);
  }

  async read<T extends Resource>(reference: string): Promise<WithId<T>> {
    return this.#ask<WithId<T>>('GET', `${this.base}/${reference}`);
  }

  /** Every version that there ever was, the latest first. */
  async versions<T extends Resource>(reference: string): Promise<WithId<T>[]> {
    const bundle = await this.#ask<Bundle<WithId<T>>>('GET', `${this.base}/${reference}/_history?_count=50`);
    return (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
  }

  /** What the server's own validator has against it, and what it warns of: by the base definitions, and a response by its Questionnaire. */
  async validate(resource: Resource): Promise<{ errors: string[]; warnings: string[] }> {
    const response = await fetch(`${this.base}/${resource.resourceType}/$validate`, { method: 'POST', headers: { accept: FHIR, 'content-type': FHIR }, body: JSON.stringify(resource) });
    const { issue = [] } = await response.json() as Partial<OperationOutcome>;
    const told = (severities: string[]): string[] => issue.filter(({ severity }) => severities.includes(severity)).map(({ diagnostics, expression }) => `${expression?.join() ?? ''}: ${diagnostics ?? ''}`);
    if (![200, 412, 422].includes(response.status) || issue.length === 0) throw new Error(`$validate answered ${response.status}`);
    return { errors: told(['error', 'fatal']), warnings: told(['warning']) };
  }

  /** A change of what is there now: refused when somebody else was faster. */
  async update<T extends Resource>(reference: string, change: (resource: WithId<T>) => void): Promise<WithId<T>> {
    const resource = await this.read<T>(reference);
    const version = resource.meta?.versionId ?? '';
    change(resource);
    return this.#ask<WithId<T>>('PUT', `${this.base}/${reference}`, JSON.stringify(resource), { 'if-match': `W/"${version}"` });
  }

  async create<T extends Resource>(resource: T): Promise<WithId<T>> {
    return this.#ask<WithId<T>>('POST', `${this.base}/${resource.resourceType}`, JSON.stringify(resource));
  }

  async remove(reference: string): Promise<void> {
    await this.#ask('DELETE', `${this.base}/${reference}`);
  }

  /** All or nothing. @returns what the server calls each of them, "Type/id", in their order */
  async transaction(entry: Bundle['entry']): Promise<string[]> {
    const bundle: Bundle = { resourceType: 'Bundle', type: 'transaction', ...(entry ? { entry } : {}) };
    const answer = await this.#ask<Bundle>('POST', this.base, JSON.stringify(bundle));
    return (answer.entry ?? []).map(({ response }) => located(response?.location));
  }

  /** @returns "Binary/id" */
  async createBinary(bytes: Buffer, contentType: string): Promise<string> {
    const response = await fetch(`${this.base}/Binary`, { method: 'POST', headers: { 'content-type': contentType, prefer: 'return=minimal' }, body: new Uint8Array(bytes) });
    const said = await response.text();
    if (!response.ok) throw new Error(`POST Binary answered ${response.status}: ${said.slice(0, 300)}`);
    return located(response.headers.get('location'));
  }

  async #ask<T>(method: string, address: string, body?: string, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(address, { method, headers: { accept: FHIR, 'cache-control': 'no-cache', ...(body === undefined ? {} : { 'content-type': FHIR }), ...headers }, ...(body === undefined ? {} : { body }) });
    const said = await response.text();
    if (!response.ok) throw new Error(`${method} ${address.replace(this.base, '')} answered ${response.status}: ${said.slice(0, 500)}`);
    return JSON.parse(said) as T;
  }
}

/** "Type/id" in a Location, relative or absolute, with or without a version. */
function located(location: string | null | undefined): string {
  const reference = /(?:^|\/)([A-Z]\w+\/[A-Za-z0-9\-.]+)(?:\/_history\/[^/]+)?$/.exec(location ?? '')?.[1];
  if (reference === undefined) throw new Error(`No resource is named by the location ${String(location)}`);
  return reference;
}
