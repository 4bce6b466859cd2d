/** A node's NDJSON as the demo's events. Pure; trusts no line to be what it seems. */
import { OUTCOMES, type Side, STAGES } from "../../../trainer/src/audit/dispute/game.ts";
import type { Standing } from "../../../trainer/src/audit/dispute/outline.ts";
import { moveText } from "../../../trainer/src/cli/disputeText.ts";
import type { HeardEvent } from "./runEvent.ts";

/**
 * @param line of a node's standard output.
 * @param task that the demo is about; what is said of others is not heard. @default any
 * @returns what it says, as an event of the node at `address`; `undefined` for what the demo has no use for.
 */
export function hear(line: string, address: string, task?: string): HeardEvent | undefined {
  const said = parse(line);
  if (said === undefined) return undefined;
  if (task !== undefined && said.task !== undefined && said.task !== task) return undefined;
  const { round, seconds, cpuSeconds } = said;
  switch (said.event) {
    case "ready":
      return { type: "ready", address };
    case "trained":
      if (!isNumber(round) || !isNumber(seconds) || !isNumber(cpuSeconds)) return undefined;
      return { type: "trained", address, round, seconds, cpuSeconds };
    case "replayed":
    case "scored": {
      const { index, match = said.accepted } = said;
      const reason = typeof said.reason === "string" ? said.reason : undefined;
      if (!isNumber(round) || !isNumber(seconds) || !isNumber(cpuSeconds)) return undefined;
      if (!isNumber(index) || typeof match !== "boolean") return undefined;
      return { type: "replayed", address, round, index, match, reason, seconds, cpuSeconds };
    }
    case "device":
      return {
        ...{ type: "device", address, device: String(said.device) },
        reason: typeof said.reason === "string" ? said.reason : undefined,
      };
    case "disputeMoved":
    case "disputeEnded":
      return hearDispute(said, address);
    case "planted":
      return isNumber(round) ? { type: "planted", address, round } : undefined;
    case "evaluated": {
      const { accuracy, loss } = said;
      if (!isNumber(round) || !isNumber(accuracy) || !isNumber(loss)) return undefined;
      return { type: "evaluated", round, accuracy, loss };
    }
    case "resources": {
      const { rssBytes, sentBytes, receivedBytes } = said;
      if (!isNumber(round) || !isNumber(rssBytes) || !isNumber(sentBytes) || !isNumber(receivedBytes)) return undefined;
      return { type: "resources", address, round, rssBytes, sentBytes, receivedBytes };
    }
    case "error":
      return { type: "trouble", address, code: String(said.code), message: String(said.message) };
    default:
      return undefined;
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // cut off, or not an event
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function hearDispute(said: Readonly<Record<string, unknown>>, address: string): HeardEvent | undefined {
  const { event, round, game, moves } = said;
  const side = SIDES.find((candidate) => candidate === said.side);
  const about = said.about === "aggregate" ? "aggregate" : "update";
  const claimant = about === "aggregate" ? said.proposer : said.trainer;
  if (
    !isNumber(round) ||
    typeof game !== "string" ||
    !/^\d+$/.test(game) ||
    typeof claimant !== "string" ||
    side === undefined
  )
    return undefined;
  const place = { address, round, about, game, side, claimant } as const;
  if (event === "disputeMoved") {
    const text = disputeMoveText(said);
    return text === undefined ? undefined : { type: "disputeMoved", ...place, opens: said.move === 0, text };
  }
  const outcome = OUTCOMES.find((candidate) => candidate === said.outcome);
  if (outcome === undefined || !isNumber(moves) || !/^\d+$/.test(String(said.takenWei))) return undefined;
  return { type: "disputeEnded", ...place, outcome, takenWei: BigInt(String(said.takenWei)), moves };
}

const SIDES: readonly Side[] = ["challenger", "defender"];
const UNITS: readonly Standing["of"][] = ["steps", "writes", "tensors", "words", "instructions"];

function disputeMoveText(said: Readonly<Record<string, unknown>>): string | undefined {
  const { move, low, high } = said;
  const of = UNITS.find((unit) => unit === said.of);
  const stage = STAGES.find((candidate) => candidate === said.stage);
  const by = SIDES.find((candidate) => candidate === said.by);
  if (
    of === undefined ||
    stage === undefined ||
    by === undefined ||
    !isNumber(move) ||
    !isNumber(low) ||
    !isNumber(high)
  )
    return undefined;
  const numbers = Object.fromEntries(
    ["step", "tensor", "element", "claimed", "own", "multiplyAdd"].flatMap((name) => {
      const value = said[name];
      return isNumber(value) ? [[name, value]] : [];
    }),
  );
  const texts = Object.fromEntries(
    ["operation", "instruction"].flatMap((name) => {
      const value = said[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
  const weights = Array.isArray(said.weights) && said.weights.every(isNumber) ? { weights: said.weights } : {};
  return moveText({ stage, of, by, move, low, high, ...numbers, ...texts, ...weights });
}
