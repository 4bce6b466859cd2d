/** Who does the trainings of a simulation: this thread, or several. The bits are the same. */
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { layoutOf } from "../learning/aggregation/layout.ts";
import type { Records } from "../learning/records.ts";
import { type ClientResult, type ClientWork, trainClient } from "./client.ts";

export interface TrainingPool {
  /** Trainings that are under way at once. */
  readonly width: number;
  /** What the trainings until the next call start from. Not to be called while one is under way. */
  begin(base: Parameters): void;
  train(work: ClientWork): Promise<ClientResult>;
  close(): Promise<void>;
}

/** @returns a pool of this thread alone. `close` leaves the executor to its owner. */
export function createInlinePool(executor: Executor, records: Records): TrainingPool {
  let base: Parameters | undefined;
  return {
    width: 1,
    begin(parameters) {
      base = parameters;
    },
    async train(work) {
      if (base === undefined) throw new TypeError("begin comes before train");
      return trainClient({ executor, records, layout: layoutOf(base) }, base, work);
    },
    close: async () => {},
  };
}

/** Trainings begun beyond those whose turn it is, for each thread: a slow one does not hold up the others. */
const AHEAD = 3;

/**
 * Trains in the given order and gives the results in that order, so that a sum over them has one set of bits.
 *
 * Holds at most {@link AHEAD} results a thread, whatever there is to train.
 *
 * @throws the signal's reason when aborted, and what a training throws
 */
export async function* trainInOrder<T extends ClientWork>(
  pool: TrainingPool,
  works: Iterable<T>,
  signal?: AbortSignal,
): AsyncGenerator<readonly [T, ClientResult], void> {
  const waiting: (readonly [T, Promise<ClientResult>])[] = [];
  const next = works[Symbol.iterator]();
  const fill = (): void => {
    while (waiting.length < AHEAD * pool.width) {
      const { value, done } = next.next();
      if (done === true) return;
      const result = pool.train(value);
      result.catch(() => {}); // thrown where its turn comes
      waiting.push([value, result]);
    }
  };
  for (fill(); waiting.length > 0; fill()) {
    signal?.throwIfAborted();
    const [work, result] = waiting.shift()!;
    yield [work, await result];
  }
}
