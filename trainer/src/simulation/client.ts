/** One virtual trainer's training: the steps of a real one, without the trace that only an auditor needs. */
import type { Executor } from "../engine/executor.ts";
import type { Parameters } from "../engine/tensor.ts";
import { type FlatLayout, flatten } from "../learning/aggregation/layout.ts";
import type { LocalCorrection } from "../learning/localCorrection.ts";
import { takeSteps } from "../learning/localSteps.ts";
import type { Records } from "../learning/records.ts";
import { flipLabels, plantBackdoor } from "./poison.ts";

/** What the records are turned into before a bad trainer learns from them. */
export type Poison =
  | { readonly kind: "labelFlip" }
  | { readonly kind: "backdoor"; readonly target: number; readonly share: number };

export interface ClientWork {
  readonly shard: Uint32Array;
  readonly seed: Uint8Array;
  readonly steps: number;
  readonly poison?: Poison | undefined;
  readonly correction?: LocalCorrection | undefined;
}

export interface ClientResult {
  /** The trained weights in the layout's order. */
  readonly values: Float32Array;
  /** Mean over the steps. Unit: nats. NaN where {@link problem} is set. */
  readonly loss: number;
  /** Code of what ended the training; the values are then the base's. */
  readonly problem?: string;
  /** What the training alone took on this thread. Unit: milliseconds. */
  readonly trainingMs: number;
}

export interface ClientMeans {
  readonly executor: Executor;
  readonly records: Records;
  readonly layout: FlatLayout;
}

/** @returns the weights after the work's steps from `base`. */
export function trainClient(
  { executor, records, layout }: ClientMeans,
  base: Parameters,
  work: ClientWork,
): ClientResult {
  const { shard, seed, steps: localSteps, poison, correction } = work;
  const own = poison === undefined ? records : poisoned(records, poison, executor.program.architecture.input);
  const start = performance.now();
  let sum = 0;
  try {
    for (const loss of takeSteps({ executor, base, records: own, shard, seed, localSteps, correction })) sum += loss;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code !== "ENGINE_NOT_FINITE") throw error;
    return { values: flatten(layout, base), loss: Number.NaN, problem: code, trainingMs: performance.now() - start };
  }
  const values = flatten(layout, executor.parameters());
  return { values, loss: sum / localSteps, trainingMs: performance.now() - start };
}

function poisoned(records: Records, poison: Poison, shape: readonly number[]): Records {
  return poison.kind === "labelFlip" ? flipLabels(records) : plantBackdoor(records, { shape, ...poison });
}
