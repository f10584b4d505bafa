/** The contract's methods of "This computer". Whoever sits at this computer may call them, signed in or not: what they answer holds nothing of a patient or a person. */
import type { SupportBundle } from '../../../preload/health.ts';
import { Failure } from '../../platform/failure.ts';
import { log } from '../../platform/log.ts';
import { errorName } from '../../platform/errorCodes.ts';
import type { Desk } from '../desk.ts';
import { saveUnrecorded } from '../exports.ts';
import { supportBundle } from './bundle.ts';
import { health } from './health.ts';

export function healthHandlers(desk: Desk) {
  /** What the person was shown last: that leaves, and nothing that came later. */
  let shown: SupportBundle | null = null;
  const shownOrThrow = (): SupportBundle => {
    if (!shown) throw new Failure('bad-request', 'no bundle was shown');
    return shown;
  };
  return {
    health: () => health(desk),
    pageFailed: (_window: number, name: string) => {
      log('fault', { step: 'page', errorName: errorName(name) });
      return null;
    },
    supportBundle: async () => {
      shown = await supportBundle(desk);
      return shown;
    },
    copySupportBundle: () => {
      const { text, lines } = shownOrThrow();
      desk.machine.copyText(text);
      log('support-bundle', { count: lines });
      return null;
    },
    saveSupportBundle: async () => {
      const { text, lines } = shownOrThrow();
      const file = await saveUnrecorded(desk.machine.downloads, 'support', 'json', text, desk.machine.now());
      log('support-bundle', { count: lines });
      return { file };
    },
  };
}
