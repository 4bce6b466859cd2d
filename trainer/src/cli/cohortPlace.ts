/** Which cohort of a group a node takes part in: the one that it has a place in, or the emptiest. */
import type { Address } from "viem";
import { readCohorts, readGroup } from "../chain/cohorts.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { CliError } from "./cliError.ts";

/**
 * @returns the cohort's task: where `node` is enrolled, else the one with the fewest trainers that has a place left, of equals the
 *   first. Two that join at once may choose the same one, and the contract refuses nobody but where it is full.
 * @throws {CliError} `CLI_GROUP_UNKNOWN` | `CLI_GROUP_FULL`; {ChainError}
 */
export async function cohortPlace(
  chain: Chain,
  { groupId, node }: { readonly groupId: bigint; readonly node: Address },
  options: CallOptions,
): Promise<bigint> {
  const count = await chain.read("cohorts", "groupCount", [], options);
  if (groupId > count) {
    throw new CliError(
      { code: "CLI_GROUP_UNKNOWN", groupId: `${groupId}` },
      `there is no group ${groupId}; the last is ${count}`,
    );
  }
  const { cohorts } = await readGroup(chain, groupId, options);
  const tasks = await Promise.all(
    (await readCohorts(chain, { groupId, cohorts }, options)).map(async ({ taskId }) => {
      const [task, [isEnrolled]] = await Promise.all([
        chain.read("flContract", "taskOf", [taskId], options),
        chain.read("flContract", "slotOf", [taskId, node], options),
      ]);
      const isOver = task.closed || task.round >= task.parameters.rounds;
      return { taskId, isEnrolled, isOver, enrolled: task.enrolled, places: task.parameters.maxTrainers };
    }),
  );
  const open = tasks.filter(({ isOver }) => !isOver);
  const own = open.find(({ isEnrolled }) => isEnrolled);
  const free = open.filter(({ enrolled, places }) => enrolled < places).sort((a, b) => a.enrolled - b.enrolled);
  const chosen = own ?? free[0];
  if (chosen !== undefined) return chosen.taskId;
  throw new CliError(
    { code: "CLI_GROUP_FULL", groupId: `${groupId}` },
    `no cohort of group ${groupId} has a place left`,
  );
}
