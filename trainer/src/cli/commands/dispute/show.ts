/** `cairn dispute show` and `watch`: a game's moves as the chain tells them, once or as they come. */
import type { Command } from "commander";
import { binary32Text } from "../../../audit/dispute/binary32Text.ts";
import { sideToMove } from "../../../audit/dispute/game.ts";
import { type GameReference, gameName } from "../../../audit/dispute/gameName.ts";
import { isBondLost, outlines, type Standing } from "../../../audit/dispute/outline.ts";
import type { Chain } from "../../../chain/connection.ts";
import type { sistersOf } from "../../../chain/disputes.ts";
import type { GameHistory } from "../../../chain/gameHistory.ts";
import { gameReference } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { type ChainHead, readHead } from "../../chainClock.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { findDispute } from "../../disputeAccess.ts";
import { type DisputeDetails, readDetails } from "../../disputeDetails.ts";
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
    .argument("<game>", "the game's number", gameReference)
    .action(action(session, "dispute.show", show));
}

export function defineDisputeWatch(parent: Command, session: Session): void {
  parent
    .command("watch")
    .summary("follow one dispute")
    .description("Prints every move of a dispute, those gone by too, until it is over. With --json one event a line.")
    .argument("<game>", "the game's number", gameReference)
    .action(action(session, "dispute.watch", watch, { streams: true, finishing: "" }));
}

async function show(context: Context, game: GameReference): Promise<Outcome> {
  const { signal } = context;
  const { chain } = await openChain(context, { sign: false });
  const { sistersOf } = await import("../../../chain/disputes.ts");
  const history = await historyOf(chain, game, signal);
  const details = await readDetails(chain, history, { signal });
  const sisters = await sistersOf(chain, history, { signal });
  const head = await readHead(chain, { signal });
  return {
    data: { ...dataOf(history), ...details, takenUp: sisters },
    text: (paint) => describe({ ...history, ...details, sisters }, head, paint),
  };
}

async function watch(context: Context, reference: GameReference): Promise<undefined> {
  const { output, signal, finish } = context;
  const { chain } = await openChain(context, { sign: false });
  const { pause } = await import("../../../chain/deadline.ts");
  const game = gameName(reference);
  for (let told = 0; !finish.aborted; ) {
    const history = await historyOf(chain, reference, signal);
    const moves = movesOf(history);
    for (; told < moves.length; told++) {
      const move = moves[told]!;
      output.event({ event: "move", game, ...move }, () => `${told.toString().padStart(3)}  ${moveText(move)}`);
    }
    if (history.end !== undefined) {
      output.event({ event: "end", game, ...dataOf(history).end }, (paint) => endText(history, paint));
      return;
    }
    await pause(chain.pollingMs, finish);
  }
}

async function historyOf(chain: Chain, game: GameReference, signal: AbortSignal): Promise<GameHistory> {
  const { gameHistory } = await import("../../../chain/gameHistory.ts");
  return gameHistory(chain, await findDispute(chain, game, { signal }), { signal });
}

function movesOf({ kind, steps }: GameHistory) {
  const places = outlines(kind, steps);
  return steps.map(({ by, transactionHash }, move) => ({ move, by, ...places[move]!, transactionHash }));
}

function dataOf(history: GameHistory) {
  const { kind, challenger, claimant, defender, parentId, claim, end } = history;
  const { taskId: task, round } = claim;
  const digest = "digest" in claim ? { aggregateDigest: claim.digest } : { updateDigest: claim.updateDigest };
  const accused = kind === "update" ? { trainer: claimant } : { proposer: claimant };
  return {
    ...{ game: gameName(history), about: kind, task, round, ...accused, challenger, defender },
    ...{ inPlaceOf: parentId ?? null, ...digest },
    moves: movesOf(history),
    end: end === undefined ? null : { ...end, takenWei: `${end.takenWei}` },
  };
}

interface Shown extends GameHistory, DisputeDetails {
  readonly sisters: Awaited<ReturnType<typeof sistersOf>>;
}

function describe(history: Shown, head: ChainHead, paint: Paint): string {
  const { kind, challenger, claimant, defender, parentId, claim, steps, end, sisters } = history;
  const last = steps.at(-1);
  const turn =
    last === undefined ? "" : `${sideToMove(last.position)} to move, ${relativeText(last.deadline, head.timestamp)}`;
  const where = `round ${claim.round} of task ${claim.taskId}`;
  const about: readonly [string, string] =
    kind === "update" ? ["update", `of ${claimant}, ${where}`] : ["aggregate", `proposed by ${claimant}, ${where}`];
  const rows: (readonly [string, string])[] = [
    about,
    ["challenger", challenger],
    ...(parentId === undefined ? [] : [["defender", `${defender}, in place of dispute ${parentId}'s`] as const]),
    ...sisters.map(({ game, defender: by }) => ["taken up", `by ${by}: dispute ${game}`] as const),
    ...detailRows(history),
    ["state", end === undefined ? turn : endText(history, paint)],
  ];
  const moves = movesOf(history).map((move) => `${`${move.move}`.padStart(3)}  ${moveText(move)}`);
  return [paint("bold", `Dispute ${gameName(history)}`), fields(rows, paint), "", ...moves].join("\n");
}

/** What the numbers are of that it comes down to. */
function detailRows(history: Shown): (readonly [string, string])[] {
  const { updates, settled } = history;
  const claimed = movesOf(history).findLast((move) => move.claimed !== undefined);
  return [
    ...(updates ?? []).map(({ trainer, sampleCount }, at) => {
      return [`update ${at + 1}`, `of ${trainer}, weight ${sampleCount}`] as const;
    }),
    ...(claimed === undefined
      ? []
      : [["claimed", `${binary32Text(claimed.claimed!)}, for ${elementText(claimed)}`] as const]),
    ...(settled === undefined ? [] : [["the chain ran", settled.text] as const]),
    ...(settled?.result === undefined ? [] : [["right is", binary32Text(settled.result)] as const]),
  ];
}

function elementText({ step, tensor, element }: Standing): string {
  return `number ${element} of ${tensor === undefined ? `a result of step ${step}` : `tensor ${tensor}`}`;
}

function endText({ kind, end, claimant, challenger, parentId }: GameHistory, paint: Paint): string {
  const { outcome, winner, takenWei } = end!;
  const other = winner === challenger ? "the challenger" : winner;
  const side = winner === claimant ? (kind === "update" ? "the trainer" : "the proposer") : other;
  const taken = takenWei === 0n ? "" : `, ${shortUnits18(takenWei)} CAIRN slashed`;
  const bond = isBondLost(outcome, parentId !== undefined) ? "half of the bond, half is burned" : "the bond back";
  return `${paint("bold", outcome)}: ${outcomeText(outcome)}; ${side} gets ${bond}${taken}`;
}
