/** Why something did not answer, or not as it should, in words for whoever looks after a practice's systems. Codes and statuses alone: no address, and nothing that was answered. */
import { Failure } from '../platform/failure.ts';
import { unanswered, type Why } from '../platform/heard.ts';

interface Reason {
  found: string;
  fix: string;
}

const reason = (found: string, fix: string): Reason => ({ found, fix });

/** Names of Chromium's network errors (net_error_list.h), and Node's. The first that is met counts. */
const signs: readonly [RegExp, Reason][] = [
  [/ERR_NAME_NOT_RESOLVED|ENOTFOUND|EAI_AGAIN|ERR_NAME_RESOLUTION_FAILED/, reason('its name is not known to DNS', 'Correct the address in the site file, or have the DNS server that this computer asks know the name.')],
  [/ERR_CONNECTION_REFUSED|ECONNREFUSED/, reason('the connection was refused', 'Nothing listens at this address and port, or a firewall refuses: start the server, correct the port in the site file, or open the firewall.')],
  [/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ENETUNREACH|ENETDOWN/, reason('this computer has no network', 'Connect this computer to the network.')],
  [/ERR_CERT_COMMON_NAME_INVALID|ERR_TLS_CERT_ALTNAME_INVALID/, reason('its certificate is of another name', 'Use the name that the certificate has in the site file, or issue the certificate for this one.')],
  [/ERR_CERT_AUTHORITY_INVALID|UNABLE_TO_(GET_ISSUER|VERIFY)|SELF_SIGNED_CERT|CERT_UNTRUSTED/, reason('its certificate is of an authority that this computer does not trust', 'Add the authority’s certificate to this computer’s own store, and have the server send the whole chain. A filter that reads TLS needs its authority there too.')],
  [/ERR_TIMED_OUT|ERR_CONNECTION_TIMED_OUT|ETIMEDOUT|TimeoutError/, reason('it did not answer in time', 'Look at the server’s load, and whether a firewall drops what this computer sends.')],
  [/ERR_CONNECTION_(RESET|CLOSED|ABORTED)|ERR_EMPTY_RESPONSE|ECONNRESET|UND_ERR_SOCKET/, reason('the connection was closed without an answer', 'Look at the log of the server, or of the gateway before it: something ends the connection.')],
  [/ERR_ADDRESS_UNREACHABLE|EHOSTUNREACH|ERR_CONNECTION_FAILED/, reason('there is no way to its address', 'Look at the route to the server: VPN, firewall, network.')],
];

/** As platform/heard.ts tells them apart. */
const known: Partial<Record<string, Reason>> = {
  page: reason('a web page or a redirect came in place of an answer', 'Either the address in the site file is not that of the service, or something in between answers: a network that wants a sign-in, a filter, a web server whose application is away.'),
  proxy: reason('the proxy on the way asks who is there, or lets nothing through', 'Let Viewing Room pass the proxy without a password, or except this address from it.'),
  certificate: reason('its certificate is not valid', 'Look at the certificate in a browser on this computer, and renew it or trust its authority.'),
  'certificate-date': reason('its certificate is not valid on this computer’s date', 'Set this computer’s clock right; if it is, renew the certificate.'),
} satisfies Record<Why, Reason>;

const UNKNOWN = reason('no answer', 'See that this computer reaches the address in a browser.');

const codeOf = (error: Error): string[] => ('code' in error && typeof error.code === 'string' ? [error.code] : []);

/** @param error what a request threw */
export function whyUnanswered(error: unknown): Reason {
  const names: string[] = [];
  for (let cause = error; cause instanceof Error; { cause } = cause) names.push(cause.name, cause.message, ...codeOf(cause));
  const found = signs.find(([sign]) => names.some((name) => sign.test(name)));
  const { detail } = unanswered(error);
  const { found: words, fix } = found?.[1] ?? known[String(detail?.why)] ?? UNKNOWN;
  const code = names.map((name) => /\b(?:net::)?(ERR_[A-Z_]{3,60})\b/.exec(name)?.[1]).find((one) => one !== undefined);
  const said = [code, typeof detail?.status === 'number' ? `status ${detail.status}` : undefined].filter((one) => one !== undefined);
  return { found: said.length === 0 ? words : `${words} (${said.join(', ')})`, fix };
}

/** What became of a question that was not answered as it should, in a few words. Messages of a Failure name nobody. */
export function saidOf(error: unknown): string {
  if (!(error instanceof Failure)) return 'a fault of the app itself';
  const { code, message, detail } = error;
  if (code === 'practice-unreachable') return whyUnanswered(error).found;
  if (code === 'session-expired') return 'the token was refused (401)';
  if (detail?.refusedPage !== undefined) return 'refused (403, 404 or 410)';
  return typeof detail?.status === 'number' ? `${message} (${detail.status})` : message;
}
