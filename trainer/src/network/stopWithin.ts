/** A bounded wait for something to end. Knows nothing of what it stops. */

/**
 * Waits for `stopping`, but never longer than `timeoutMs`; what it throws in the end is dropped, for we are leaving.
 *
 * @returns whether it ended in time.
 */
export async function stopWithin(stopping: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  try {
    return await Promise.race([
      stopping.then(
        () => true,
        () => true,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
