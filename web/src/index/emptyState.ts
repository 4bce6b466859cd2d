/** What is known before the first event. Pure. */
import type { ChainState, IndexStatus } from "./types.ts";

export const EMPTY_STATE: ChainState = {
  blockNumber: -1n,
  eventCount: 0,
  tasks: new Map(),
  nodes: new Map(),
  models: new Map(),
  datasets: new Map(),
  disputes: new Map(),
  groups: new Map(),
  balances: new Map(),
  bounties: new Map(),
  feed: [],
  contradictions: [],
};

export const STARTING_STATUS: IndexStatus = {
  phase: "starting",
  head: undefined,
  clock: { offsetSeconds: 0, measured: false },
  indexedBlock: -1n,
  behindBlocks: 0n,
  rangeBlocks: 0,
  answeredAtMs: undefined,
  latencyMs: undefined,
  lastReorg: undefined,
  crossCheck: { atBlock: undefined, compared: 0, mismatches: [] },
  unknownLogs: 0,
  trouble: undefined,
  leader: false,
  persistent: false,
};
