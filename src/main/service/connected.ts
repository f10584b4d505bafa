import { net } from 'electron';

/** Is there any network? That there is says nothing of the practice. */
export const isConnected = (): boolean => net.isOnline();
