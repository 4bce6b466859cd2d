/** Whether a tab gives a stranger's program the memory and the time that it asks for; asked before any is allocated. */
import type { TrainingProgram } from "@cairn/trainer/engine/program";
import { multiplicationsOf } from "@cairn/trainer/engine/stepCost";
import { TrainError } from "../trainError.ts";

/** A tab shares its process with others. Unit: bytes. */
const MAX_PROGRAM_BYTES = 512 * 2 ** 20;

/** Some ten seconds of one core; within a step no stop is heard. */
const MAX_STEP_MULTIPLICATIONS = 2 ** 36;

/** @throws {TrainError} `TRAIN_PLAN_TOO_LARGE` | `TRAIN_PLAN_TOO_SLOW` */
export function requireAffordable(
  { arenaLength, scratchLength, operations }: Pick<TrainingProgram, "arenaLength" | "scratchLength" | "operations">,
  threads: number,
): void {
  const neededBytes = 4 * (arenaLength + threads * scratchLength);
  if (neededBytes > MAX_PROGRAM_BYTES) {
    throw new TrainError(
      { code: "TRAIN_PLAN_TOO_LARGE", neededBytes, maxBytes: MAX_PROGRAM_BYTES },
      `the task needs ${neededBytes} bytes for its program; a tab gives ${MAX_PROGRAM_BYTES}`,
    );
  }
  const multiplications = multiplicationsOf(operations);
  if (multiplications <= MAX_STEP_MULTIPLICATIONS) return;
  throw new TrainError(
    { code: "TRAIN_PLAN_TOO_SLOW", multiplications, max: MAX_STEP_MULTIPLICATIONS },
    `a step of the task takes ${multiplications} multiplications; a tab gives ${MAX_STEP_MULTIPLICATIONS}`,
  );
}
