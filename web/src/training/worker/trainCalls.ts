/** What the training worker can be asked. Types only; everything here can be posted. */
import type { Hex } from "@cairn/trainer/protocol/hex";
import type { DeviceWish, TabMode } from "./deviceChoice.ts";

/** Where the task's records come from. */
export type DataSource =
  /** The built-in set, drawn in the worker. */
  | { readonly kind: "glyphs" }
  /** Files of the visitor's; they are read in the worker and never leave it. */
  | { readonly kind: "files"; readonly files: readonly File[] };

export interface OpenInput {
  /** The task's plan, its digest already checked. */
  readonly plan: Uint8Array;
  /** The task's. */
  readonly mode: TabMode;
  /** Of a `Private` task these may be the visitor's own; else they must be the task's. */
  readonly data: DataSource;
  /** Range: 1 … 64. More than one only where memory may be shared. */
  readonly threads: number;
  readonly device: DeviceWish;
}

/** What computes. */
export type Device =
  /** Threads that compute: fewer than asked for where the browser gave fewer. */
  | { readonly kind: "wasm"; readonly threads: number }
  /** `isSoftware`: the driver computes on the processor. */
  | { readonly kind: "gpu"; readonly name: string; readonly isSoftware: boolean };

/** Why a graphics card does not compute, as an error would say it. */
export interface DeviceNotice {
  readonly code: string;
  readonly message: string;
}

export interface OpenedPlan {
  readonly localSteps: number;
  readonly batchSize: number;
  readonly shards: number;
  /** Trained numbers of the model. */
  readonly parameters: number;
  /** Records to train on, of all shards. */
  readonly records: number;
  /** Whether they are the visitor's own instead of the task's. */
  readonly isOwnData: boolean;
  /** Unit: milliseconds. */
  readonly openedInMs: number;
}

export interface Speed {
  readonly stepsPerSecond: number;
  readonly samplesPerSecond: number;
  /** What was that fast, and will train. */
  readonly device: Device;
  /** Of what was measured too and is slower. */
  readonly otherSamplesPerSecond?: number;
  /** Absent where a card trains, and where none was wanted. */
  readonly notice?: DeviceNotice;
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

/** Progress of `train`, once: the card failed, and the processor begins anew. */
export interface FellBack {
  readonly fellBack: DeviceNotice;
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
  readonly device: Device;
}

/** What `state` says of a version's bytes: where the rule's state is stored, when its trainers need it. */
export interface StateRef {
  readonly digest: Hex;
  readonly byteLength: number;
}

export type TrainCalls = {
  open(input: OpenInput): OpenedPlan;
  /** Trains on throw-away weights for so long, on all that may compute, and settles on the fastest. */
  measure(input: { readonly seconds: number }): Speed;
  /** Which further file the training of a version needs. */
  stateOf(input: { readonly weights: Uint8Array }): StateRef | undefined;
  train(input: TrainInput): Trained;
  /** From now on nothing but the processor computes. */
  leaveCard(input: Record<string, never>): void;
};
