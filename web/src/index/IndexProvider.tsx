"use client";
/** Starts the index for the part of the page below it, and ends it with that. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { ChainOffset } from "../components/clock.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { EMPTY_STATE, STARTING_STATUS } from "./emptyState.ts";
import { createBlockTimes } from "./follow/blockTimes.ts";
import { createRpc } from "./follow/rpc.ts";
import { IndexContext, type IndexContextValue, useSelected } from "./hooks.ts";
import { createIndexStore } from "./indexStore.ts";
import { startIndex } from "./startIndex.ts";

export function IndexProvider({ runtime, children }: { readonly runtime: Runtime; readonly children: ReactNode }) {
  const [store] = useState(() => createIndexStore({ state: EMPTY_STATE, status: STARTING_STATUS }));
  const rpc = useMemo(() => createRpc(runtime.chain.rpcUrl), [runtime.chain.rpcUrl]);
  const refresh = useRef<() => void>(() => {});

  useEffect(() => {
    const gone = new AbortController();
    refresh.current = startIndex({ runtime, rpc, store, signal: gone.signal });
    return () => gone.abort();
  }, [runtime, rpc, store]);

  const value = useMemo<IndexContextValue>(
    () => ({ runtime, rpc, store, refresh: () => refresh.current(), blockTime: createBlockTimes(rpc) }),
    [runtime, rpc, store],
  );
  return (
    <IndexContext value={value}>
      <OffsetProvider>{children}</OffsetProvider>
    </IndexContext>
  );
}

/** A wrong clock of the visitor's machine must not move a deadline. */
function OffsetProvider({ children }: { readonly children: ReactNode }) {
  const offset = useSelected(({ status }) => status.clock.offsetSeconds);
  return <ChainOffset value={offset}>{children}</ChainOffset>;
}
