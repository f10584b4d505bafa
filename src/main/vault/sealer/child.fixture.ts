/** What main.ts is for a thread, for a process that Node forked. Says how much memory it took when it is asked. */
import type { ToSealer } from './messages.ts';
import { serve } from './serve.ts';

/** Listens to whoever forked this process. */
export function report(take: (message: ToSealer) => void): void {
  process.on('message', (message) => {
    if (message === 'peak') process.send?.({ peak: process.resourceUsage().maxRSS * 1024 });
    else take(message as ToSealer);
  });
  process.on('disconnect', () => process.exit());
}

if (import.meta.main) report(serve((message) => void process.send?.(message)));
