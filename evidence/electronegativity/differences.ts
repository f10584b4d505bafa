export interface Finding {
  /** Name of the check: https://github.com/doyensec/electronegativity/wiki */
  id: string;
  /** Below src/, or `N/A` for what holds for the whole. */
  file: string;
}

/** What was found and is not explained, and what is explained and was not found. Lines move; a second finding of one check in one file counts. */
export function differences(found: readonly Finding[], known: readonly Finding[]): string[] {
  const title = ({ id, file }: Finding) => `${id} in ${file}`;
  const left = known.map(title);
  const unexplained = found.map(title).filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...unexplained.map((one) => `not explained: ${one}`), ...left.map((one) => `explained and not found any more: ${one}`)];
}
