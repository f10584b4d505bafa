import type { ViewingRoom } from '../preload/contract.ts';

declare global {
  interface Window {
    /** The door to the main process; see the contract. */
    readonly viewingRoom: ViewingRoom;
    VIDEOJS_NO_DYNAMIC_STYLE?: boolean;
  }
}
