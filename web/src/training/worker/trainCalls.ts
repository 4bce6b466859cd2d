/** What the training worker can be asked. Types only; everything here can be posted. */
import type { Hex } from "@cairn/trainer/protocol/hex";

/** Where the task's records come from. */
export type DataSource =
  /** The built-in set, drawn in the worker. */
  | { readonly kind: "glyphs" }
  /** Files of the visitor's; they are read in the worker and never leave it. */
  | { readonly kind: "files"; readonly files: readonly File[] };

export interface OpenInput {
  /** The task's plan, its digest already checked. */
  readonly plan: Uint8Array;
  readonly data: DataSource;
  /** Range: 1 … 64. More than one only where memory may be shared. */
  readonly threads: number;
}

export interface OpenedPlan {
  readonly localSteps: number;
  readonly batchSize: number;
  readonly shards: number;
  /** Trained numbers of the model. */
  readonly parameters: number;
  /** Records to train on, of all shards. */
  readonly records: number;
  /** Threads that compute: fewer than asked for where the browser gave fewer. */
  readonly threads: number;
  /** Unit: milliseconds. */
  readonly openedInMs: number;
}

export interface Speed {
  readonly stepsPerSecond: number;
  readonly samplesPerSecond: number;
}

export interface TrainInput {
  /** The version that the round starts from, its digest already checked. */
  readonly weights: Uint8Array;
  /** The aggregation's state, where the version names one and the rule's trainers need it. */
  readonly state?: Uint8Array;
  readonly roundSeed: Hex;
  readonly taskId: bigint;
  readonly round: number;
  readonly slot: number;
  /** The trainer's account. */
  readonly address: string;
}

/** Progress of `train`: ten times a second, and at least fifty times a run. */
export interface TrainProgress {
  readonly step: number;
  readonly loss: number;
  /** Mean loss since the last report. Unit: nats, or the targets' squared. */
  readonly meanLoss: number;
}

export interface Trained {
  readonly bytes: Uint8Array;
  readonly digest: Hex;
  readonly traceRoot: Hex;
  readonly sampleCount: number;
  readonly loss: number;
  /** Unit: seconds. */
  readonly seconds: number;
}

/** What `state` says of a version's bytes: where the rule's state is stored, when its trainers need it. */
export interface StateRef {
  readonly digest: Hex;
  readonly byteLength: number;
}

export type TrainCalls = {
  open(input: OpenInput): OpenedPlan;
  /** Trains on throw-away weights for so long. */
  measure(input: { readonly seconds: number }): Speed;
  /** Which further file the training of a version needs. */
  stateOf(input: { readonly weights: Uint8Array }): StateRef | undefined;
  train(input: TrainInput): Trained;
};
