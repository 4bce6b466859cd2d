"use client";
/**
 * How components read the chain. Each hook renders again only when what it gives has changed.
 *
 * Below `IndexProvider` all of them work without a wallet; before the first answer of the RPC they give what was kept
 * from the last visit, or nothing. The chain's clock is `components/clock.ts`.
 */
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Address } from "viem";
import type { Runtime } from "../runtime/runtime.ts";
import type { Rpc } from "./follow/rpc.ts";
import type { IndexStore } from "./indexStore.ts";
import type { ChainState, Dataset, IndexSnapshot, IndexStatus, Model, Node, Round, Task } from "./types.ts";

export interface IndexContextValue {
  readonly runtime: Runtime;
  /** Bounded requests to the site's own RPC. */
  readonly rpc: Rpc;
  readonly store: IndexStore;
  /** Asks the RPC at once instead of at the next turn. */
  readonly refresh: () => void;
  /** @returns the block's timestamp, asked once and kept. Unit: unix seconds. */
  readonly blockTime: (blockNumber: bigint) => Promise<number>;
}

export const IndexContext = createContext<IndexContextValue | undefined>(undefined);

export function useIndexContext(): IndexContextValue {
  const context = useContext(IndexContext);
  if (context === undefined) throw new TypeError("this component stands outside IndexProvider");
  return context;
}

export function useIndex(): IndexSnapshot {
  const { store } = useIndexContext();
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** `select` must give something of the state itself, not a fresh object. */
export function useSelected<T>(select: (snapshot: IndexSnapshot) => T): T {
  const { store } = useIndexContext();
  const get = () => select(store.get());
  return useSyncExternalStore(store.subscribe, get, get);
}

export function useChainState(): ChainState {
  return useSelected(({ state }) => state);
}

export function useIndexStatus(): IndexStatus {
  return useSelected(({ status }) => status);
}

export function useTask(id: bigint | undefined): Task | undefined {
  return useSelected(({ state }) => (id === undefined ? undefined : state.tasks.get(id)));
}

/** @param number Counts from 1; the last round when absent. */
export function useRound(taskId: bigint | undefined, number?: number): Round | undefined {
  const rounds = useTask(taskId)?.rounds;
  return number === undefined ? rounds?.at(-1) : rounds?.[number - 1];
}

export function useNode(address: Address | undefined): Node | undefined {
  return useSelected(({ state }) => (address === undefined ? undefined : state.nodes.get(address)));
}

export function useModel(id: bigint | undefined): Model | undefined {
  return useSelected(({ state }) => (id === undefined ? undefined : state.models.get(id)));
}

export function useDataset(id: bigint | undefined): Dataset | undefined {
  return useSelected(({ state }) => (id === undefined ? undefined : state.datasets.get(id)));
}

/** When a block was made; asked of the RPC once. Unit: unix seconds. */
export function useBlockTime(blockNumber: bigint | undefined): number | undefined {
  const { blockTime } = useIndexContext();
  const [known, setKnown] = useState<{ readonly of: bigint; readonly seconds: number }>();
  useEffect(() => {
    if (blockNumber === undefined) return;
    let wanted = true;
    blockTime(blockNumber).then(
      (seconds) => wanted && setKnown({ of: blockNumber, seconds }),
      () => {}, // the status says that the RPC does not answer
    );
    return () => {
      wanted = false;
    };
  }, [blockNumber, blockTime]);
  return known !== undefined && known.of === blockNumber ? known.seconds : undefined;
}
