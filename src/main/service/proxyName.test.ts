import { expect, it } from 'vitest';
import { methods } from '../../preload/contract.ts';
import { proxyName } from './proxyName.ts';

const asks = (host: string, isProxy = true) => proxyName({ isProxy, host, port: 3128 });

it.each(['proxy.surgery.example', '10.0.0.1', '[2001:db8::1]', 'xn--prxy-0ra.example', 'a'.repeat(253)])('a proxy is named as the person reads it, and as the page takes it: %s', (host) => {
  expect(asks(host)).toBe(`${host}:3128`);
  expect(methods.proxyAsking.reply.parse(asks(host))).toBe(`${host}:3128`);
});

it('a server that asks who is there is no proxy, and has no name to be answered by', () => {
  expect(asks('practice.example', false)).toBeNull();
});

it.each(['', 'a'.repeat(254), 'proxy.example is safe', 'proxy\u202eelpmaxe', '<b>proxy</b>', 'proxy\nexample'])('a name that is none, or without end, is not answered: %j', (host) => {
  expect(asks(host)).toBeNull();
});
