/** What the inference worker can be asked. Types only; everything here can be posted. */
import type { Architecture } from "@cairn/trainer/engine/architecture";
import type { Evaluation } from "@cairn/trainer/learning/evaluate";

export interface OpenModel {
  /** As the model's document gives it. */
  readonly architecture: Architecture;
  /** A published version, its digest already checked. */
  readonly weights: Uint8Array;
}

export interface OpenedModel {
  /** `[rows, columns, channels]` of images. */
  readonly inputShape: readonly number[];
  /** 0 where outputs are values. */
  readonly classes: number;
  /** Trained numbers. */
  readonly parameters: number;
}

export interface Prediction {
  /** Shape `[classes]`; sums to 1. */
  readonly probabilities: Float32Array;
  /** Of the forward pass. Unit: milliseconds. */
  readonly computedInMs: number;
}

export interface EvaluationProgress {
  readonly done: number;
  readonly count: number;
}

export interface VersionEvaluation extends Evaluation {
  /** Records that were looked at. */
  readonly count: number;
  /** Unit: seconds. */
  readonly seconds: number;
}

export type InferCalls = {
  open(input: OpenModel): OpenedModel;
  /** @param input one record, as the data set's are: shape of the model's input, row-major. */
  predict(input: { readonly record: Float32Array }): Prediction;
  /** On the test split of the built-in data set. */
  evaluate(input: { readonly recordsRoot: string }): VersionEvaluation;
  /** @returns test records of the built-in set, one of each class, as grey bytes. */
  samples(input: { readonly count: number }): readonly Sample[];
};

export interface Sample {
  readonly label: number;
  /** Shape `[28, 28]`. */
  readonly grey: Uint8Array;
}
