/** Holds the run's state, stamps every event with the time, and lets others wait for a state. Prints nothing. */
import { reduce } from "./reduce.ts";
import type { ChainEvent, HeardEvent, OwnEvent, RunEvent } from "./runEvent.ts";
import { EMPTY_RUN, type RunState } from "./runState.ts";

export interface RunStore {
  readonly state: () => RunState;
  /** Since the run began. Unit: milliseconds. */
  readonly nowMs: () => number;
  readonly emit: (event: OwnEvent | ChainEvent | HeardEvent) => void;
  /** Resolves with the first state, present or coming, of which `isReached` is true. @throws the signal's reason */
  until(isReached: (state: RunState) => boolean, signal: AbortSignal): Promise<RunState>;
}

export interface RunStoreOptions {
  /** Unit: milliseconds, from any beginning. */
  readonly clockMs: () => number;
  /** Told after every event that changed something. */
  readonly onChange: (state: RunState, event: RunEvent) => void;
}

export function createRunStore({ clockMs, onChange }: RunStoreOptions): RunStore {
  const beganMs = clockMs();
  const nowMs = (): number => clockMs() - beganMs;
  const waiting = new Set<(state: RunState) => void>();
  let state = EMPTY_RUN;
  return {
    state: () => state,
    nowMs,
    emit(event) {
      const stamped: RunEvent = { ...event, atMs: nowMs() };
      const next = reduce(state, stamped);
      if (next === state) return;
      state = next;
      onChange(state, stamped);
      for (const look of [...waiting]) look(state);
    },
    until: (isReached, signal) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          waiting.delete(look);
          signal.removeEventListener("abort", onAbort);
          finish();
        };
        const look = (present: RunState): void => {
          if (isReached(present)) settle(() => resolve(present));
        };
        const onAbort = (): void => settle(() => reject(signal.reason));
        if (signal.aborted) return onAbort();
        signal.addEventListener("abort", onAbort, { once: true });
        waiting.add(look);
        look(state);
      }),
  };
}
