"use client";
/**
 * The connected account's activities: kept, followed, and carried out. Stands below WalletProvider.
 *
 * One write belongs to the tab that started it: the tab holds a lock while the wallet is asked, so another tab, or this one
 * after a reload, can tell an open question from an abandoned one.
 */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";
import type { Address } from "viem";
import { useConfig } from "wagmi";
import { AccountContext } from "../components/account.ts";
import { useIndexContext } from "../index/hooks.ts";
import { pause } from "../index/tabs/pause.ts";
import { useWallet } from "../wallet/useWallet.ts";
import { type Activity, OVER, startActivity } from "./activity.ts";
import { createActivityStore } from "./activityStore.ts";
import { followOnce } from "./follow.ts";
import type { WriteSpec } from "./runWrite.ts";

interface Transactions {
  readonly activities: readonly Activity[];
  /** @returns the activity's id at once; what becomes of it stands in `activities`. */
  readonly start: (spec: WriteSpec) => string;
  readonly clearOver: () => void;
}

const TransactionsContext = createContext<Transactions>({ activities: [], start: () => "", clearOver: () => {} });

export function useTransactions(): Transactions {
  return useContext(TransactionsContext);
}

type Store = ReturnType<typeof createActivityStore>;

export function TransactionsProvider({ children }: { readonly children: ReactNode }) {
  const { runtime } = useIndexContext();
  const { address } = useWallet();
  const key = address === undefined ? "" : `cairn.activity.${runtime.chain.id}.${address}`;
  const store = useMemo(() => createActivityStore(key, key === "" ? undefined : storageOrNone(), Date.now), [key]);
  const activities = useSyncExternalStore(store.subscribe, store.get, store.get);
  useFollowing(store);
  useOtherTabs(store, key);
  const start = useStart(store, address);
  const value = useMemo(() => ({ activities, start, clearOver: store.clearOver }), [activities, start, store]);
  return (
    <AccountContext value={address}>
      <TransactionsContext value={value}>{children}</TransactionsContext>
    </AccountContext>
  );
}

/** How often to look after what is under way. Unit: milliseconds. */
const LOOK_MS = { local: 700, usual: 4_000, idle: 1_500 } as const;

function useFollowing(store: Store): void {
  const { runtime, rpc, store: index, refresh } = useIndexContext();
  const isLocal = runtime.faucet !== undefined;
  useEffect(() => {
    const gone = new AbortController();
    const indexedBlock = () => index.get().status.indexedBlock;
    const run = async () => {
      while (!gone.signal.aborted) {
        const context = { rpc, store, indexedBlock, refresh, nowMs: Date.now };
        const busy = await followOnce(context, gone.signal).catch(() => true); // the RPC is down: looked at again
        await pause(busy ? (isLocal ? LOOK_MS.local : LOOK_MS.usual) : LOOK_MS.idle, gone.signal);
      }
    };
    void run();
    return () => gone.abort();
  }, [store, rpc, index, refresh, isLocal]);
}

/** Takes in what other tabs write, and what was left open when a page was closed. */
function useOtherTabs(store: Store, storageKey: string): void {
  useEffect(() => {
    const gone = new AbortController();
    void reopenAbandoned(store);
    window.addEventListener("storage", (event) => event.key === storageKey && store.reload(), { signal: gone.signal });
    return () => gone.abort();
  }, [store, storageKey]);
}

const lockOf = (id: string): string => `cairn-write-${id}`;

async function reopenAbandoned(store: Store): Promise<void> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const open = new Set(held.map(({ name }) => name));
  for (const { id, step } of store.get()) {
    const isAsking = step === "checking" || step === "permitting" || step === "awaitingWallet";
    if (isAsking && !open.has(lockOf(id))) store.advance(id, { type: "reopened" });
  }
}

function useStart(store: Store, account: Address | undefined): (spec: WriteSpec) => string {
  const { runtime, rpc, store: index } = useIndexContext();
  const config = useConfig();
  return useCallback(
    (spec) => {
      if (account === undefined) return ""; // no button offers it then
      const firstId = crypto.getRandomValues(new Uint32Array(4)).join("-");
      let next: string | undefined = firstId;
      const newId = () => {
        const id = next ?? crypto.getRandomValues(new Uint32Array(4)).join("-"); // an approval on the way
        next = undefined;
        return id;
      };
      const chainSeconds = () => Math.floor(Date.now() / 1_000) + index.get().status.clock.offsetSeconds;
      const untilConfirmed = (id: string) => confirmed(store, id);
      const context = { runtime, rpc, store, untilConfirmed, chainSeconds, nowMs: Date.now, newId };
      const run = async () => {
        const [{ runWrite }, { walletSigner }] = await Promise.all([
          import("./runWrite.ts"),
          import("./walletSigner.ts"),
        ]);
        await runWrite({ ...context, signer: walletSigner(config, account) }, spec);
      };
      const { kind, subject } = spec;
      const lost = (error: unknown) => {
        store.add(startActivity({ id: firstId, chainId: runtime.chain.id, account, kind, subject }, Date.now()));
        store.advance(firstId, {
          type: "failed",
          failure: { code: "WALLET_FAILED", args: [], message: String(error) },
        });
      };
      const running = navigator.locks === undefined ? run() : navigator.locks.request(lockOf(firstId), run);
      running.catch(lost); // its code could not be loaded: everything else ends in the activity itself
      return firstId;
    },
    [store, account, runtime, rpc, index, config],
  );
}

/** Resolves when it is in a block. @throws an error with a `failureCode` when it ends otherwise */
function confirmed(store: Store, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const activity = store.get().find((it) => it.id === id);
      const step = activity?.step ?? "dropped";
      if (step !== "confirmed" && !OVER.has(step)) return;
      unsubscribe();
      if (step === "confirmed" || step === "done") resolve();
      else {
        const failureCode = step === "rejected" ? "WALLET_REJECTED" : (activity?.failure?.code ?? "WALLET_FAILED");
        reject(Object.assign(new Error(step), { failureCode }));
      }
    };
    const unsubscribe = store.subscribe(look);
    look();
  });
}

function storageOrNone(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
