/** Robust rules: momentum of each trainer, cap, buckets, then the rule itself. Keeps every update until the round ends. */
import { createRandomStream, permutation } from "../../engine/philox.ts";
import { counted } from "../../protocol/counted.ts";
import { LearningError } from "../errors.ts";
import { clipAround, geometricMedian } from "./centres.ts";
import { mapColumns, meanAroundMedian, meanOfRange, medianOfSorted } from "./columns.ts";
import { chooseForBulyan, pairDistances, rankByKrum } from "./krum.ts";
import type { FlatUpdate, RuleInput, RuleOutcome, RuleRun } from "./round.ts";
import type { RobustRule } from "./rule.ts";
import { trustedMean } from "./trust.ts";
import { addScaled, lowerMedian, meanOf, norm, scale } from "./vectors.ts";

const { fround } = Math;

/** Rounds whose median norms the cap is the median of: one round with many bad updates does not move it. */
const NORM_ROUNDS = 5;

export function createRobust(rule: RobustRule, input: RuleInput): RuleRun {
  const momenta = new Map<string, Momentum>();
  return {
    add(update) {
      momenta.set(update.address, withMomentum(rule.workerMomentum, input, update));
    },
    finish: () => finish(rule, input, momenta),
  };
}

interface Momentum {
  readonly vector: Float32Array;
  /** Rounds in a row that it is of, this one included, up to {@link AGE_MOST}. */
  readonly age: number;
}

/** Beyond this a running mean is longer than any momentum below 1 that binary32 knows well; it keeps counts exact. */
const AGE_MOST = 65_536;

/**
 * `m = b·m + (1 − b)·Δ` with `b = min(β, (t − 1)/t)` in the trainer's t-th round in a row: a running mean that becomes
 * momentum. So no round counts more than once, the first included. In the memory of Δ.
 */
function withMomentum(beta: number, { state }: RuleInput, { address, difference: x }: FlatUpdate): Momentum {
  const before = state.get(`momentum.${address}`);
  const age = Math.min(AGE_MOST, (state.get(`age.${address}`)?.[0] ?? 0) + 1);
  if (beta === 0 || before === undefined) return { vector: x, age: 1 };
  const keep = Math.min(fround(beta), fround((age - 1) / age));
  const rest = fround(1 - keep);
  for (let i = 0; i < x.length; i++) x[i] = fround(fround(keep * before[i]!) + fround(rest * x[i]!));
  return { vector: x, age };
}

function finish(rule: RobustRule, input: RuleInput, momenta: ReadonlyMap<string, Momentum>): RuleOutcome {
  const state = new Map<string, Float32Array>();
  for (const [address, { vector, age }] of rule.workerMomentum > 0 ? momenta : []) {
    state.set(`age.${address}`, Float32Array.of(age));
    state.set(`momentum.${address}`, vector);
  }
  let voters = Array.from(momenta.values(), ({ vector }) => vector);
  if (rule.normCap) {
    const { capped, medians } = capNorms(voters, input.state.get("medianNorms") ?? new Float32Array(0));
    state.set("medianNorms", medians);
    voters = capped;
  }
  if (rule.bucketSize > 1) voters = intoBuckets(voters, rule.bucketSize, input.seed);
  const step = combine(rule, voters, input);
  if (rule.kind === "centeredClipping") state.set("centre", step);
  const weights = input.base.slice();
  addScaled(weights, step, 1);
  return { weights, state };
}

/**
 * Scales what is longer than the cap down to it, in copies: momentum goes on from what was not capped, so that a bad
 * trainer's momentum lags like everybody's. The cap is the lower median of this round's median norm and of those of up to
 * four rounds before.
 *
 * @returns also the median norms for the next round.
 */
function capNorms(vectors: readonly Float32Array[], before: Float32Array) {
  const norms = vectors.map(norm);
  const medians = [...before, lowerMedian(norms)].slice(-NORM_ROUNDS);
  const cap = lowerMedian(medians);
  const capped = vectors.map((vector, k) => {
    if (norms[k]! <= cap) return vector;
    const copy = vector.slice();
    scale(copy, cap / norms[k]!);
    return copy;
  });
  return { capped, medians: Float32Array.from(medians) };
}

/** Means of `size` updates each (the last bucket may have fewer), dealt by the Philox stream `buckets`. */
function intoBuckets(vectors: readonly Float32Array[], size: number, seed: Uint8Array): Float32Array[] {
  const order = permutation(createRandomStream(seed, "buckets"), vectors.length);
  const buckets: Float32Array[] = [];
  for (let from = 0; from < order.length; from += size) {
    buckets.push(meanOf(Array.from(order.subarray(from, from + size).sort(), (k) => vectors[k]!)));
  }
  return buckets;
}

function combine(rule: RobustRule, vectors: readonly Float32Array[], { state, root, base }: RuleInput): Float32Array {
  const n = vectors.length;
  switch (rule.kind) {
    case "mean":
      return meanOf(vectors);
    case "median":
      return mapColumns(vectors, medianOfSorted);
    case "trimmedMean": {
      const f = requireEnough(rule, n, 2 * rule.byzantine + 1);
      return mapColumns(vectors, (sorted) => meanOfRange(sorted, f, n - f));
    }
    case "krum":
    case "multiKrum": {
      const f = requireEnough(rule, n, 2 * rule.byzantine + 3);
      const ranked = rankByKrum(pairDistances(vectors), Array.from(vectors.keys()), f);
      const best = ranked.slice(0, rule.kind === "krum" ? 1 : n - f).sort((left, right) => left - right);
      return meanOf(best.map((k) => vectors[k]!));
    }
    case "bulyan": {
      const f = requireEnough(rule, n, 4 * rule.byzantine + 3);
      const chosen = chooseForBulyan(pairDistances(vectors), f).map((k) => vectors[k]!);
      return mapColumns(chosen, (sorted) => meanAroundMedian(sorted, n - 4 * f));
    }
    case "geometricMedian":
      return geometricMedian(vectors, rule.iterations);
    case "centeredClipping": {
      const centre = state.get("centre")?.slice() ?? new Float32Array(base.length);
      return clipAround(vectors, { centre, iterations: rule.iterations, radius: rule.radius });
    }
    case "fltrust":
      return trustedMean(vectors, root!); // openAggregation asked for it
    default:
      return rule satisfies never;
  }
}

/** @returns the rule's `byzantine`. @throws {LearningError} `LEARNING_TOO_FEW_UPDATES` */
function requireEnough(
  { kind, byzantine }: { readonly kind: string; readonly byzantine: number },
  actual: number,
  needed: number,
): number {
  if (actual >= needed) return byzantine;
  throw new LearningError(
    { code: "LEARNING_TOO_FEW_UPDATES", actual, needed },
    `${kind} bears ${byzantine} bad updates among ${needed} or more, and there are ${counted(actual, "update")}`,
  );
}
