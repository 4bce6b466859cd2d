/**
 * Follows the chain for as long as it may, and says after every turn what is known and how well that goes.
 *
 * Must not know of React, tabs or storage: those are given to it.
 */

import { STARTING_STATUS } from "../emptyState.ts";
import type { Kept } from "../keep/eventKeep.ts";
import type { ChainState, IndexPhase, IndexStatus, Trouble } from "../types.ts";
import type { Block } from "./chainSource.ts";
import { extended, type History, NO_HISTORY } from "./history.ts";
import { FIRST_RANGE } from "./logRange.ts";
import { RpcError } from "./rpc.ts";
import { type StepContext, type Turn, takeTurn } from "./step.ts";

/** What one turn did, for tabs that only listen. */
export type Change = ({ readonly type: "extended" } & Kept) | { readonly type: "replaced" } | { readonly type: "none" };

export interface FollowerOptions extends StepContext {
  /** Is this the right chain, with our contracts on it? @throws {RpcError} | an error with a `trouble` */
  readonly checkDeployment: (signal: AbortSignal) => Promise<Trouble | undefined>;
  /** State against view functions. Called at the head now and then; must be bounded. */
  readonly crossCheck: (state: ChainState, signal: AbortSignal) => Promise<IndexStatus["crossCheck"] | undefined>;
  readonly onTurn: (history: History, status: IndexStatus, change: Change) => void;
  readonly nowMs: () => number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How often to look for a new block. Unit: milliseconds. */
  readonly pollingMs: () => number;
}

/** Longest wait between two attempts at an RPC that is down. Unit: milliseconds. */
const MAX_BACKOFF_MS = 30_000;

/** Unit: milliseconds. */
const CROSS_CHECK_MS = 20_000;

export interface Follower {
  /** Reads what was kept. */
  load(): Promise<void>;
  /** Takes turns until `signal` fires. Only one run at a time. */
  run(signal: AbortSignal): Promise<void>;
  /** Takes in what another tab read. @returns false when it does not follow what is known here. */
  hear(status: IndexStatus, change: Change): Promise<void>;
  history(): History;
  status(): IndexStatus;
}

export function createFollower(options: FollowerOptions): Follower {
  const { keep, breathe, onTurn, nowMs, pause, pollingMs } = options;
  let history = NO_HISTORY;
  let status: IndexStatus = { ...STARTING_STATUS, rangeBlocks: FIRST_RANGE, persistent: keep.persistent };
  let failures = 0;
  let checkedAtMs = Number.NEGATIVE_INFINITY;

  function tell(change: Change, news: Partial<IndexStatus>): void {
    const indexedBlock = history.marks.at(-1)?.number ?? -1n;
    const head = news.head ?? status.head;
    const behind = head === undefined ? 0n : head.number - indexedBlock;
    status = { ...status, ...news, indexedBlock, behindBlocks: behind > 0n ? behind : 0n };
    onTurn(history, status, change);
  }

  async function turn(signal: AbortSignal): Promise<number> {
    const startedMs = nowMs();
    if (failures > 0 || status.answeredAtMs === undefined) {
      const trouble = await options.checkDeployment(signal);
      if (trouble !== undefined) {
        tell({ type: "none" }, { phase: "wrongDeployment", trouble, leader: true });
        return backoffMs(++failures);
      }
    }
    const known = history.state.eventCount;
    const done = await takeTurn(history, options, { rangeBlocks: status.rangeBlocks, signal });
    failures = 0;
    const change = changeOf(done, known, history);
    history = done.history;
    const times = { answeredAtMs: nowMs(), latencyMs: nowMs() - startedMs };
    tell(change, { ...newsOf(done, status, nowMs()), ...times, trouble: undefined, leader: true });
    if (status.phase !== "following") return 0;
    await lookTwice(signal);
    return done.change === undefined ? pollingMs() : 0;
  }

  async function lookTwice(signal: AbortSignal): Promise<void> {
    if (nowMs() - checkedAtMs < CROSS_CHECK_MS) return;
    checkedAtMs = nowMs();
    const crossCheck = await options.crossCheck(history.state, signal);
    if (crossCheck !== undefined) tell({ type: "none" }, { crossCheck });
  }

  function fail(error: unknown): number {
    failures++;
    const phase: IndexPhase = "unreachable";
    const code = error instanceof RpcError ? error.detail.code : "CHAIN_RPC_REFUSED";
    const sinceMs = status.trouble?.sinceMs ?? nowMs();
    tell({ type: "none" }, { phase, trouble: { code, message: messageOf(error), sinceMs }, leader: true });
    return backoffMs(failures);
  }

  return {
    load: async () => {
      history = await extended(NO_HISTORY, await keep.load(), breathe);
      tell({ type: "none" }, {});
    },
    run: async (signal) => {
      while (!signal.aborted) {
        let waitMs: number;
        try {
          waitMs = await turn(signal);
        } catch (error) {
          if (signal.aborted) break;
          waitMs = fail(error);
        }
        if (waitMs > 0) await pause(waitMs, signal);
        else await breathe();
      }
    },
    hear: async (theirs, change) => {
      if (change.type === "extended" && change.marks.at(-2)?.hash === history.marks.at(-1)?.hash) {
        history = await extended(history, change, breathe);
      } else if (change.type !== "none" || theirs.indexedBlock !== status.indexedBlock) {
        history = await extended(NO_HISTORY, await keep.load(), breathe);
      }
      tell({ type: "none" }, { ...theirs, leader: false, persistent: keep.persistent });
    },
    history: () => history,
    status: () => status,
  };
}

function changeOf({ change, history }: Turn, known: number, before: History): Change {
  if (change === undefined || change.type === "retry") return { type: "none" };
  if (change.type !== "extended" || history.marks.length !== before.marks.length + 1) return { type: "replaced" };
  return { type: "extended", events: history.state.feed.slice(known).map(({ event }) => event), marks: history.marks };
}

function newsOf(
  { head, history, rangeBlocks, change }: Turn,
  before: IndexStatus,
  nowMs: number,
): Partial<IndexStatus> {
  const atHead = (history.marks.at(-1)?.number ?? -1n) >= head.number;
  const isKnown = before.head?.hash === head.hash;
  return {
    phase: atHead ? "following" : "catchingUp",
    head: isKnown ? before.head : { ...head, heardAtMs: nowMs },
    clock: isKnown ? before.clock : clockAfter(head, before, nowMs),
    rangeBlocks,
    ...(change?.type === "rewound" && {
      lastReorg: { toBlock: history.marks.at(-1)?.number ?? -1n, blocks: change.blocks, atMs: nowMs },
    }),
    ...(change?.type === "extended" && { unknownLogs: before.unknownLogs + change.unknownLogs }),
  };
}

/**
 * The first head may be old: a chain of one's own makes blocks only when somebody sends something. Only one that came
 * while we watched tells that the chain's clock is behind ours.
 */
function clockAfter(head: Block, before: IndexStatus, nowMs: number): IndexStatus["clock"] {
  const offsetSeconds = head.timestamp - Math.floor(nowMs / 1_000);
  const { clock } = before;
  if (before.phase !== "following") return { ...clock, offsetSeconds: Math.max(clock.offsetSeconds, offsetSeconds) };
  if (!clock.measured) return { offsetSeconds, measured: true };
  return { ...clock, offsetSeconds: Math.max(clock.offsetSeconds, offsetSeconds) }; // heard late is not made late
}

/** 1, 2, 4 … s. Unit: milliseconds. */
function backoffMs(failures: number): number {
  return Math.min(MAX_BACKOFF_MS, 1_000 * 2 ** (failures - 1));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
