/** The planted fault of memory.ts: a sealer that keeps all of a recording before it seals any of it. */
import { report } from '../../src/main/vault/sealer/child.fixture.ts';
import type { FromSealer, ToSealer } from '../../src/main/vault/sealer/messages.ts';

const kept: Uint8Array[] = [];
const answer = (message: FromSealer): void => void process.send?.(message);
report((message: ToSealer) => {
  if (message.do === 'begin') answer({ did: 'begin', kept: [] });
  else if (message.do === 'part') answer({ did: 'part' });
  else if (message.do === 'chunk') {
    kept.push(message.bytes);
    answer({ did: 'chunk', bytes: message.bytes.length });
  } else answer({ did: 'end', received: { plainBytes: kept.reduce((sum, { length }) => sum + length, 0), sha256: '' } });
});
