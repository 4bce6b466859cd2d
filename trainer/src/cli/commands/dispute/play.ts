/** `cairn dispute play <game>`: goes on with a game from this machine, as its player or as that one's second. */
import type { Command } from "commander";
import { GAME_CONTRACTS } from "../../../audit/dispute/game.ts";
import { type GameReference, gameName } from "../../../audit/dispute/gameName.ts";
import { gameReference } from "../../arguments.ts";
import { CliError } from "../../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { findDispute, openSigningChain, withTask } from "../../disputeAccess.ts";
import { playToEnd } from "../../disputePlay.ts";
import { withExamples } from "../../help.ts";

interface Options {
  readonly data?: string;
}

export function defineDisputePlay(parent: Command, session: Session): void {
  withExamples(parent.command("play").summary("go on with a dispute"), "cairn dispute play 1 --data mnist:./mnist")
    .description(
      "Plays a game to its end: as its challenger, as its defender, or as the second that one of them named. A running node does this by itself; this is for when it can't.",
    )
    .argument("<game>", "the game's number", gameReference)
    .option("--data <ref>", "the task's data (default: the set the plan names)")
    .action(action(session, "dispute.play", play, { streams: true }));
}

async function play(context: Context, game: GameReference, { data }: Options): Promise<Outcome> {
  const { signal } = context;
  const chain = await openSigningChain(context);
  const { challenger, defender, claim } = await findDispute(chain, game, { signal });
  const { kind, gameId } = game;
  const self = chain.account!.address;
  const isActing = async (player: typeof self): Promise<boolean> =>
    player === self || (await chain.read(GAME_CONTRACTS[kind], "isSecond", [player, self], { signal }));
  const player = (await isActing(challenger)) ? challenger : (await isActing(defender)) ? defender : undefined;
  if (player === undefined) {
    throw new CliError(
      { code: "CLI_NOT_A_PLAYER", game: gameName(game), account: self },
      `${self} is neither a player of dispute ${gameName(game)} nor named as a second by one`,
    );
  }
  const { taskId } = claim;
  return withTask(context, { chain, taskId, data }, (at) => playToEnd(context, at, { only: { kind, gameId, player } }));
}
