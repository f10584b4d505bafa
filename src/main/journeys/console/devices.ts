/** Which computers' records count: what the practice's list says, what this manager remembers, and deciding. */
import { Failure } from '../../platform/failure.ts';
import { Chain, ChainKey, chainName, decideDevice, readDeviceList, type DeviceList } from '../../service/deviceList.ts';
import type { RememberedChain } from '../../vault/ledger.ts';
import type { Desk } from '../desk.ts';
import { act, managerHere, readerHere, refused, stillHere } from './acts.ts';

/** The list as it is now, and what this manager's own ledger has seen of it: of each chain the first enrolled key, and the highest verified entry. */
export async function readDevices(desk: Desk): Promise<{ list: DeviceList; remembered: Map<string, RememberedChain> }> {
  const manager = readerHere(desk);
  const list = await readDeviceList(manager.http, desk.now());
  stillHere(desk, manager);
  const { ledger } = manager.vault;
  const known = new Map(ledger.rememberedChains().map((one) => [chainName(one), one]));
  const first = [...list.chains.values()].flatMap(({ chain, state, key }) => (state === 'enrolled' && key !== null && known.get(chainName(chain))?.key == null ? [{ ...chain, key }] : []));
  if (first.length > 0) ledger.sawEnrolled(first);
  return { list, remembered: first.length === 0 ? known : new Map(ledger.rememberedChains().map((one) => [chainName(one), one])) };
}

/** @param key base64url of the public key that its record is signed with, as the manager was shown it */
export async function enrolDevice(desk: Desk, chain: Chain, key: string): Promise<void> {
  const manager = managerHere(desk);
  const of = Chain.safeParse(chain).data;
  if (!of || !ChainKey.safeParse(key).success) throw new Failure('bad-request', 'no chain or key');
  await act(desk, manager, [{ event: 'device-enrolled', chain: of, key }], () => decideDevice(manager.http, { chain: of, state: 'enrolled', key, at: desk.now(), by: manager.me }, manager.role));
  manager.vault.ledger.enrolled({ ...of, key });
}

/** From here on nothing of that chain counts as verified. What was remembered of it stays. */
export async function revokeDevice(desk: Desk, chain: Chain): Promise<void> {
  const manager = managerHere(desk);
  const of = Chain.safeParse(chain).data;
  if (!of) throw new Failure('bad-request', 'no chain');
  const list = await readDeviceList(manager.http, desk.now());
  if (list.state !== 'read') throw refused('list-unreadable');
  const before = list.chains.get(chainName(of));
  if (!before) throw refused('device-unknown');
  const { key } = before;
  await act(desk, manager, [{ event: 'device-revoked', chain: of, key }], () => decideDevice(manager.http, { chain: of, state: 'revoked', key, at: desk.now(), by: manager.me }, manager.role));
}
