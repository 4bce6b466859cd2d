"use client";
/** One timer for all that counts down, and the chain's own time. */
import { createContext, useContext, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let secondsNow = 0;

function tick(): void {
  secondsNow = Math.floor(Date.now() / 1000);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    tick();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function readSeconds(): number {
  if (secondsNow === 0) secondsNow = Math.floor(Date.now() / 1000);
  return secondsNow;
}

/** This machine's time, a new value each second; 0 on pages made ahead of time. Unit: unix seconds. */
export function useSeconds(): number {
  return useSyncExternalStore(subscribe, readSeconds, () => 0);
}

/** How far the chain's clock is ahead of this machine's. Unit: seconds. */
export const ChainOffset = createContext(0);

/** `block.timestamp` as the next block would have it: the head's, and the time since it was heard. Unit: unix seconds. */
export function useChainSeconds(): number {
  return useSeconds() + useContext(ChainOffset);
}
