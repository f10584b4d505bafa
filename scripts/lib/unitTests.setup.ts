/** What every unit test has unless it says otherwise (`vi.unmock`). */
import { vi } from 'vitest';

// A vault is opened some thousand times: at the real cost, a seventh of a second of computing each. keyring.test.ts, the packaged app and the full fuzz run have the real one.
vi.mock('@node-rs/argon2', () => import('../../src/main/vault/cheapArgon.fixture.ts'));
