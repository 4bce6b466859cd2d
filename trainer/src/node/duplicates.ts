/**
 * Which updates nearly repeat one that was committed before them.
 *
 * Only an update that does not replay can be one. What replays is its trainer's own work, however like others' it is;
 * without that, honest trainers of a simple model would lose their pay to each other, and a copy that was committed
 * first would take its original's.
 */
import { setImmediate } from "node:timers/promises";
import { repeats } from "../audit/similarity.ts";
import type { RevealedUpdate } from "../chain/task.ts";
import { elementCount, type Parameters } from "../engine/tensor.ts";

export interface Comparison {
  readonly base: Parameters;
  /** Whole and well formed. */
  readonly updates: readonly RevealedUpdate[];
  /** Indices of all commitments, in the chain's order. */
  readonly order: readonly number[];
  /** Indices of those that do not replay. */
  readonly suspects: readonly number[];
  /** From this machine: they were fetched before. */
  readonly load: (update: RevealedUpdate) => Promise<Parameters>;
  readonly signal: AbortSignal;
}

export interface Duplicate {
  readonly update: RevealedUpdate;
  /** The index of the first that it repeats. */
  readonly of: number;
}

/** Some ten seconds of one core; later suspects go unmarked. Every auditor counts alike. Unit: parameters compared. */
const MAX_COMPARED = 2 ** 32;

/** @returns the duplicates in the order in which they were committed. @throws what `load` throws; the signal's reason */
export async function findDuplicates(comparison: Comparison): Promise<Duplicate[]> {
  const { base, updates, order, suspects, load, signal } = comparison;
  const byIndex = new Map(updates.map((update) => [update.index, update]));
  const ordered = order.flatMap((index) => byIndex.get(index) ?? []);
  const size = [...base.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const found: Duplicate[] = [];
  let compared = 0;
  for (const [place, update] of ordered.entries()) {
    if (!suspects.includes(update.index)) continue;
    let own: Parameters | undefined;
    for (const earlier of ordered.slice(0, place)) {
      signal.throwIfAborted();
      if (earlier.updateDigest !== update.updateDigest) {
        compared += size;
        if (compared > MAX_COMPARED) return found;
        own ??= await load(update);
        const isRepeated = repeats(own, await load(earlier), base);
        await setImmediate(); // peers and Ctrl-C get their turn
        if (!isRepeated) continue;
      }
      found.push({ update, of: earlier.index });
      break;
    }
  }
  return found;
}
