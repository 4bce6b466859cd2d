/** Everything the view and the report know of a run. Plain data, changed only by {@link reduce}. */
import type { Phase } from "../../../trainer/src/protocol/contractEnums.ts";
import type { Role, Stage } from "./runEvent.ts";

export interface RunState {
  readonly stage: Stage;
  readonly chain: { readonly chainId: number; readonly rpcUrl: string } | undefined;
  /** Where the dApp is. */
  readonly siteUrl: string | undefined;
  readonly task: TaskState | undefined;
  /** In the order in which they were started. */
  readonly nodes: readonly NodeState[];
  /** In ascending order; a round appears when it opens. */
  readonly rounds: readonly RoundState[];
  /** The latest notes, oldest first. */
  readonly notes: readonly Note[];
}

export interface TaskState {
  readonly task: string;
  readonly mode: string;
  readonly data: string;
  /** Rounds that the task will run. */
  readonly rounds: number;
}

export interface NodeState {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  /** `starting`: the process runs. `ready`: registered and staked. `joined`: has its seat (trainers). */
  readonly status: "starting" | "ready" | "joined";
  /** Largest seen. Unit: bytes; 0 when nothing was heard. */
  readonly rssBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** The last round whose figures it gave; 0: none. */
  readonly heardRound: number;
}

export interface RoundState {
  readonly round: number;
  readonly openedAtMs: number;
  readonly phase: Phase;
  /** Phases entered, in order, and when. */
  readonly entered: readonly { readonly phase: Phase; readonly atMs: number }[];
  readonly expected: number;
  readonly updates: readonly UpdateState[];
  readonly committee: readonly string[];
  readonly verdicts: readonly VerdictState[];
  /** Set once the verdicts are counted. Bit i: the update of index i is accepted. */
  readonly acceptedBitmap: bigint | undefined;
  readonly outcome: "final" | "failed" | undefined;
  readonly endedAtMs: number | undefined;
  readonly version: number | undefined;
  /** Of the round's new version on the test split. Range: 0…1. */
  readonly accuracy: number | undefined;
  readonly loss: number | undefined;
  /** By trainer's address. */
  readonly trainings: ReadonlyMap<string, Cost>;
  readonly replays: readonly ReplayState[];
  /** Trainers that planted an error, by their own word. */
  readonly planters: readonly string[];
  /** Auditors that were slashed for accepting one. */
  readonly caught: readonly string[];
}

export interface UpdateState {
  readonly trainer: string;
  /** Position in the round's bitmaps. */
  readonly index: number;
  /** Unit: bytes. Absent until it is revealed. */
  readonly byteLength: number | undefined;
}

export interface VerdictState {
  readonly auditor: string;
  /** Absent until it is revealed. */
  readonly bitmap: bigint | undefined;
}

export interface Cost {
  /** On the clock, however busy the machine was. */
  readonly seconds: number;
  /** On the processor. */
  readonly cpuSeconds: number;
}

export interface ReplayState extends Cost {
  readonly auditor: string;
  readonly index: number;
  readonly match: boolean;
}

export interface Note {
  readonly atMs: number;
  readonly text: string;
}

/** Older notes are forgotten; a tall terminal shows fewer. */
export const MAX_NOTES = 100;

export const EMPTY_RUN: RunState = {
  stage: "chain",
  chain: undefined,
  siteUrl: undefined,
  task: undefined,
  nodes: [],
  rounds: [],
  notes: [],
};

/** @returns the update's fate: accepted, rejected, or not decided yet. */
export function fateOf({ acceptedBitmap }: RoundState, { index }: UpdateState): "accepted" | "rejected" | "open" {
  if (acceptedBitmap === undefined) return "open";
  return hasBit(acceptedBitmap, index) ? "accepted" : "rejected";
}

/** @returns the rounds in which `trainer`'s update was revealed and not accepted, ascending. */
export function rejectedRounds({ rounds }: RunState, trainer: string): number[] {
  return rounds
    .filter((round) =>
      round.updates.some((update) => update.trainer === trainer && fateOf(round, update) === "rejected"),
    )
    .map(({ round }) => round);
}

export function hasBit(bitmap: bigint, index: number): boolean {
  return ((bitmap >> BigInt(index)) & 1n) === 1n;
}

/** @returns "trainer 2", or a shortened address for somebody that the demo did not start. */
export function nameOf({ nodes }: Pick<RunState, "nodes">, address: string): string {
  return nodes.find((node) => node.address === address)?.name ?? shortAddress(address);
}

export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
