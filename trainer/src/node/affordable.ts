/** Whether this node gives a task the memory and the time that its program needs; asked before any of it is allocated. */
import type { TrainingProgram } from "../engine/program.ts";
import { multiplicationsOf } from "../engine/stepCost.ts";
import { NodeError } from "./nodeError.ts";

/** A plan is a stranger's, and a node has other duties besides. Unit: bytes. */
const MAX_PROGRAM_BYTES = 256 * 2 ** 20;
/** Some ten seconds of one core. Nothing else runs within a step: no peer is answered, no Ctrl-C heard. */
const MAX_STEP_MULTIPLICATIONS = 2 ** 36;

/**
 * @param threads how many the executor will have: each needs memory of its own.
 * @throws {NodeError} `NODE_PLAN_TOO_LARGE` | `NODE_PLAN_TOO_SLOW`
 */
export function requireAffordable(
  { arenaLength, scratchLength, operations }: Pick<TrainingProgram, "arenaLength" | "scratchLength" | "operations">,
  { taskId, threads }: { readonly taskId: bigint; readonly threads: number },
): void {
  const neededBytes = 4 * (arenaLength + threads * scratchLength);
  if (neededBytes > MAX_PROGRAM_BYTES) {
    throw new NodeError(
      { code: "NODE_PLAN_TOO_LARGE", neededBytes, maxBytes: MAX_PROGRAM_BYTES },
      `task ${taskId} needs ${neededBytes} bytes for its program; this node gives ${MAX_PROGRAM_BYTES}`,
    );
  }
  const multiplications = multiplicationsOf(operations);
  if (multiplications <= MAX_STEP_MULTIPLICATIONS) return;
  throw new NodeError(
    { code: "NODE_PLAN_TOO_SLOW", multiplications, max: MAX_STEP_MULTIPLICATIONS },
    `a step of task ${taskId} takes ${multiplications} multiplications; this node gives ${MAX_STEP_MULTIPLICATIONS}`,
  );
}
