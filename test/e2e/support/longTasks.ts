/** How long a page was not free to answer its visitor, as the browser itself tells. */
import type { BrowserContext, Page } from "playwright-core";

interface Watched {
  longestTaskMs: number;
}

/** Must come before the first page is opened. */
export async function watchLongTasks(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const watched = window as unknown as Watched;
    watched.longestTaskMs = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.longestTaskMs = Math.max(watched.longestTaskMs, duration);
    }).observe({ type: "longtask" });
  });
}

/** @returns what tells the longest task from now on; 0 means that none took 50 ms. Unit: milliseconds. */
export async function longestTask(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    (window as unknown as Watched).longestTaskMs = 0;
  });
  return () => page.evaluate(() => (window as unknown as Watched).longestTaskMs);
}
