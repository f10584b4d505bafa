/** Rows whose content is asked for together, and how far before they come near the screen. */
const [BLOCK, AHEAD] = [50, 20];

/**
 * The rows of a list whose content is wanted, each once: those on the page, and where somebody scrolls the blocks around what is in sight. At the top of a list nobody scrolls yet, and what is there came with the answer.
 * @param onPage, inSight places in `ids`; on the page there may be one far away, which has the focus
 */
export function rowsWanted(ids: readonly string[], onPage: readonly number[], inSight: { startIndex: number; endIndex: number } | null): string[] {
  const wanted = new Set(onPage.flatMap((index) => ids[index] ?? []));
  if (inSight && inSight.startIndex > 0) {
    const block = (index: number): number => Math.floor(Math.max(0, index) / BLOCK);
    for (const id of ids.slice(block(inSight.startIndex - AHEAD) * BLOCK, (block(inSight.endIndex + AHEAD) + 1) * BLOCK)) wanted.add(id);
  }
  return [...wanted];
}
