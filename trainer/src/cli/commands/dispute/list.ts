/** `cairn dispute list`: the games of a task, or of all. */
import type { Command } from "commander";
import { gameName } from "../../../audit/dispute/gameName.ts";
import type { GameHistory } from "../../../chain/gameHistory.ts";
import { identifier } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { shortHex, table } from "../../table.ts";

interface Options {
  readonly task?: bigint;
}

export function defineDisputeList(parent: Command, session: Session): void {
  withExamples(parent.command("list").summary("list disputes"), "cairn dispute list", "cairn dispute list --task 3")
    .description(
      "Lists the disputes of a task, or of all tasks: those about updates, then those about aggregates, whose numbers begin with an a. OF is the update's trainer, or who proposed the aggregate; FOR names the game that one is played in the place of, for a trainer that was late.",
    )
    .option("--task <id>", "of this task only", identifier)
    .action(action(session, "dispute.list", list));
}

async function list(context: Context, { task: taskId }: Options): Promise<Outcome> {
  const { signal } = context;
  const { chain } = await openChain(context, { sign: false });
  const { gameHistories } = await import("../../../chain/gameHistory.ts");
  const query = { taskId, fromBlock: BigInt(chain.deployment.deployedAtBlock) };
  const updates = await gameHistories(chain, "update", query, { signal });
  const aggregates = await gameHistories(chain, "aggregate", query, { signal });
  const rows = [...updates, ...aggregates].map(rowOf);
  return {
    data: { disputes: rows },
    text: (paint) =>
      rows.length === 0
        ? "there was no dispute yet"
        : table(
            ["GAME", "FOR", "TASK", "ROUND", "ABOUT", "OF", "CHALLENGER", "MOVES", "STATE"],
            rows.map(({ game, inPlaceOf, task, round, about, trainer, proposer, challenger, moves, outcome }) => {
              const numbers = [game, inPlaceOf === null ? "" : `${inPlaceOf}`, `${task}`, `${round}`];
              const sides = [about, shortHex(trainer ?? proposer ?? ""), shortHex(challenger)];
              return [...numbers, ...sides, `${moves}`, outcome];
            }),
            paint,
          ),
  };
}

function rowOf(history: GameHistory) {
  const { kind, challenger, claimant, defender, parentId, claim, steps, end } = history;
  const isUpdate = kind === "update";
  return {
    ...{ game: gameName(history), task: claim.taskId, round: claim.round, about: kind },
    trainer: isUpdate ? claimant : null,
    proposer: isUpdate ? null : claimant,
    ...{ challenger, defender, inPlaceOf: parentId ?? null },
    ...{ moves: steps.length, outcome: end?.outcome ?? "open" },
  };
}
