/** Which tasks a command takes where none are named. */
import type { Address } from "viem";
import { readMembership } from "../chain/cohorts.ts";
import type { Chain } from "../chain/connection.ts";
import { TASK_MODES } from "../protocol/contractEnums.ts";
import { newest } from "./chainLists.ts";
import { cohortPlace } from "./cohortPlace.ts";
import { OFFERED_MODES } from "./taskTerms.ts";

/** More are not taken unasked. Unit: tasks. */
const MAX_TASKS = 8;

/** @returns the newest tasks that have rounds left and can be taken part in. @throws {ChainError} */
export async function openTasks(chain: Chain, signal: AbortSignal): Promise<bigint[]> {
  const ids = newest(await chain.read("flContract", "taskCount", [], { signal }));
  const tasks = await Promise.all(
    ids.map(async (id) => ({ id, task: await chain.read("flContract", "taskOf", [id], { signal }) })),
  );
  const open = tasks.filter(({ task }) => {
    return (
      !task.closed &&
      task.round < task.parameters.rounds &&
      OFFERED_MODES.some((mode) => mode === TASK_MODES[task.parameters.mode])
    );
  });
  return open.slice(0, MAX_TASKS).map(({ id }) => id);
}

/** @returns as {@link openTasks}, of every group the one cohort that `node` belongs in. @throws {CliError} | {ChainError} */
export async function openTasksFor(chain: Chain, node: Address, signal: AbortSignal): Promise<bigint[]> {
  const chosen = new Set<bigint>();
  for (const taskId of await openTasks(chain, signal)) {
    const { modelId } = (await chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
    const membership = await readMembership(chain, modelId, { signal });
    const { groupId } = membership ?? {};
    chosen.add(groupId === undefined ? taskId : await cohortPlace(chain, { groupId, node }, { signal }));
  }
  return [...chosen];
}
