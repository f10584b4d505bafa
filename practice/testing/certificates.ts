/** X.509 certificates (RFC 5280) of an authority of one's own, for tests of what a computer trusts. P-256 and ECDSA with SHA-256. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

const tlv = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...content: Buffer[]): Buffer => tlv(0x30, ...content);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer): Buffer => tlv(0x04, content);
const yes = tlv(0x01, Buffer.from([0xff]));
const bits = (content: Buffer): Buffer => tlv(0x03, Buffer.from([0]), content);

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const named = (name: string): Buffer => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));
const time = (at: Date): Buffer => tlv(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
const extension = (id: string, critical: boolean, value: Buffer): Buffer => sequence(oid(id), ...(critical ? [yes] : []), octets(value));

const basicConstraints = (isAuthority: boolean): Buffer => extension('551d13', true, sequence(...(isAuthority ? [yes] : [])));
const keyUsage = (usage: number): Buffer => extension('551d0f', true, tlv(0x03, Buffer.from([0, usage])));
const forServers = extension('551d25', false, sequence(oid('2b06010505070301')));
/** Of an IPv4 address. */
const forAddress = (address: string): Buffer => extension('551d11', false, sequence(tlv(0x87, Buffer.from(address.split('.').map(Number)))));

const CERTIFICATE_SIGN = 0x06;
const DIGITAL_SIGNATURE = 0x80;
const DAY_MS = 86_400_000;

interface Wanted {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signer: KeyObject;
  from: Date;
  until: Date;
  extensions: Buffer[];
}

function certificate({ subject, issuer, publicKey, signer, from, until, extensions }: Wanted): string {
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), tlv(0x02, serial), ecdsaWithSha256, named(issuer), sequence(time(from), time(until)), named(subject),
    publicKey.export({ type: 'spki', format: 'der' }), tlv(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signer)));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

export interface Authority {
  /** PEM, for a computer that is to trust it. */
  certificate: string;
  /** Key and certificate (PEM) of a server at an IPv4 address, valid for those days from now; both may be in the past. */
  server: (address: string, days?: { from: number; until: number }) => { key: string; cert: string };
}

export function newAuthority(name: string): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
  return {
    certificate: certificate({ subject: name, issuer: name, publicKey, signer: privateKey, from: inDays(-60), until: inDays(60), extensions: [basicConstraints(true), keyUsage(CERTIFICATE_SIGN)] }),
    server: (address, days = { from: -1, until: 30 }) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        cert: certificate({
          subject: address, issuer: name, publicKey: pair.publicKey, signer: privateKey, from: inDays(days.from), until: inDays(days.until),
          extensions: [basicConstraints(false), keyUsage(DIGITAL_SIGNATURE), forServers, forAddress(address)],
        }),
      };
    },
  };
}
