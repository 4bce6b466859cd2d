/** `cairn dispute show` and `watch`: a game's moves as the chain tells them, once or as they come. */
import type { Command } from "commander";
import { sideToMove } from "../../../audit/dispute/game.ts";
import { outline } from "../../../audit/dispute/outline.ts";
import type { Chain } from "../../../chain/connection.ts";
import type { GameHistory, sistersOf } from "../../../chain/disputes.ts";
import { identifier } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { type ChainHead, readHead } from "../../chainClock.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { findDispute } from "../../disputeAccess.ts";
import { moveText, outcomeText } from "../../disputeText.ts";
import { shortUnits18 } from "../../jsonText.ts";
import type { Paint } from "../../output.ts";
import { fields } from "../../table.ts";
import { relativeText } from "../../timeText.ts";

export function defineDisputeShow(parent: Command, session: Session): void {
  parent
    .command("show")
    .summary("show one dispute")
    .description(
      "Shows who disputes what, every move so far, and how it ended. Needs no data: what it shows is on chain.",
    )
    .argument("<game>", "the game's number", identifier)
    .action(action(session, "dispute.show", show));
}

export function defineDisputeWatch(parent: Command, session: Session): void {
  parent
    .command("watch")
    .summary("follow one dispute")
    .description("Prints every move of a dispute, those gone by too, until it is over. With --json one event a line.")
    .argument("<game>", "the game's number", identifier)
    .action(action(session, "dispute.watch", watch, { streams: true, finishing: "" }));
}

async function show(context: Context, gameId: bigint): Promise<Outcome> {
  const { signal } = context;
  const { chain } = await openChain(context, { sign: false });
  const { sistersOf } = await import("../../../chain/disputes.ts");
  const history = await historyOf(chain, gameId, signal);
  const sisters = await sistersOf(chain, history, { signal });
  const head = await readHead(chain, { signal });
  return {
    data: { ...dataOf(history), takenUp: sisters },
    text: (paint) => describe({ ...history, sisters }, head, paint),
  };
}

async function watch(context: Context, gameId: bigint): Promise<undefined> {
  const { output, signal, finish } = context;
  const { chain } = await openChain(context, { sign: false });
  const { pause } = await import("../../../chain/deadline.ts");
  for (let told = 0; !finish.aborted; ) {
    const history = await historyOf(chain, gameId, signal);
    const moves = movesOf(history);
    for (; told < moves.length; told++) {
      const move = moves[told]!;
      output.event({ event: "move", game: gameId, ...move }, () => `${told.toString().padStart(3)}  ${moveText(move)}`);
    }
    if (history.end !== undefined) {
      output.event({ event: "end", game: gameId, ...dataOf(history).end }, (paint) => endText(history, paint));
      return;
    }
    await pause(chain.pollingMs, finish);
  }
}

async function historyOf(chain: Chain, gameId: bigint, signal: AbortSignal): Promise<GameHistory> {
  const { gameHistory } = await import("../../../chain/disputes.ts");
  return gameHistory(chain, await findDispute(chain, gameId, { signal }), { signal });
}

function movesOf({ steps }: GameHistory) {
  return steps.map(({ by, position, transactionHash }, move) => {
    return { move, by, ...outline(position), transactionHash };
  });
}

function dataOf(history: GameHistory) {
  const { gameId, challenger, defender, parentId, claim, end } = history;
  const { taskId, round, trainer, updateDigest } = claim;
  return {
    ...{ game: gameId, task: taskId, round, trainer, challenger, defender, inPlaceOf: parentId ?? null, updateDigest },
    moves: movesOf(history),
    end: end === undefined ? null : { ...end, takenWei: `${end.takenWei}` },
  };
}

interface Shown extends GameHistory {
  readonly sisters: Awaited<ReturnType<typeof sistersOf>>;
}

function describe(history: Shown, head: ChainHead, paint: Paint): string {
  const { gameId, challenger, defender, parentId, claim, steps, end, sisters } = history;
  const last = steps.at(-1);
  const turn =
    last === undefined ? "" : `${sideToMove(last.position)} to move, ${relativeText(last.deadline, head.timestamp)}`;
  const rows: (readonly [string, string])[] = [
    ["update", `of ${claim.trainer}, round ${claim.round} of task ${claim.taskId}`],
    ["challenger", challenger],
    ...(parentId === undefined ? [] : [["defender", `${defender}, in place of dispute ${parentId}'s`] as const]),
    ...sisters.map(({ game, defender: by }) => ["taken up", `by ${by}: dispute ${game}`] as const),
    ["state", end === undefined ? turn : endText(history, paint)],
  ];
  const moves = movesOf(history).map((move) => `${`${move.move}`.padStart(3)}  ${moveText(move)}`);
  return [paint("bold", `Dispute ${gameId}`), fields(rows, paint), "", ...moves].join("\n");
}

function endText({ end, claim, challenger }: GameHistory, paint: Paint): string {
  const { outcome, winner, takenWei } = end!;
  const other = winner === challenger ? "the challenger" : winner;
  const side = winner === claim.trainer ? "the trainer" : other;
  const taken = takenWei === 0n ? "" : `, ${shortUnits18(takenWei)} CAIRN slashed`;
  return `${paint("bold", outcome)}: ${outcomeText(outcome)}; ${side} gets the bond${taken}`;
}
