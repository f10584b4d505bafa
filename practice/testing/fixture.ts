import { afterAll, afterEach, beforeAll } from 'vitest';
import { startPractice, type Practice, type PracticeOptions } from '../index.ts';
import { honest } from '../lies.ts';
import { AS_CLINICIAN, AS_MANAGER, bearerOf } from './sign-in.ts';

/** A practice for one test file; honest again after each test. */
export function practiceForTests(options: PracticeOptions = {}): { get: () => Practice } {
  let practice: Practice | undefined;
  const get = (): Practice => {
    if (!practice) throw new Error('The practice has not started');
    return practice;
  };
  beforeAll(async () => {
    practice = await startPractice({ quiet: true, ...options });
  });
  afterEach(() => {
    Object.assign(get().lies, honest(() => undefined));
  });
  afterAll(() => practice?.stop());
  return { get };
}

export type Answer<T = Record<string, unknown>> = { status: number; headers: Headers; body: T };
export type Client = {
  bearer: Record<string, string>;
  get: <T = Record<string, unknown>>(path: string, headers?: Record<string, string>) => Promise<Answer<T>>;
  send: <T = Record<string, unknown>>(method: string, path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer<T>>;
  raw: (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>;
};

/** Someone at the practice with a token for a role. */
export async function clientOf({ url, fhirBase }: Practice, username: string, role: 'clinician' | 'manager' = 'clinician'): Promise<Client> {
  const bearer = await bearerOf(url, username, role === 'clinician' ? AS_CLINICIAN : AS_MANAGER);
  const target = (path: string): string => (path.startsWith('http') ? path : `${fhirBase}/${path}`);
  const answer = async <T>(response: Response): Promise<Answer<T>> => {
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
  };
  return {
    bearer,
    get: async <T>(path: string, headers = {}) => answer<T>(await fetch(target(path), { headers: { ...bearer, Accept: 'application/fhir+json', ...headers } })),
    send: async <T>(method: string, path: string, body: unknown, headers = {}) =>
      answer<T>(await fetch(target(path), { method, headers: { ...bearer, 'Content-Type': 'application/fhir+json', ...headers }, body: JSON.stringify(body) })),
    raw: (path, headers = {}, method = 'GET') => fetch(target(path), { method, headers: { ...bearer, ...headers } }),
  };
}
