/** One line of news for an event worth it. Pure. Never says who lies before the verdicts do. */

import { formatEther } from "viem";
import { gameName } from "../../../trainer/src/audit/dispute/gameName.ts";
import { outcomeText } from "../../../trainer/src/cli/disputeText.ts";
import { cleanText } from "../view/text.ts";
import type { RunEvent } from "./runEvent.ts";
import { hasBit, nameOf, type RunState } from "./runState.ts";

const STAGE_NOTES = {
  chain: "starting a local chain",
  compiler: "compiling the contracts, which happens once",
  contracts: "deploying the contracts",
  wallets: "making a key for every node and funding it",
  task: "registering model, data set and task",
  nodes: "starting the nodes, each a process of its own",
  rounds: "everyone is in: the rounds begin",
  checks: "rounds done: checking what the chain says",
  done: "done",
} as const;

/** @returns the news in `event`, seen from the state after it; `undefined` when it is none. */
export function noteOf(state: RunState, event: RunEvent): string | undefined {
  switch (event.type) {
    case "stage":
      return STAGE_NOTES[event.stage];
    case "site":
      return `the dApp is at ${event.url}`;
    case "siteFailed":
      return `the dApp could not be built, see ${event.logFile}`;
    case "joined":
      return `${nameOf(state, event.trainer)} has joined the task`;
    case "opened":
      return `round ${event.round} is open for ${event.expected} updates`;
    case "committed":
      return `${nameOf(state, event.trainer)} committed to an update`;
    case "revealed":
      return `${nameOf(state, event.trainer)} revealed it (${Math.round(event.byteLength / 1024)} KiB)`;
    case "drawn":
      return `drawn by stake: ${event.members.map((member) => nameOf(state, member)).join(", ")}`;
    case "verdictRevealed":
      return `${nameOf(state, event.auditor)} ${verdictText(state, event.round, event.bitmap)}`;
    case "plantMissed": {
      const [lazy, planter] = [nameOf(state, event.auditor), nameOf(state, event.trainer)];
      return `${lazy} accepted the error that ${planter} had planted: ${formatEther(event.takenWei)} CAIRN slashed`;
    }
    case "disputeMoved": {
      if (event.side !== "challenger") return undefined; // the other side's word for the same
      const { address, claimant } = event;
      const sides = event.opens ? `${nameOf(state, address)} against ${nameOf(state, claimant)}: ` : "";
      return cleanText(`${disputeName(event)}: ${sides}${event.text}`);
    }
    case "disputeEnded": {
      if (event.side !== "challenger") return undefined;
      const { outcome, moves, takenWei } = event;
      const taken =
        takenWei === 0n ? "" : `, ${formatEther(takenWei)} CAIRN of ${nameOf(state, event.claimant)} slashed`;
      return `${disputeName(event)}: ${outcomeText(outcome)}, after ${moves} moves${taken}`;
    }
    case "tallied":
      return tallyText(state, event.round, event.bitmap);
    case "final":
      return `round ${event.round} is final: version ${event.version} of the model`;
    case "failed":
      return `round ${event.round} failed: ${FAILURES[event.reason] ?? "for a reason this version doesn't know"}`;
    case "evaluated":
      return `round ${event.round}: accuracy ${(100 * event.accuracy).toFixed(2)} %`;
    case "device": {
      const why = event.reason === undefined ? "" : `: ${event.reason}`;
      return cleanText(`${nameOf(state, event.address)} trains on ${event.device}${why}`);
    }
    case "trouble":
      return cleanText(`${nameOf(state, event.address)}: ${event.code}: ${event.message}`);
    default:
      return undefined;
  }
}

function disputeName({ about, game }: Pick<DisputeEvent, "about" | "game">): string {
  return `dispute ${gameName({ kind: about, gameId: BigInt(game) })}`;
}

type DisputeEvent = Extract<RunEvent, { readonly type: "disputeMoved" | "disputeEnded" }>;

/** Order of `enum FailureReason` in the contract. */
const FAILURES = [
  "no reason given",
  "nobody committed",
  "nobody revealed",
  "nobody drew the committee",
  "too few verdicts",
  "no update was accepted",
  "the committee agreed on no aggregate",
  "an update was proven false, and the committee was the second",
];

function verdictText(state: RunState, number: number, bitmap: bigint): string {
  const refused = refusedTrainers(state, number, bitmap);
  return refused.length === 0
    ? "found every update replayable"
    : `could not replay the update of ${refused.join(", ")}`;
}

function tallyText(state: RunState, number: number, bitmap: bigint): string {
  const refused = refusedTrainers(state, number, bitmap);
  return refused.length === 0 ? "verdicts: all accepted" : `verdicts: the update of ${refused.join(", ")} is rejected`;
}

function refusedTrainers(state: RunState, number: number, bitmap: bigint): string[] {
  const updates = state.rounds.find(({ round }) => round === number)?.updates ?? [];
  return updates.filter(({ index }) => !hasBit(bitmap, index)).map(({ trainer }) => nameOf(state, trainer));
}
