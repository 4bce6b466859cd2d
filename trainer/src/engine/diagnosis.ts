/** Finds out where a number stopped being finite, after an executor has met one. Slow; runs once, at the end of a run. */
import { EngineError } from "./errors.ts";
import type { Backend } from "./executor.ts";
import { writtenSlots } from "./operationSlots.ts";
import type { Slot } from "./operations/slot.ts";
import type { StepContext } from "./operations.ts";
import type { TrainingProgram } from "./program.ts";

/** A step that went wrong. */
export interface FailedStep {
  readonly program: TrainingProgram;
  readonly backend: Backend;
  readonly context: StepContext;
  /** The operation that wrote a loss or a weight that is not finite; none after it has run. */
  readonly failedAt: number;
  readonly inputs: Float32Array;
}

/**
 * @returns `ENGINE_NOT_FINITE` with the step and, for a weight, the parameter and its first such value; for a loss, the
 *   first layer whose output holds one: the forward pass runs again, operation by operation.
 */
export function diagnose(failed: FailedStep): EngineError {
  const { step } = failed.context;
  const where = failed.program.owners[failed.failedAt] === "loss" ? "loss" : "weights";
  const { layer, value } = where === "loss" ? firstBadLayer(failed) : badWeight(failed);
  const found = where === "loss" && layer !== "loss" ? `the output of ${layer}` : layer;
  return new EngineError(
    { code: "ENGINE_NOT_FINITE", step, where, layer, value },
    `step ${step}: ${found} holds ${value}; the learning rate may be too high`,
  );
}

interface BadNumber {
  readonly layer: string;
  readonly value: number;
}

function badWeight({ program, backend, failedAt }: FailedStep): BadNumber {
  const [weight] = writtenSlots(program.operations[failedAt]!);
  return { layer: program.owners[failedAt]!, value: firstBad(backend, weight!) ?? Number.NaN };
}

function firstBadLayer({ program, backend, context, inputs }: FailedStep): BadNumber {
  const { arena } = backend;
  const loss = arena[program.loss.offset]!;
  arena.set(inputs, program.input.offset); // the first layer may have worked in place
  const input = firstBad(backend, program.input);
  if (input !== undefined) return { layer: "input", value: input };
  for (let at = 0; at < program.forwardCount; at++) {
    backend.run(at, at + 1, context);
    for (const slot of writtenSlots(program.operations[at]!)) {
      const value = firstBad(backend, slot);
      if (value !== undefined) return { layer: program.owners[at]!, value };
    }
  }
  return { layer: "loss", value: loss };
}

function firstBad({ arena }: Backend, { offset, length }: Slot): number | undefined {
  return arena.subarray(offset, offset + length).find((value) => !Number.isFinite(value));
}
