/** What crosses the door, both ways, held to the contract. */
import type { WebContents } from 'electron';
import type { MethodName, Methods, Pushed, Pushes, PushName, Result } from '../../preload/contract.ts';
import { Failure } from '../platform/failure.ts';
import { resultOf, type Handlers } from './ipc.ts';

/** No parser is compiled for what crosses: at a start that takes longer than the parsing, and later it saves nothing that can be measured. */
const UNCOMPILED = { jitless: true } as const;

/** What crosses, as it crosses. */
type NoteCrossing = (kind: 'reply' | 'push', name: string, value: unknown) => void;

let note: NoteCrossing | null = null;

/** For the test build's witness alone: the shipped bundle has neither this nor its uses. */
export function noteCrossings(to: NoteCrossing): void {
  note = to;
}

/** The contract, or the part of it that has been read. */
export interface Schemas {
  readonly methods: Partial<Methods>;
  readonly pushes: Partial<Pushes>;
}

/** @param handlers those that there are; one that is missing was asked for by who should not have */
export async function answer({ methods }: Schemas, handlers: Partial<Handlers>, name: MethodName, window: number, raw: unknown): Promise<Result<unknown>> {
  const result = await resultOf(name, async () => {
    const schema = methods[name];
    const args = schema?.args.safeParse(raw, UNCOMPILED);
    if (!schema || !args?.success) throw new Failure('bad-request', `arguments of ${name}`);
    const handler = handlers[name] as (window: number, ...args: unknown[]) => unknown;
    return schema.reply.parse(await handler(window, ...(args.data as unknown[])), UNCOMPILED);
  });
  if (__TEST_BUILD__) note?.('reply', name, result);
  return result;
}

export function push<K extends PushName>({ pushes }: Schemas, contents: WebContents, name: K, value: Pushed<K>): void {
  if (contents.isDestroyed()) return;
  const schema = pushes[name];
  if (!schema) throw new Error(`${name} is pushed before there is anybody to have done anything`);
  const crossing = schema.parse(value, UNCOMPILED);
  if (__TEST_BUILD__) note?.('push', name, crossing);
  contents.send(`push:${name}`, crossing);
}
