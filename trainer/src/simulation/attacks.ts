/**
 * What bad trainers send, from what the honest ones do. In binary64, rounded once at the end: an attack needs to be the
 * same for everybody who simulates it, and no more.
 */
import type { RandomStream } from "../engine/philox.ts";
import { fillNormal } from "../learning/gamma.ts";
import type { Attack } from "./scenario.ts";

/** What the bad ones learn of the honest updates, one at a time. */
export interface Espionage {
  /** @param change `w − base` of one honest trainer, read during the call. */
  see(change: Float32Array): void;
  /** What the round's bad updates have in common; asked after the last honest one. */
  plan(): Scheme;
}

export interface Scheme {
  /**
   * @param own the bad trainer's honest change, where the attack wants one.
   * @returns the change it sends, fresh.
   */
  craft(own: Float32Array | undefined, noise: () => RandomStream): Float32Array;
}

/** @returns whether bad trainers train at all. */
export function needsTraining({ kind }: Attack): boolean {
  return kind === "labelFlip" || kind === "signFlip" || kind === "scaled" || kind === "backdoor";
}

/** @param previous what the model did in the last round; zeros in the first. Shape `[P]`. */
export function spyFor(attack: Attack, previous: Float32Array): Espionage {
  const size = previous.length;
  switch (attack.kind) {
    case "labelFlip":
      return blind(() => ({ craft: (own) => own! }));
    case "signFlip":
      return blind(() => ({ craft: (own) => own!.map((value) => -attack.factor * value) }));
    case "scaled":
    case "backdoor":
      return blind(() => ({ craft: (own) => own!.map((value) => attack.factor * value) }));
    case "gaussian":
      return blind(() => ({
        craft: (_, noise) => {
          const values = new Float32Array(size);
          fillNormal(noise(), values);
          return values.map((value) => attack.deviation * value);
        },
      }));
    case "freeRider":
      return blind(() => ({ craft: () => previous.slice() }));
    case "copy":
      return copyFirst(size);
    case "alie":
      return moments(size, ({ mean, deviation }) => along(mean, deviation, -attack.z));
    case "ipm":
      return moments(size, ({ mean }) => along(mean, mean, -1 - attack.epsilon));
    case "minMax":
    case "minSum":
      return hideAmong(size, attack.kind);
    default:
      return attack satisfies never;
  }
}

function blind(plan: () => Scheme): Espionage {
  return { see: () => {}, plan };
}

function copyFirst(size: number): Espionage {
  let first: Float32Array | undefined;
  return {
    see(change) {
      first ??= change.slice();
    },
    plan: () => ({ craft: () => first?.slice() ?? new Float32Array(size) }),
  };
}

interface Moments {
  readonly mean: Float64Array;
  /** Of the honest changes, over n. */
  readonly deviation: Float64Array;
}

/** Keeps sums, and no update. */
function moments(size: number, aim: (found: Moments) => Float32Array): Espionage {
  const [sum, squares] = [new Float64Array(size), new Float64Array(size)];
  let count = 0;
  return {
    see(change) {
      count++;
      for (let i = 0; i < size; i++) {
        sum[i] = sum[i]! + change[i]!;
        squares[i] = squares[i]! + change[i]! * change[i]!;
      }
    },
    plan() {
      const target = aim(momentsOf(sum, squares, Math.max(1, count)));
      return { craft: () => target.slice() };
    },
  };
}

function momentsOf(sum: Float64Array, squares: Float64Array, count: number): Moments {
  const mean = sum.map((value) => value / count);
  const deviation = squares.map((value, i) => Math.sqrt(Math.max(0, value / count - mean[i]! * mean[i]!)));
  return { mean, deviation };
}

/** `from + factor·direction`. */
function along(from: Float64Array, direction: Float64Array, factor: number): Float32Array {
  return Float32Array.from(from, (value, i) => value + factor * direction[i]!);
}

/** Halvings of the search for γ; the paper stops at a difference of 10⁻⁵. */
const HALVINGS = 24;
const FIRST_GAMMA = 10;

/**
 * Min-max: the largest distance to an honest change is at most the largest between two of them. Min-sum: the sum of squared
 * distances is at most the largest such sum of an honest one. Keeps the honest changes, since it measures all pairs.
 *
 * @see Shejwalkar, Houmansadr: "Manipulating the Byzantine", NDSS 2021, algorithm 1
 */
function hideAmong(size: number, kind: "minMax" | "minSum"): Espionage {
  const changes: Float32Array[] = [];
  return {
    see(change) {
      changes.push(change.slice());
    },
    plan() {
      const [sum, squares] = [new Float64Array(size), new Float64Array(size)];
      for (const change of changes) {
        for (let i = 0; i < size; i++) {
          sum[i] = sum[i]! + change[i]!;
          squares[i] = squares[i]! + change[i]! * change[i]!;
        }
      }
      const { mean, deviation } = momentsOf(sum, squares, Math.max(1, changes.length));
      const target = along(mean, deviation, -largestGamma(changes, { mean, deviation }, kind));
      return { craft: () => target.slice() };
    },
  };
}

/** `‖μ − γσ − x‖² = ‖μ − x‖² − 2γ·σ·(μ − x) + γ²·‖σ‖²`, so that one pass over the changes is enough for every γ. */
function largestGamma(
  changes: readonly Float32Array[],
  { mean, deviation }: Moments,
  kind: "minMax" | "minSum",
): number {
  const length = deviation.reduce((total, value) => total + value * value, 0);
  const terms = changes.map((x) => {
    let [square, cross] = [0, 0];
    for (let i = 0; i < x.length; i++) {
      const d = mean[i]! - x[i]!;
      square += d * d;
      cross += d * deviation[i]!;
    }
    return { square, cross };
  });
  const collect = (distances: readonly number[]): number =>
    kind === "minMax" ? Math.max(0, ...distances) : distances.reduce((total, value) => total + value, 0);
  const bound = Math.max(0, ...pairDistances(changes).map(collect));
  const isHidden = (gamma: number): boolean =>
    collect(terms.map(({ square, cross }) => square - 2 * gamma * cross + gamma * gamma * length)) <= bound;
  let [gamma, step] = [FIRST_GAMMA, FIRST_GAMMA / 2];
  let best = 0;
  for (let halving = 0; halving < HALVINGS; halving++) {
    if (isHidden(gamma)) {
      best = gamma;
      gamma += step;
    } else gamma -= step;
    step /= 2;
  }
  return best;
}

function pairDistances(changes: readonly Float32Array[]): number[][] {
  const distances = changes.map(() => new Array<number>(changes.length).fill(0));
  changes.forEach((x, i) => {
    for (let j = i + 1; j < changes.length; j++) {
      const y = changes[j]!;
      let total = 0;
      for (let at = 0; at < x.length; at++) total += (x[at]! - y[at]!) ** 2;
      distances[i]![j] = total;
      distances[j]![i] = total;
    }
  });
  return distances;
}
