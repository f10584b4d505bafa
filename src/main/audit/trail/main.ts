/** The trail's process: an Electron utility process, so that neither a million entries nor their verification hold up the screens. It has no network and no window. */
import { useNativeBinding } from '../../platform/database.ts';
import { sqliteBinding } from '../../platform/runtime.ts';
import type { ToTrail } from './messages.ts';
import { serve } from './serve.ts';

useNativeBinding(sqliteBinding(process.resourcesPath));
const { parentPort } = process;
const take = serve((message) => parentPort.postMessage(message));
parentPort.on('message', ({ data }) => take(data as ToTrail));
