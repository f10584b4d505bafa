/** A process beside main, as whoever talks to it sees it: the composition root knows how to start one. */
export interface ProcessBeside<To, From> {
  post(message: To): void;
  onMessage(listener: (message: From) => void): void;
  /** Called once when the process has ended, however it ended. */
  onExit(listener: () => void): void;
  kill(): void;
}
