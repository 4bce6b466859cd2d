/** What a node's own events say about how it is: the memory of its monitor. Counts and last words, nothing that decides. */
import type { Address } from "viem";
import type { Phase } from "../../protocol/contractEnums.ts";
import type { NodeEvent, Role } from "../nodeEvent.ts";

export interface NodeStatus {
  /** Unit: milliseconds since the epoch. */
  readonly startedAtMs: number;
  identity: { readonly address: Address; readonly peerId: string; readonly roles: readonly Role[] } | undefined;
  /** By task. */
  readonly rounds: Map<string, { readonly round: number; readonly phase: Phase; readonly deadline: number }>;
  /** Disputes of this node that are not decided. */
  readonly games: Set<string>;
  updatesTrained: number;
  trainingSeconds: number;
  readonly updatesJudged: { accepted: number; refused: number };
  /** By "kind status". */
  readonly transactions: Map<string, number>;
  gasUsed: bigint;
  /** By code. */
  readonly errors: Map<string, number>;
  readonly warnings: Map<string, number>;
  lastError: { readonly code: string; readonly message: string; readonly atMs: number } | undefined;
}

export function createNodeStatus(nowMs: number): NodeStatus {
  return {
    startedAtMs: nowMs,
    identity: undefined,
    rounds: new Map(),
    games: new Set(),
    updatesTrained: 0,
    trainingSeconds: 0,
    updatesJudged: { accepted: 0, refused: 0 },
    transactions: new Map(),
    gasUsed: 0n,
    errors: new Map(),
    warnings: new Map(),
    lastError: undefined,
  };
}

/** Takes in what the node told. Events that change nothing here pass. */
export function noteEvent(status: NodeStatus, event: NodeEvent, nowMs: number): void {
  switch (event.event) {
    case "ready":
      status.identity = { address: event.address, peerId: event.peerId, roles: event.roles };
      break;
    case "phase":
      status.rounds.set(event.task, { round: event.round, phase: event.phase, deadline: event.deadline });
      break;
    case "trained":
      status.updatesTrained++;
      status.trainingSeconds += event.seconds;
      break;
    case "replayed":
      status.updatesJudged[event.match ? "accepted" : "refused"]++;
      break;
    case "scored":
      status.updatesJudged[event.accepted ? "accepted" : "refused"]++;
      break;
    case "disputeMoved":
      status.games.add(`${event.about} ${event.game}`);
      break;
    case "disputeEnded":
      status.games.delete(`${event.about} ${event.game}`);
      break;
    case "transaction":
      count(status.transactions, `${event.kind} ${event.status}`);
      status.gasUsed += BigInt(event.gasUsed);
      break;
    case "warning":
      count(status.warnings, event.code);
      break;
    case "error":
      count(status.errors, event.code);
      status.lastError = { code: event.code, message: event.message, atMs: nowMs };
      break;
    default: // told to people, counted nowhere
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
