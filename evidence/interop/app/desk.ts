/** The desk (../desk.ts) from the app's process. */
import type { Desk } from '../desk.ts';

export function deskAt(address: string): Desk {
  return new Proxy({} as Desk, {
    get: (_desk, name) => async (...values: unknown[]) => {
      const response = await fetch(address, { method: 'POST', body: JSON.stringify({ name, values }) });
      const said = await response.text();
      if (!response.ok) throw new Error(`${String(name)}: ${said}`);
      return (JSON.parse(said) as { answer?: unknown }).answer;
    },
  });
}
