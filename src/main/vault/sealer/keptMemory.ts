/**
 * V8 gives every megabyte in which no buffer is left back to the system at once, and a sealer, which makes a new buffer for each segment and lets go of it a moment later, then waits for the system to give
 * and clear the same pages again: that took longer than the cipher (evidence/bench/NOTES.md). A small buffer in each megabyte keeps them.
 */
const MEGABYTE = 1024 * 1024;
const PIN_BYTES = 4096;

const pins: ArrayBuffer[] = [];

/** For as long as this thread runs. @returns bytes that this takes by itself */
export function keepMemory(megabytes: number): number {
  const between: ArrayBuffer[] = [];
  for (let n = 0; n < megabytes; n += 1) {
    between.push(new ArrayBuffer(MEGABYTE - PIN_BYTES));
    pins.push(new ArrayBuffer(PIN_BYTES));
  }
  letGo(between);
  return pins.reduce((bytes, pin) => bytes + pin.byteLength, 0);
}

/** Now, and not when they are found to be of no use. What is a part of something larger stays. */
export function letGo(buffers: readonly (ArrayBuffer | Buffer)[]): void {
  for (const one of buffers) {
    const buffer = one instanceof ArrayBuffer ? one : one.buffer;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === one.byteLength) buffer.transfer(0);
  }
}
