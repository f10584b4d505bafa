/** The system's browser, for the pages of the sign-in. */
import { app, shell } from 'electron';
import { Failure } from './platform/failure.ts';

/** True when the system has a browser that took the address. Only ever called with an address that discovery gave. */
export async function openBrowser(address: string): Promise<boolean> {
  const { protocol: scheme } = new URL(address);
  if (scheme !== 'https:' && scheme !== 'http:') throw new Failure('practice-unsupported', 'sign-in address is no web address', { missing: 'a web address for sign-in' });
  // On Linux xdg-open answers success even where there is nothing to open with.
  if (app.getApplicationNameForProtocol(`${scheme}//`) === '') return false;
  try {
    await shell.openExternal(address);
    return true;
  } catch {
    return false;
  }
}
