import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { Problem, VaultPerson } from '../../preload/contract.ts';
import { SignIn } from './SignIn.tsx';

vi.mock('../door.ts', () => ({ door: {}, attempt: () => undefined }));

const practice = { name: 'Demo Surgery', odsCode: 'Z12345', support: { name: 'Practice office', contact: '020 7946 0000' } };
const person: VaultPerson = { vault: 'one', name: 'Dr Demo', broken: false, kept: false };
const shown = (people: VaultPerson[], notice: Problem | null): string => renderToStaticMarkup(<SignIn state={{ screen: 'sign-in', practice, people, notice }} />).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const away: Problem = { code: 'practice-unreachable', message: '' };

test('a practice that cannot be found: recordings here are spoken of only where somebody could open some', () => {
  expect(shown([person], away)).toContain('If you are already set up on this computer, you can unlock without a connection.');
  for (const people of [[], [{ ...person, name: '', broken: true }]]) {
    expect(shown(people, away)).toContain('No recordings that could be reviewed offline are on this computer');
    expect(shown(people, away)).not.toContain('you can unlock');
  }
  for (const people of [[], [person]]) expect(shown(people, away)).toContain('the address of the practice that was set up on this computer may be wrong');
});

test('what between here and the practice stands in the way stays said', () => {
  expect(shown([], { ...away, detail: { why: 'proxy', status: 407 } })).toMatch(/This network’s proxy does not let the app through .*the first sign-in needs a connection.*Sign in to the proxy/);
});
