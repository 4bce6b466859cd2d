/** Bounds a wait by time and by an abort signal, for libraries that take neither. */
import { ChainError } from "./chainError.ts";

export interface DeadlineOptions {
  readonly signal: AbortSignal;
  /** Unit: milliseconds. */
  readonly timeoutMs: number;
  /** What is being waited for, for the message. */
  readonly doing: string;
}

/**
 * @returns what `work` resolves to.
 * @throws {ChainError} `CHAIN_TIMEOUT` after `timeoutMs` | `CHAIN_ABORTED` when `signal` fires. `work` itself goes on, and
 *   its late result is dropped.
 */
export async function withDeadline<T>(work: Promise<T>, { signal, timeoutMs, doing }: DeadlineOptions): Promise<T> {
  let cleanUp = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(new ChainError({ code: "CHAIN_ABORTED", doing }, `${doing} was stopped`));
    const timer = setTimeout(() => {
      reject(new ChainError({ code: "CHAIN_TIMEOUT", doing, timeoutMs }, `${doing}: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    cleanUp();
    work.catch(() => {}); // its failure after the deadline is nobody's business any more
  }
}

export interface PauseOptions {
  /** Whether the process goes on for this wait alone. @default true */
  readonly holdsProcess?: boolean;
}

/** Waits `ms`, or less when `signal` fires. Never throws: the caller's loop looks at the signal itself. */
export async function pause(
  ms: number,
  signal: AbortSignal,
  { holdsProcess = true }: PauseOptions = {},
): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (!holdsProcess) (timer as { readonly unref?: () => void }).unref?.(); // a tab's timers are numbers
    signal.addEventListener("abort", done, { once: true });
  });
}
