/** How an event changes the run. Pure: the same events give the same state, on a terminal or not. */
import type { Phase } from "../../../trainer/src/protocol/contractEnums.ts";
import { noteOf } from "./note.ts";
import type { OwnEvent, RunEvent } from "./runEvent.ts";
import {
  type Cost,
  hasBit,
  MAX_NOTES,
  type NodeState,
  type RoundState,
  type RunState,
  type UpdateState,
} from "./runState.ts";

/** Events that change nothing and are told all the same. */
const TOLD: ReadonlySet<RunEvent["type"]> = new Set([
  "trouble",
  "siteFailed",
  "device",
  "disputeMoved",
  "disputeEnded",
]);

/** @returns the state after `event`; the same object when nothing changed. */
export function reduce(state: RunState, event: RunEvent): RunState {
  const next = apply(state, event);
  if (next === state && !TOLD.has(event.type)) return state;
  const text = noteOf(next, event);
  if (text === undefined) return next;
  return { ...next, notes: [...next.notes, { atMs: event.atMs, text }].slice(-MAX_NOTES) };
}

function apply(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case "stage":
    case "chain":
    case "site":
    case "siteFailed":
    case "task":
    case "node":
      return applyOwn(state, event);
    case "memory":
      return onNode(state, event.address, ({ rssBytes }) => ({ rssBytes: Math.max(rssBytes, event.rssBytes) }));
    case "joined":
      return onNode(state, event.trainer, () => ({ status: "joined" }));
    case "ready":
      return onNode(state, event.address, ({ status }) => (status === "starting" ? { status: "ready" } : {}));
    case "resources": {
      const { sentBytes, receivedBytes, round: heardRound } = event;
      return onNode(state, event.address, (node) => {
        return { rssBytes: Math.max(node.rssBytes, event.rssBytes), sentBytes, receivedBytes, heardRound };
      });
    }
    case "trouble":
    case "device":
    case "disputeMoved":
    case "disputeEnded":
      return state;
    case "evaluated": {
      const { round, accuracy, loss } = event; // from every auditor, each of which measures the new version
      const isKnown = state.rounds.some((known) => known.round === round && known.accuracy === accuracy);
      return isKnown ? state : onRound(state, event, () => ({ accuracy, loss }));
    }
    case "opened":
      return onRound(state, event, () => ({ openedAtMs: event.atMs, expected: event.expected }));
    default:
      return onRound(state, event, (round) => applyToRound(round, event));
  }
}

function applyOwn(state: RunState, event: Exclude<OwnEvent, { type: "memory" }>): RunState {
  switch (event.type) {
    case "stage":
      return { ...state, stage: event.stage };
    case "chain":
      return { ...state, chain: { chainId: event.chainId, rpcUrl: event.rpcUrl } };
    case "site":
      return { ...state, siteUrl: event.url };
    case "siteFailed":
      return state;
    case "task": {
      const { task, mode, data, rounds } = event;
      return { ...state, task: { task, mode, data, rounds } };
    }
    case "node": {
      const { name, role, address } = event;
      const unheard = { rssBytes: 0, sentBytes: 0, receivedBytes: 0, heardRound: 0 };
      const node = { name, role, address, status: "starting", ...unheard } as const;
      return { ...state, nodes: [...state.nodes, node] };
    }
    default:
      return event satisfies never;
  }
}

type RoundEvent = Exclude<
  Extract<RunEvent, { readonly round: number }>,
  { type: "opened" | "evaluated" | "resources" | "disputeMoved" | "disputeEnded" }
>;

function applyToRound(round: RoundState, event: RoundEvent): Partial<RoundState> {
  switch (event.type) {
    case "phase":
      return enter(round, event.phase, event.atMs);
    case "committed": {
      const { trainer, index } = event;
      return { updates: [...round.updates, { trainer, index, byteLength: undefined }].sort(byIndex) };
    }
    case "revealed": {
      const { trainer, byteLength } = event;
      return { updates: round.updates.map((it) => (it.trainer === trainer ? { ...it, byteLength } : it)) };
    }
    case "drawn":
      return { committee: event.members, verdicts: [] };
    case "verdictCommitted":
      return { verdicts: [...round.verdicts, { auditor: event.auditor, bitmap: undefined }] };
    case "verdictRevealed": {
      const { auditor, bitmap } = event;
      return { verdicts: round.verdicts.map((it) => (it.auditor === auditor ? { ...it, bitmap } : it)) };
    }
    case "tallied":
      return { acceptedBitmap: event.bitmap };
    case "agreed":
      return {};
    case "planted":
      return { planters: [...round.planters, event.address] };
    case "plantMissed":
      return { caught: [...round.caught, event.auditor] };
    case "final": {
      const { version, bitmap, atMs } = event;
      return { ...enter(round, "Final", atMs), outcome: "final", version, acceptedBitmap: bitmap, endedAtMs: atMs };
    }
    case "failed":
      return { ...enter(round, "Failed", event.atMs), outcome: "failed", endedAtMs: event.atMs };
    case "trained":
      return { trainings: new Map(round.trainings).set(event.address, costOf(event)) };
    case "replayed": {
      const { address: auditor, index, match } = event;
      return { replays: [...round.replays, { auditor, index, match, ...costOf(event) }] };
    }
    default:
      return event satisfies never;
  }
}

function newRound(round: number, atMs: number): RoundState {
  return {
    round,
    openedAtMs: atMs,
    phase: "Commit",
    entered: [{ phase: "Commit", atMs }],
    expected: 0,
    updates: [],
    committee: [],
    verdicts: [],
    acceptedBitmap: undefined,
    outcome: undefined,
    endedAtMs: undefined,
    version: undefined,
    accuracy: undefined,
    loss: undefined,
    trainings: new Map(),
    replays: [],
    planters: [],
    caught: [],
  };
}

/** A phase is entered once, but for a second draw: the contract announces `Commit` and `Final` by two events each. */
function enter({ phase: present, entered }: RoundState, phase: Phase, atMs: number): Partial<RoundState> {
  return phase === present ? {} : { phase, entered: [...entered, { phase, atMs }] };
}

function costOf({ seconds, cpuSeconds }: Cost): Cost {
  return { seconds, cpuSeconds };
}

function byIndex(a: UpdateState, b: UpdateState): number {
  return a.index - b.index;
}

function onNode(state: RunState, address: string, change: (node: NodeState) => Partial<NodeState>): RunState {
  return {
    ...state,
    nodes: state.nodes.map((node) => (node.address === address ? { ...node, ...change(node) } : node)),
  };
}

/** A node may speak of a round before the chain's log has been read that far: then the round begins here. */
function onRound(
  state: RunState,
  { round: number, atMs }: { readonly round: number; readonly atMs: number },
  change: (round: RoundState) => Partial<RoundState>,
): RunState {
  const known = state.rounds.some(({ round }) => round === number);
  const rounds = known ? state.rounds : [...state.rounds, newRound(number, atMs)].sort((a, b) => a.round - b.round);
  return { ...state, rounds: rounds.map((round) => (round.round === number ? { ...round, ...change(round) } : round)) };
}

/** @returns how many of the round's updates `bitmap` accepts. */
export function countAccepted({ updates }: Pick<RoundState, "updates">, bitmap: bigint): number {
  return updates.filter(({ index }) => hasBit(bitmap, index)).length;
}
