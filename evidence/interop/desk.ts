/**
 * What the app's journeys may do to the practice. The servers run in the command's own process, the app as an ordinary user in another one:
 * this is said between them over loopback, with a secret that only the two have.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WithId } from '@medplum/core';
import type { AuditEvent, Bundle, Communication, List, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { bodyOf } from '../../practice/fhir/reply.ts';
import { personCalled } from '../../practice/people.ts';
import { CLIENT_ID } from '../../practice/site.ts';
import { VR } from '../../practice/systems.ts';
import type { Mode } from './gateway/gateway.ts';
import { admin } from './keycloak.ts';
import { REALM } from './realm.ts';
import { Reader } from './reader.ts';
import type { Server, World } from './world.ts';

function deskOf(world: World) {
  const { gateway, seeded, staff } = world;
  return {
    site: async () => world.siteFile(),
    recordings: async () => seeded.recordings,
    log: async () => gateway.log,
    mode: async (mode: Mode) => {
      gateway.mode = mode;
    },
    /** @param after bytes; null: not any more */
    cut: async (binary: string, after: number | null) => {
      if (after === null) gateway.cut.delete(binary);
      else gateway.cut.set(binary, after);
    },
    stalePages: async (count: number) => {
      gateway.stalePages = count;
    },
    /** @param what as {@link Gateway.lost} names it */
    lose: async (what: string, answers: number) => {
      gateway.lost.set(what, answers);
    },
    lost: async () => Object.fromEntries(gateway.lost),
    reviewOf: async (task: string, username: string) => reviewOf(world, task, seeded.practitioner(personCalled(username))),
    practitioner: async (username: string) => seeded.practitioner(personCalled(username)),
    cancel: async (task: string) => staff.cancel(task),
    reassign: async (task: string, to: string) => staff.reassign(task, personCalled(to)),
    withdrawConsent: async (consent: string) => staff.withdrawConsent(consent),
    stop: async (identifier: { system: string; value: string }) => staff.stop(identifier),
    /** Recordings on the stop list, as often as they stand there. */
    stopped: async () => (await seeded.fhir.search<List>(`List?code=${encodeURIComponent(`${VR}/CodeSystem/list|stop-list`)}`)).flatMap(({ entry = [] }) => entry.map(({ item }) => item.identifier?.value)),
    /** As a practice manager has them, through the gateway. */
    auditEvents: async () => readBack(world),
    endSessions: async (username: string) => endSessions(world.provider.issuer, username),
    halt: async (which: Server) => world.halt(which),
    resume: async (which: Server) => {
      await world.resume(which);
      gateway.changed();
    },
    offlineSessions: async (username: string) => offlineSessions(world.provider.issuer, username),
  };
}

export type Desk = ReturnType<typeof deskOf>;

/** What HAPI itself has of somebody's review, past the gateway; with what its validator has against it. `statuses`: the Task's, one after the other. */
async function reviewOf({ seeded: { fhir } }: World, reference: string, author: string) {
  const versions = await fhir.versions<Task>(reference);
  const [task] = versions;
  const document = task?.focus?.reference ?? '';
  const responses = await fhir.search<QuestionnaireResponse>(`QuestionnaireResponse?author=${author}&subject=${document}`);
  const messages = (await fhir.search<Communication>(`Communication?sender=${author}`)).filter(({ about = [] }) => about.some((one) => one.reference === document));
  const faults: string[] = [];
  for (const one of [...responses, ...messages, ...(task ? [task] : [])]) faults.push(...(await fhir.validate(one)).errors);
  return { task, statuses: versions.map(({ status }) => status).reverse(), responses, messages, faults };
}

async function readBack(world: World): Promise<WithId<AuditEvent>[]> {
  const manager = await Reader.signIn(world, personCalled('pat'), 'manager');
  const found: WithId<AuditEvent>[] = [];
  let next: string | undefined = 'AuditEvent?_count=50';
  for (let page = 0; next !== undefined; page += 1) {
    const answer = await manager.ask(next);
    if (!answer.ok || page > 200) throw new Error(`page ${page} of the access records: ${answer.status}`);
    const bundle = await answer.json() as Bundle<WithId<AuditEvent>>;
    for (const { resource } of bundle.entry ?? []) if (resource) found.push(resource);
    const address = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    next = address === undefined ? undefined : `?${new URL(address).searchParams.toString()}`;
  }
  return found;
}

/** Keycloak forgets what someone agreed to, as they themselves or an administrator may tell it to: the app's refresh tokens go with that. */
async function endSessions(issuer: string, username: string): Promise<void> {
  const { ask, user } = await administration(issuer, username);
  await ask(`users/${user}/consents/${CLIENT_ID}`, 'DELETE');
}

/** How many refresh tokens of the app Keycloak still honours for someone, in its own words. */
async function offlineSessions(issuer: string, username: string): Promise<number> {
  const { ask, user } = await administration(issuer, username);
  const [client] = await ask(`clients?clientId=${CLIENT_ID}`) as { id: string }[];
  return (await ask(`users/${user}/offline-sessions/${client?.id ?? ''}`) as unknown[]).length;
}

/** Keycloak's administration of the realm, and what it calls someone. */
async function administration(issuer: string, username: string): Promise<{ ask: (path: string, method?: string) => Promise<unknown>; user: string }> {
  const { origin } = new URL(issuer);
  const send = async (path: string, init: RequestInit): Promise<unknown> => {
    const answer = await fetch(`${origin}/${path}`, init);
    const said = await answer.text();
    if (!answer.ok) throw new Error(`Keycloak's administration answered ${answer.status} to ${path}: ${said}`);
    return said === '' ? undefined : JSON.parse(said);
  };
  const { access_token: token } = await send('realms/master/protocol/openid-connect/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin }) }) as { access_token: string };
  const ask = async (path: string, method = 'GET') => send(`admin/realms/${REALM}/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  const [user] = await ask(`users?exact=true&username=${username}`) as { id: string }[];
  return { ask, user: user?.id ?? '' };
}

/** @returns where a desk is asked, secret and all */
export async function serveDesk(world: World): Promise<{ address: string; stop: () => Promise<void> }> {
  const desk = deskOf(world);
  const path = `/${randomBytes(24).toString('hex')}`;
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method !== 'POST' || request.url !== path) return response.writeHead(404).end();
      const { name, values } = JSON.parse((await bodyOf(request)).toString()) as { name: keyof Desk; values: unknown[] };
      if (!Object.hasOwn(desk, name)) return response.writeHead(404).end();
      const answer = await (desk[name] as (...given: unknown[]) => Promise<unknown>)(...values);
      return response.end(JSON.stringify({ answer }));
    })().catch((error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, stop };
}
