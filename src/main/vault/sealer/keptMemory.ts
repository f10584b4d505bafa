/**
 * V8 gives every megabyte in which no buffer is left back to the system at once, and a sealer, which makes a new buffer for each segment and lets go of it a moment later, then waits for the system to give
 * and clear the same pages again: that took longer than the cipher (evidence/bench/NOTES.md). A small buffer in each megabyte keeps them.
 */
const MEGABYTE = 1024 * 1024;
const PIN_BYTES = 4096;

const pins: ArrayBuffer[] = [];

/** Keeps so many megabytes (MiB) for as long as this thread runs; by itself it takes 4 KiB for each. Of use in Electron alone, where the measure `ingest` shows it. */
export function keepMemory(megabytes: number): void {
  const between: Uint8Array[] = [];
  for (let n = 0; n < megabytes; n += 1) {
    between.push(new Uint8Array(MEGABYTE - PIN_BYTES));
    pins.push(new ArrayBuffer(PIN_BYTES));
  }
  letGo(between);
}

/** Frees the memory of each now, and not when the collector finds it: they are empty afterwards. One that is part of a larger buffer stays as it is. */
export function letGo(pieces: readonly Uint8Array[]): void {
  for (const { buffer, byteLength } of pieces) if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
