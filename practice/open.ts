/** Opening the demo practice for people: on a port that stays the same, so that yesterday's vault still knows it, and with a list of who can sign in. */
import { startPractice, type LargeSize, type Practice } from './index.ts';

export const DEFAULT_PORT = 8474;
const PORTS_TO_TRY = 20;

/** Another program may have the port; the next free one is as good, and the site file says which it is. Throws when none of 20 is free. */
export async function openNear(port: number, large: readonly LargeSize[] = [], events = 0): Promise<Practice> {
  for (let tried = port; tried < port + PORTS_TO_TRY && tried <= 65_535; tried++) {
    try {
      const started = await startPractice({ port: tried, large, events });
      if (tried !== port) console.log(`Port ${port} is taken, so this is on port ${tried}.`);
      return started;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
  throw new Error(`No port from ${port} to ${port + PORTS_TO_TRY - 1} is free.`);
}

/** Where it is and who can sign in. */
export function doorplate({ url, people, repo }: Practice): string {
  const recordings = repo.recordings();
  const rows = people.map(({ username, password, name, roles, practitionerId }) => {
    const count = recordings.filter(({ ownerPractitionerIds }) => ownerPractitionerIds.includes(practitionerId)).length;
    const tells = [roles.join(' and ') || 'no role at the practice', ...(count > 0 ? [`${count} recordings to review`] : [])].join(', ');
    return [username, password, name, tells];
  });
  const table = [['Username', 'Password', 'Name', 'Who they are'], ...rows].map((row) => `  ${row.map((cell, i) => (i < 3 ? cell.padEnd(18) : cell)).join('')}`);
  return [`Demo Surgery is open at ${url}`, '', ...table, '', 'Nobody here is real.'].join('\n');
}
