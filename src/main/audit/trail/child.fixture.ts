/** What main.ts is for Electron, for a process that Node forked. */
import type { ToTrail } from './messages.ts';
import { serve } from './serve.ts';

const take = serve((message) => void process.send?.(message));
process.on('message', (message) => take(message as ToTrail));
process.on('disconnect', () => process.exit());
