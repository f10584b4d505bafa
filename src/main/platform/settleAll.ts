/** Waits for all of them, whatever fails on the way. Throws the first failure, in their order, after all have ended. */
export async function settleAll(all: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
