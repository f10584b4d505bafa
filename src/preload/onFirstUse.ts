/** Makes it when it is first asked for, and keeps it. For what takes milliseconds to make, which every start would wait for: a formatter of times takes three. */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => (made ??= make());
}
