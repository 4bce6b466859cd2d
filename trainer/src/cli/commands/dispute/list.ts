/** `cairn dispute list`: the games of a task, or of all. */
import type { Command } from "commander";
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
      "Lists the disputes of a task, or of all tasks, in the order in which they were opened. FOR names the game that one is played in the place of, for a trainer that was late.",
    )
    .option("--task <id>", "of this task only", identifier)
    .action(action(session, "dispute.list", list));
}

async function list(context: Context, { task: taskId }: Options): Promise<Outcome> {
  const { signal } = context;
  const { chain } = await openChain(context, { sign: false });
  const { gameHistory, openedGames } = await import("../../../chain/disputes.ts");
  const fromBlock = BigInt(chain.deployment.deployedAtBlock);
  const games = await openedGames(chain, { taskId, fromBlock }, { signal });
  const rows = await Promise.all(
    games.map(async (game) => {
      const { steps, end } = await gameHistory(chain, game, { signal });
      const { gameId, challenger, defender, parentId, claim } = game;
      const { taskId: task, round, trainer } = claim;
      const outcome = end?.outcome ?? "open";
      const sides = { trainer, challenger, defender, inPlaceOf: parentId ?? null };
      return { game: gameId, task, round, ...sides, moves: steps.length, outcome };
    }),
  );
  return {
    data: { disputes: rows },
    text: (paint) =>
      rows.length === 0
        ? "there was no dispute yet"
        : table(
            ["GAME", "FOR", "TASK", "ROUND", "TRAINER", "CHALLENGER", "MOVES", "STATE"],
            rows.map(({ game, inPlaceOf, task, round, trainer, challenger, moves, outcome }) => {
              const numbers = [`${game}`, inPlaceOf === null ? "" : `${inPlaceOf}`, `${task}`, `${round}`];
              return [...numbers, shortHex(trainer), shortHex(challenger), `${moves}`, outcome];
            }),
            paint,
          ),
  };
}
