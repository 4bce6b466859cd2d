/** Optimisers: how they are read, what state they keep, and the operations of their step. */
import { EngineError } from "./errors.ts";
import { readFields } from "./fields.ts";
import type { Operation, Slot } from "./operations.ts";

/** Stochastic gradient descent. Both numbers are binary32. */
export interface SgdOptimiser {
  readonly type: "sgd";
  /** Above 0. */
  readonly learningRate: number;
  /** Range: 0 ≤ momentum < 1. At 0 no velocity is kept. */
  readonly momentum: number;
}

/** One parameter as an optimiser sees it. */
interface Learnable {
  readonly name: string;
  readonly value: Slot;
  readonly gradient: Slot;
}

/** @returns name of a parameter's velocity in {@link Checkpoint.optimiserState}. */
export function velocityName(parameter: string): string {
  return `velocity.${parameter}`;
}

/**
 * @param value JSON from anywhere. Numbers are rounded to binary32 once, here.
 * @throws {EngineError} `ENGINE_OPTIMISER_MALFORMED` naming the path
 */
export function parseOptimiser(value: unknown): SgdOptimiser {
  const fields = readFields(value, "$", malformed);
  const optimiser = {
    type: fields.word("type", ["sgd"]),
    learningRate: fields.float("learningRate", "above 0", (rate) => rate > 0),
    momentum: fields.float("momentum", "from 0 to below 1", (momentum) => momentum >= 0 && momentum < 1),
  };
  fields.end();
  return optimiser;
}

/**
 * @param state gives the slot of a named, zero-initialised piece of optimiser state as long as the parameter.
 * @returns the operation that updates one parameter.
 */
export function updateOperation(
  { learningRate: rate, momentum }: SgdOptimiser,
  { name, value: weight, gradient }: Learnable,
  state: (name: string, length: number) => Slot,
): Operation {
  if (momentum === 0) return { kind: "sgd", rate, weight, gradient };
  return { kind: "sgdMomentum", rate, momentum, weight, gradient, velocity: state(velocityName(name), weight.length) };
}

function malformed(path: string, problem: string): EngineError {
  return new EngineError({ code: "ENGINE_OPTIMISER_MALFORMED", path }, `the optimiser's ${path} ${problem}`);
}
