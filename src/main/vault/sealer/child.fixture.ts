/** What main.ts is for Electron, for a process that Node forked. */
import type { ToSealer } from './messages.ts';
import { serve } from './serve.ts';

const take = serve((message) => void process.send?.(message), () => undefined);
process.on('message', (message) => take(message as ToSealer));
process.on('disconnect', () => process.exit());
