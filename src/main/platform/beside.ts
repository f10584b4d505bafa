/** A process or thread beside main, as whoever talks to it sees it: the composition root knows how to start one. */
export interface Beside<To, From> {
  /** @param given buffers of the message that are not needed any more: a thread takes them over, and nothing is left of them here */
  post(message: To, given?: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: From) => void): void;
  /** Called once when it has ended, however it ended. */
  onExit(listener: () => void): void;
  kill(): void;
}
