/** Makes it when it is first asked for, and keeps it. For what takes milliseconds to make, which every start would wait for: a formatter of times takes three. */
export function onFirstUse<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
