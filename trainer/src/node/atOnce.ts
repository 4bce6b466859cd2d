/** Many pieces of waiting, so many at a time. */

/**
 * Does `work` for each item, in order, `most` at a time.
 *
 * @throws what the first failing piece throws, once those that had begun are done; no more are begun then
 */
export async function atOnce<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let isFailed = false;
  const worker = async (): Promise<void> => {
    while (!isFailed && next < items.length) {
      try {
        await work(items[next++]!);
      } catch (error) {
        isFailed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
