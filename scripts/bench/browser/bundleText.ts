/** The bundle's size in words, and the goal it is held to. Pure. */
import type { Bundle } from "./bundle.ts";

/** What a page may load before it can train: 60 kB for the engine, and 2 kB for the trees that a dispute reads. Unit: bytes. */
export const BUNDLE_GOAL_BYTES = 62_000;

/** @returns for example `✔ the engine's bundle: 48.2 kB gzipped (155.3 kB as it is), the goal is at most 60 kB`. */
export function describeBundle({
  engineBytes,
  engineGzipBytes,
}: Pick<Bundle, "engineBytes" | "engineGzipBytes">): string {
  const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;
  const sizes = `${kilobytes(engineGzipBytes)} gzipped (${kilobytes(engineBytes)} as it is)`;
  const isMet = engineGzipBytes <= BUNDLE_GOAL_BYTES;
  return `${isMet ? "✔" : "✖"} the engine's bundle: ${sizes}, the goal is at most ${BUNDLE_GOAL_BYTES / 1_000} kB`;
}
