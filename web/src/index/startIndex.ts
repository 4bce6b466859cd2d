/**
 * Puts the index together for a page: RPC, storage, tabs, and the store that components read.
 *
 * The only file that knows all of them. Everything ends when the signal fires.
 */
import { EVENTS } from "@cairn/trainer/protocol/generated/events";
import type { Runtime } from "../runtime/runtime.ts";
import { createLogDecoder } from "./fold/decodeLogs.ts";
import { placedAbis } from "./fold/placedAbis.ts";
import { askViews } from "./follow/askViews.ts";
import { createChainSource } from "./follow/chainSource.ts";
import { checkDeployment } from "./follow/checkDeployment.ts";
import { type Change, createFollower, type Follower } from "./follow/follower.ts";
import type { Rpc } from "./follow/rpc.ts";
import type { IndexStore } from "./indexStore.ts";
import { createMemoryKeep, type EventKeep } from "./keep/eventKeep.ts";
import { openIndexedDbKeep } from "./keep/indexedDbKeep.ts";
import { createLeadership } from "./tabs/leadership.ts";
import { breathe, pause } from "./tabs/pause.ts";
import type { IndexStatus } from "./types.ts";

/** A chain of one's own makes a block a transaction; others one in some seconds. Unit: milliseconds. */
const POLLING_MS = { local: 1_000, usual: 4_000 } as const;

/** The chain id of Hardhat's local chain. */
const LOCAL_CHAIN_ID = 31_337;

/** Nobody looks at a hidden page. Unit: milliseconds. */
const HIDDEN_POLLING_MS = 15_000;

interface Message {
  readonly status: IndexStatus;
  readonly change: Change;
}

export interface IndexParts {
  readonly runtime: Runtime;
  readonly rpc: Rpc;
  readonly store: IndexStore;
  readonly signal: AbortSignal;
}

/** @returns a function that has the chain asked at once. */
export function startIndex(parts: IndexParts): () => void {
  const wakers = new Set<() => void>();
  const refresh = () => {
    for (const wake of wakers) wake();
  };
  void run(parts, wakers);
  return refresh;
}

async function run({ runtime, rpc, store, signal }: IndexParts, wakers: Set<() => void>): Promise<void> {
  const name = `${runtime.chain.id}-${runtime.contracts.flContract.toLowerCase()}`;
  const keep = await openKeep(name);
  const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(`cairn-index-${name}`);
  signal.addEventListener("abort", () => {
    channel?.close();
    keep.close();
  });
  const follower = createPageFollower({ runtime, rpc, keep, store, channel, wakers });
  await follower.load().catch(() => {}); // what was kept cannot be read: it is read from the chain again
  let hearing = Promise.resolve(); // in the order in which they were sent
  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    hearing = hearing.then(() => follower.hear(data.status, data.change)).catch(() => {});
  });
  if (signal.aborted) return;
  const isHidden = () => document.visibilityState === "hidden";
  const leadership = createLeadership({ name: `cairn-index-${name}`, locks: navigator.locks, isHidden, pause });
  await leadership.hold(async (leading) => {
    await follower.load().catch(() => {}); // the leader before us may have written since
    await follower.run(leading);
  }, signal);
}

interface PageFollowerParts {
  readonly runtime: Runtime;
  readonly rpc: Rpc;
  readonly keep: EventKeep;
  readonly store: IndexStore;
  readonly channel: BroadcastChannel | undefined;
  readonly wakers: Set<() => void>;
}

function createPageFollower({ runtime, rpc, keep, store, channel, wakers }: PageFollowerParts): Follower {
  const deployment = { chainId: runtime.chain.id, contracts: runtime.contracts };
  const usual = runtime.chain.id === LOCAL_CHAIN_ID ? POLLING_MS.local : POLLING_MS.usual;
  return createFollower({
    source: createChainSource(rpc, Object.values(runtime.contracts)),
    decoder: createLogDecoder(placedAbis(EVENTS, runtime.contracts)),
    keep,
    firstBlock: BigInt(runtime.deployedAtBlock),
    breathe,
    nowMs: Date.now,
    pause: (ms, signal) => pauseOrWake(ms, signal, wakers),
    pollingMs: () => (document.visibilityState === "hidden" ? HIDDEN_POLLING_MS : usual),
    checkDeployment: (signal) => checkDeployment(rpc, deployment, { nowMs: Date.now(), signal }),
    async crossCheck(state, signal) {
      const loaded = await import("@cairn/trainer/protocol/generated/abi").catch(() => undefined);
      if (loaded === undefined) return undefined; // the site, not the chain, is out of reach: it is compared another time
      const access = { rpc, contracts: placedAbis(loaded.ABIS, runtime.contracts), random: Math.random };
      return askViews(state, store.get().status.crossCheck, access, signal);
    },
    onTurn: ({ state }, status, change) => {
      store.set({ state, status });
      if (status.leader) channel?.postMessage({ status, change } satisfies Message);
    },
  });
}

async function pauseOrWake(ms: number, signal: AbortSignal, wakers: Set<() => void>): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  wakers.add(wake);
  document.addEventListener("visibilitychange", wake);
  await pause(ms, AbortSignal.any([signal, woken.signal]));
  wakers.delete(wake);
  document.removeEventListener("visibilitychange", wake);
}

async function openKeep(name: string): Promise<EventKeep> {
  try {
    return await openIndexedDbKeep(name);
  } catch {
    return createMemoryKeep(); // a private window: all is read again at the next visit
  }
}
