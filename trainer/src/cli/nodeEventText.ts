/** A node's events as lines for people. Pure; what only machines need gives an empty text. */

import type { NodeEvent } from "../node/nodeEvent.ts";
import type { Phase } from "../protocol/contractEnums.ts";
import { moveText, outcomeText } from "./disputeText.ts";
import { commonEventText, eventLine, roundPlace } from "./eventLines.ts";
import { shortUnits18 } from "./jsonText.ts";
import type { Paint } from "./output.ts";
import { bytesText, shortHex } from "./table.ts";

/** Phases in the words of the live view. */
export const PHASE_WORD: Readonly<Record<Phase, string>> = {
  None: "none",
  Commit: "commit",
  Reveal: "reveal",
  Draw: "draw",
  AuditCommit: "audit",
  AuditReveal: "verdict",
  Aggregate: "aggregate",
  Challenge: "challenge",
  Final: "final",
  Failed: "failed",
};

/** @returns one line, or an empty text for an event that people need not see. */
export function nodeEventText(event: NodeEvent, paint: Paint): string {
  const line = (label: string, text: string): string => eventLine(paint, label, text);
  const where = roundPlace(event, paint);
  switch (event.event) {
    case "ready":
      return line("ready", `${event.address} as ${event.roles.join(" and ")}, peer ${event.peerId.slice(-8)}`);
    case "device":
      return line("device", `trains on ${event.device}${event.reason === undefined ? "" : `: ${event.reason}`}`);
    case "joined":
      return line("joined", `task ${event.task}, slot ${event.slot}`);
    case "phase": {
      const until =
        event.deadline === 0 ? "" : `until ${new Date(event.deadline * 1_000).toISOString().slice(11, 19)} UTC`;
      return line(PHASE_WORD[event.phase], `${where}${until}`);
    }
    case "trained":
      return line(
        "trained",
        `${where}loss ${event.loss.toFixed(4)}, ${event.samples} samples in ${event.seconds.toFixed(2)} s`,
      );
    case "relayed": {
      const { batch, index } = event;
      const state = batch === undefined ? "took the commitment" : `sent it: entry ${index} of batch ${batch}, verified`;
      return line("relay", `${where}${event.url} ${state}`);
    }
    case "replayed": {
      const verdict = event.match ? paint("green", "✔ match") : paint("red", `✖ ${event.reason ?? "differs"}`);
      return line("replayed", `${where}${shortHex(event.trainer)} ${verdict} in ${event.seconds.toFixed(2)} s`);
    }
    case "scored": {
      const verdict = event.accepted ? paint("green", "✔ helps") : paint("red", `✖ ${event.reason ?? "no gain"}`);
      return line("scored", `${where}${shortHex(event.trainer)} ${verdict}, worth ${event.worth.toFixed(4)}`);
    }
    case "reported": {
      const copies = event.copies === 0 ? "" : `, ${event.copies} repeated`;
      return line("report", `${where}what trainers were worth, in ${event.seconds.toFixed(2)} s${copies}`);
    }
    case "reportFiled": {
      const other = event.others === 0 ? "" : paint("yellow", `, another one by ${event.others}`);
      return line("report", `${where}${event.isSender ? "filed" : "on chain"}, by ${event.agreeing}${other}`);
    }
    case "reportSkipped":
      return line("report", `${where}${event.message}`);
    case "duplicate":
      return line("duplicate", `${where}${shortHex(event.trainer)} repeats update ${event.of}`);
    case "refused": {
      const share = `${event.judged} of ${event.updates} updates judged`;
      return eventLine(paint, "refused", `${where}${share}: ${event.code}: ${event.message}`, "yellow");
    }
    case "planted":
      return line("planted", `${where}an error: this update earns nothing, and slashes who accepts it`);
    case "plantMissed":
      return line(
        "caught",
        `${where}${shortHex(event.auditor)} accepted the planted error: ${cairn(event.takenWei)} slashed, ${cairn(event.bountyWei)} CAIRN ours`,
      );
    case "disputeMoved":
      return line("dispute", `${where}${gameText(event)}: ${moveText(event)}`);
    case "disputeTakenUp":
      return line(
        "dispute",
        `${where}${gameText(event)}: stands in for ${shortHex(event.about === "update" ? event.trainer : event.proposer)}`,
      );
    case "disputeEnded": {
      const isWon = (event.winner === event.challenger) === (event.side === "challenger");
      const mark = event.outcome === "Moot" ? "" : isWon ? paint("green", "✔ won  ") : paint("red", "✖ lost  ");
      const taken = event.takenWei === "0" ? "" : `, ${cairn(event.takenWei)} CAIRN slashed`;
      return line("dispute", `${where}${gameText(event)}: ${mark}${outcomeText(event.outcome)}${taken}`);
    }
    case "sampleCountDisproven": {
      const counts = `claimed ${event.claimed} records, its shard has ${event.actual}`;
      return line("dispute", `${where}${shortHex(event.trainer)} ${counts}: ${paint("green", "✔ proven")}`);
    }
    case "evicted":
      return eventLine(paint, "evicted", `${where}${evictionText(event)}`, "yellow");
    case "settled":
      return line("settled", `task ${event.task}  ${cairn(event.claimedWei)} CAIRN claimed, reputation told of it`);
    case "payWaits":
      return line("pay waits", `task ${event.task}  claimed once block ${event.block} is final`);
    case "warning":
      return eventLine(paint, "warning", `${event.code}: ${event.message}`, "yellow");
    case "transaction":
    case "error":
    case "stopped":
      return commonEventText(event, paint);
    case "aggregated":
      return line(
        "aggregate",
        `${where}${event.accepted} updates into ${shortHex(event.digest)}, ${bytesText(event.byteLength)}`,
      );
    case "merged":
      return line(
        "merged",
        `${where}group ${event.group}, epoch ${event.epoch}: cohorts ${event.cohorts.join(", ")} into ${shortHex(event.digest)}, ${bytesText(event.byteLength)}`,
      );
    case "evaluated":
      return line(
        "evaluated",
        `${where}v${event.version}: ${paint("bold", accuracyText(event.accuracy))}, loss ${event.loss.toFixed(4)}`,
      );
    case "resources":
      return "";
    default:
      return event satisfies never;
  }
}

function cairn(wei: string): string {
  return shortUnits18(BigInt(wei));
}

const EVICTED_FOR = {
  idle: "nothing of this node's was accepted for too many rounds",
  stake: "its stake was below what its tasks hold",
  unknown: "for a reason that the chain does not tell",
} as const;

function evictionText({ reason, by, rejoinRound, rejoins }: Extract<NodeEvent, { event: "evicted" }>): string {
  const when = rejoinRound === undefined ? "" : ` once round ${rejoinRound} has opened`;
  const next = rejoins ? `it joins again${when}` : `it does not join again (--no-rejoin)`;
  return `by ${shortHex(by)}: ${EVICTED_FOR[reason]}; ${next}`;
}

function accuracyText(accuracy: number | undefined): string {
  return accuracy === undefined ? "values" : `${(100 * accuracy).toFixed(2)} %`;
}

function gameText({
  about,
  game,
}: Extract<NodeEvent, { event: "disputeMoved" | "disputeTakenUp" | "disputeEnded" }>): string {
  return about === "update" ? `game ${game}` : `game ${game} about the aggregate`;
}
