/** `cairn rewards`: what was earned, and how it is paid out. */
import type { Command } from "commander";
import type { Address } from "viem";
import type { Chain } from "../../chain/connection.ts";
import { settleTask } from "../../node/settlement.ts";
import { counted } from "../../protocol/counted.ts";
import { collect, identifier } from "../arguments.ts";
import { openChain, requireAddress } from "../chainAccess.ts";
import { newest } from "../chainLists.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { cairnAmount, shortUnits18 } from "../jsonText.ts";
import { table } from "../table.ts";

/** How many tasks, newest first, are looked through. */
const MAX_TASKS = 500;

interface Reward {
  readonly taskId: bigint;
  readonly claimableWei: bigint;
}

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn rewards show", "cairn rewards claim").description(
    "What accepted updates, verdicts and proven faults have earned. Rewards are paid when they are claimed.",
  );
  command
    .command("show")
    .summary("show what can be claimed")
    .description("Shows what this account can claim, by task.")
    .action(action(session, "rewards.show", show));
  command
    .command("claim")
    .summary("claim it")
    .description(
      "Claims what can be claimed: of the tasks given, or of all, and bounties with them. Accepted work that is paid by it counts for the node's reputation.",
    )
    .argument("[ids...]", "tasks; without them all", collect(identifier))
    .action(action(session, "rewards.claim", claim));
}

async function show(context: Context): Promise<Outcome> {
  const access = await openChain(context, { sign: false });
  const who = requireAddress(access);
  const { rewards, bountyWei } = await readRewards(access.chain, who, context.signal);
  const totalWei = rewards.reduce((sum, { claimableWei }) => sum + claimableWei, bountyWei);
  if (totalWei > 0n) context.output.say("cairn rewards claim pays it out");
  return {
    data: {
      address: who,
      tasks: rewards.map(({ taskId, claimableWei }) => ({ taskId, claimable: cairnAmount(claimableWei) })),
      bounty: cairnAmount(bountyWei),
      total: cairnAmount(totalWei),
    },
    text: (paint) =>
      table(
        ["FROM", "CLAIMABLE CAIRN"],
        [
          ...rewards.map(({ taskId, claimableWei }) => [`task ${taskId}`, shortUnits18(claimableWei)]),
          ...(bountyWei > 0n ? [["bounties", shortUnits18(bountyWei)]] : []),
          ["total", shortUnits18(totalWei)],
        ],
        paint,
      ),
  };
}

async function claim(context: Context, ids: readonly bigint[] | undefined): Promise<Outcome> {
  const { signal, output } = context;
  const { chain, address } = await openChain(context, { sign: true });
  const { rewards, bountyWei } = await readRewards(chain, address!, signal);
  const asked = ids === undefined || ids.length === 0 ? rewards : rewards.filter(({ taskId }) => ids.includes(taskId));
  let claimedWei = 0n;
  let outcomes = 0;
  for (const { taskId } of asked) {
    const settled = await settleTask(chain, taskId, { signal });
    claimedWei += settled.claimedWei;
    outcomes += settled.outcomes;
  }
  if (bountyWei > 0n) {
    await chain.send("nodeRegistry", "claimBounty", [], { signal });
    claimedWei += bountyWei;
  }
  if (claimedWei === 0n) output.say("there is nothing to claim");
  else output.done(`claimed ${shortUnits18(claimedWei)} CAIRN, ${counted(outcomes, "outcome")} credited to reputation`);
  return { data: { address, claimed: cairnAmount(claimedWei), outcomes }, text: () => shortUnits18(claimedWei, 18) };
}

/** Only tasks with something to claim. */
export async function readRewards(
  chain: Chain,
  node: Address,
  signal: AbortSignal,
): Promise<{ readonly rewards: readonly Reward[]; readonly bountyWei: bigint }> {
  const ids = newest(await chain.read("flContract", "taskCount", [], { signal }), MAX_TASKS);
  const rewards = await Promise.all(
    ids.map(async (taskId) => ({
      taskId,
      claimableWei: await chain.read("flContract", "claimable", [taskId, node], { signal }),
    })),
  );
  const bountyWei = await chain.read("nodeRegistry", "bountyOf", [node], { signal });
  return { rewards: rewards.filter(({ claimableWei }) => claimableWei > 0n), bountyWei };
}
