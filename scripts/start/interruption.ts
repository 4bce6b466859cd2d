/** Ctrl-C, SIGTERM and the deadline as one abort signal that says which of them it was. */
import { StartError } from "./startError.ts";

export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }

  get exitCode(): number {
    return this.signal === "SIGINT" ? 130 : this.signal === "SIGTERM" ? 143 : 129;
  }
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** The deadline no longer counts; signals do. */
  liftDeadline(): void;
  close(): void;
}

/** A terminal and a wrapper may both deliver one Ctrl-C; a later one is a second. Unit: milliseconds. */
const SAME_PRESS_MS = 500;

export interface InterruptionOptions {
  readonly timeoutSeconds: number;
  /** What is going on, for the message when time is up. */
  readonly doing: () => string;
  /** A second Ctrl-C: the user does not want to wait for an orderly end. */
  readonly onImpatience: () => void;
}

export function createInterruption({ timeoutSeconds, doing, onImpatience }: InterruptionOptions): Interruption {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstMs !== undefined && performance.now() - firstMs > SAME_PRESS_MS) onImpatience();
    firstMs ??= performance.now();
    controller.abort(new Interrupted(signal));
  };
  const timer = setTimeout(() => {
    const detail = { code: "START_DEADLINE", doing: doing(), seconds: timeoutSeconds } as const;
    controller.abort(new StartError(detail, `not done after ${timeoutSeconds} s (${detail.doing})`));
  }, timeoutSeconds * 1000);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    liftDeadline: () => clearTimeout(timer),
    close() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
