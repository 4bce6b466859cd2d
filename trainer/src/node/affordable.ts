/** Whether this node gives a task as much memory as its program needs; asked before anything of it is allocated. */
import type { TrainingProgram } from "../engine/program.ts";
import { NodeError } from "./nodeError.ts";

/** A plan is a stranger's, and a node has other duties besides. Unit: bytes. */
const MAX_PROGRAM_BYTES = 256 * 2 ** 20;

/**
 * @param threads how many the executor will have: each needs memory of its own.
 * @throws {NodeError} `NODE_PLAN_TOO_LARGE`
 */
export function requireAffordable(
  { arenaLength, scratchLength }: Pick<TrainingProgram, "arenaLength" | "scratchLength">,
  { taskId, threads }: { readonly taskId: bigint; readonly threads: number },
): void {
  const neededBytes = 4 * (arenaLength + threads * scratchLength);
  if (neededBytes <= MAX_PROGRAM_BYTES) return;
  throw new NodeError(
    { code: "NODE_PLAN_TOO_LARGE", neededBytes, maxBytes: MAX_PROGRAM_BYTES },
    `task ${taskId} needs ${neededBytes} bytes for its program; this node gives ${MAX_PROGRAM_BYTES}`,
  );
}
