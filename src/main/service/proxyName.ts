/** The name of a proxy comes from whatever network the computer is in, and nobody vouches for it. */
import type { AuthInfo } from 'electron';

/** What a host may be written with; 253 characters are the longest name in the DNS (RFC 1035 §2.3.4). */
const HOST = /^[A-Za-z0-9._:[\]-]{1,253}$/;

/** `host:port` of the proxy that asks who is there, for the person to read before they answer; null where it is no proxy that asks, or nothing that could be read. */
export const proxyName = ({ isProxy, host, port }: Pick<AuthInfo, 'isProxy' | 'host' | 'port'>): string | null => (isProxy && HOST.test(host) ? `${host}:${port}` : null);
