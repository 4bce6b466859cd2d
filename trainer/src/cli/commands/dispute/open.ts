/** `cairn dispute open <task>`: replays one accepted update and, where it is false, proves that to the chain. */
import type { Command } from "commander";
import type { Address } from "viem";
import { address } from "../../addressArgument.ts";
import { identifier } from "../../arguments.ts";
import { CliError } from "../../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { openSigningChain, withTask } from "../../disputeAccess.ts";
import { playToEnd } from "../../disputePlay.ts";
import { withExamples } from "../../help.ts";

interface Options {
  readonly trainer: Address;
  readonly data?: string;
}

export function defineDisputeOpen(parent: Command, session: Session): void {
  withExamples(
    parent.command("open").summary("dispute an accepted update"),
    "cairn dispute open 3 --trainer 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --data mnist:./mnist",
  )
    .description(
      "Replays an update that the round's committee accepted. Where it is false, puts up the bond, opens a game and plays it to its end. Anybody can, while the round is in its challenge phase.",
    )
    .argument("<task>", "the task's number", identifier)
    .requiredOption("--trainer <address>", "whose update", address)
    .option("--data <ref>", "the task's data (default: the set the plan names)")
    .action(action(session, "dispute.open", open, { streams: true }));
}

async function open(context: Context, taskId: bigint, { trainer, data }: Options): Promise<Outcome> {
  const { output, signal } = context;
  const chain = await openSigningChain(context);
  const [{ challengeUpdate }, { revealedUpdates }, { logsOf }] = await Promise.all([
    import("../../../node/challenge.ts"),
    import("../../../chain/task.ts"),
    import("../../../node/roundContext.ts"),
  ]);
  return withTask(context, { chain, taskId, data }, async (at) => {
    const now = await at();
    const updates = await revealedUpdates(chain, logsOf(now), { signal });
    const update = updates.find((candidate) => candidate.trainer.toLowerCase() === trainer.toLowerCase());
    const isAccepted = update !== undefined && ((now.round.acceptedBitmap >> BigInt(update.index)) & 1n) === 1n;
    const { phase, round } = now.round;
    if (phase !== "Challenge" || !isAccepted || now.job.dispute === undefined) {
      throw new CliError(
        { code: "CLI_NOT_DISPUTABLE", taskId: `${taskId}`, round, phase, trainer },
        `the update of ${trainer} in round ${round} of task ${taskId} cannot be disputed now (phase ${phase})`,
      );
    }
    output.say(`replaying the update of ${trainer}`);
    const challenge = await challengeUpdate(now, update);
    if (challenge.kind === "struck") {
      output.done("the update is struck: no game is needed");
      return { data: {}, text: () => "" };
    }
    if (challenge.kind === "unreadable") {
      throw new CliError(
        { code: "CLI_NOT_DISPUTABLE", taskId: `${taskId}`, round, phase, trainer },
        `the update of ${trainer} cannot be had or read, so nothing about it can be proven`,
      );
    }
    if (challenge.kind === "true") {
      throw new CliError(
        { code: "CLI_NOTHING_FALSE", taskId: `${taskId}`, round, trainer },
        `the update of ${trainer} is what the training gives here, bit for bit: there is nothing to prove`,
      );
    }
    challenge.run.dispose();
    return playToEnd(context, at, {});
  });
}
