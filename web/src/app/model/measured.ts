/**
 * What versions scored when this browser measured them. The same bits give the same score on every machine, so a figure is
 * kept by the digest of the weights for good.
 */
import type { Hex } from "viem";
import type { VersionEvaluation } from "../../inference/worker/inferCalls.ts";

export type Measured = Pick<VersionEvaluation, "accuracy" | "loss" | "confusion" | "count">;

const KEY = "cairn.measured";

/** Unit: versions. */
const MAX_KEPT = 200;

type Entries = Readonly<Record<string, Measured>>;

let entries: Entries | undefined;
const listeners = new Set<() => void>();

export function readMeasured(): Entries {
  entries ??= load();
  return entries;
}

export function keepMeasured(digest: Hex, measured: Measured): void {
  const kept = Object.entries({ ...readMeasured(), [digest]: measured }).slice(-MAX_KEPT);
  entries = Object.fromEntries(kept);
  try {
    localStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // Full or forbidden: kept as long as the page.
  }
  for (const listener of listeners) listener();
}

export function subscribeMeasured(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function load(): Entries {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter(([digest, value]) => /^0x[0-9a-f]{64}$/.test(digest) && isMeasured(value)),
    );
  } catch {
    return {};
  }
}

function isMeasured(value: unknown): value is Measured {
  if (typeof value !== "object" || value === null) return false;
  const { loss, count, accuracy, confusion } = value as Record<string, unknown>;
  const isTable =
    confusion === undefined ||
    (Array.isArray(confusion) &&
      confusion.every((row) => Array.isArray(row) && row.every((cell) => typeof cell === "number")));
  return (
    typeof loss === "number" &&
    typeof count === "number" &&
    (accuracy === undefined || typeof accuracy === "number") &&
    isTable
  );
}
