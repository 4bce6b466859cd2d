/** `cairn task close <id>`: ends a task and takes back what is left of its budget. */
import type { Command } from "commander";
import { refusalOf } from "../../../chain/chainError.ts";
import { readMembership } from "../../../chain/cohorts.ts";
import type { Chain } from "../../../chain/connection.ts";
import { identifier } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { cairnAmount, shortUnits18 } from "../../jsonText.ts";

export function defineTaskClose(parent: Command, session: Session): void {
  parent
    .command("close")
    .summary("end a task, take back the rest")
    .description(
      "Ends a task of this account and takes back what no one has earned. Cannot be undone. While a round is going on no other opens; run it again afterwards for the rest.",
    )
    .argument("<id>", "the task's number", identifier)
    .action(action(session, "task.close", close));
}

/** So that a group need not wait for the cohort whose task this was. Its nodes do it where its last version is still to be merged. */
async function retire(chain: Chain, modelId: bigint, signal: AbortSignal): Promise<void> {
  const membership = await readMembership(chain, modelId, { signal });
  if (membership === undefined) return;
  try {
    await chain.send("cohorts", "retireCohort", [membership.groupId, membership.cohort], { signal });
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
  }
}

async function close(context: Context, taskId: bigint): Promise<Outcome> {
  const { signal } = context;
  const { chain, address } = await openChain(context, { sign: true });
  await confirm(context, `Close task ${taskId} for good?`);
  const before = await chain.read("cairnToken", "balanceOf", [address!], { signal });
  await chain.send("flContract", "closeTask", [taskId], { signal });
  const refundWei = (await chain.read("cairnToken", "balanceOf", [address!], { signal })) - before;
  context.output.done(`task ${taskId} is closed; ${shortUnits18(refundWei)} CAIRN came back`);
  const { escrowWei, parameters } = await chain.read("flContract", "taskOf", [taskId], { signal });
  await retire(chain, parameters.modelId, signal);
  if (escrowWei > 0n) context.output.say("a round is going on: close the task again after it for the rest");
  return { data: { taskId, refund: cairnAmount(refundWei) }, text: () => shortUnits18(refundWei, 18) };
}
