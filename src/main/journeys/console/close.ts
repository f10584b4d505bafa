/** Of a file of its own, because whoever leaves or comes in needs it, and nobody the console with it: the first screen waits for what is imported on the way to it. */
import type { Desk } from '../desk.ts';

/** Nothing of the record stays on this computer. */
export async function closeConsole(desk: Desk): Promise<void> {
  const { console } = desk;
  desk.console = null;
  await (await console?.catch(() => null))?.close();
}
