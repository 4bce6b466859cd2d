/**
 * Learning-rate schedules: the rate of a step as a function of its number alone, in canonical binary32.
 *
 * Powers are running products, never `Math.pow`; the cosine is `cosPi32`.
 */
import { cosPi32 } from "./arithmetic.ts";
import type { Fields, Refuse } from "./fields.ts";

export type Schedule =
  | { readonly type: "constant" }
  /** Times `factor` after every `every` steps. */
  | { readonly type: "step"; readonly every: number; readonly factor: number }
  /** Rises over `warmupSteps`, then falls in a straight line to 0 at `totalSteps`. */
  | { readonly type: "linear"; readonly warmupSteps: number; readonly totalSteps: number }
  /** Rises over `warmupSteps`, then falls along half a cosine to `floor` (share of the learning rate) at `totalSteps`. */
  | {
      readonly type: "cosine";
      readonly warmupSteps: number;
      readonly totalSteps: number;
      /** Range: 0 … 1. @default 0 */
      readonly floor?: number;
    };

const { fround } = Math;
/** Whole numbers up to 2^24 are exact in binary32. */
const MAX_STEPS = 16_777_216;

/** What each type has beside its name. */
const FIELDS: Readonly<Record<Schedule["type"], readonly string[]>> = {
  constant: [],
  step: ["every", "factor"],
  linear: ["warmupSteps", "totalSteps"],
  cosine: ["warmupSteps", "totalSteps", "floor"],
};

/** Reads a schedule, defaults filled in. */
export function parseSchedule(fields: Fields, refuse: Refuse): Schedule {
  const schedule = readSchedule(fields, refuse);
  fields.end();
  return schedule;
}

function readSchedule(fields: Fields, refuse: Refuse): Schedule {
  const type = fields.word("type", ["constant", "step", "linear", "cosine"]);
  fields.only(FIELDS[type]);
  switch (type) {
    case "constant":
      return { type };
    case "step": {
      const every = fields.integer("every", 1, MAX_STEPS);
      return { type, every, factor: fields.float("factor", "above 0, at most 1", (f) => f > 0 && f <= 1) };
    }
    case "linear":
      return { type, ...readSteps(fields, refuse) };
    case "cosine": {
      const floor = fields.has("floor") ? fields.float("floor", "from 0 to 1", (f) => f >= 0 && f <= 1) : 0;
      return { type, ...readSteps(fields, refuse), floor };
    }
    default:
      return type satisfies never;
  }
}

function readSteps(fields: Fields, refuse: Refuse): { warmupSteps: number; totalSteps: number } {
  const totalSteps = fields.integer("totalSteps", 1, MAX_STEPS);
  const warmupSteps = fields.integer("warmupSteps", 0, MAX_STEPS);
  if (warmupSteps < totalSteps) return { warmupSteps, totalSteps };
  throw refuse(`${fields.path}.warmupSteps`, "is not below totalSteps");
}

/**
 * The rate of the step before which `step` were taken, every operation one rounding to binary32:
 *
 * - constant: `rate`; step: `((rate · factor) · factor) …`, `⌊step / every⌋` times;
 * - linear and cosine while `step < warmupSteps`: `rate · ((step + 1) / warmupSteps)`; from `totalSteps` on `rate · 0`,
 *   `rate · floor`; between, with whole numbers `done = step − warmupSteps`, `span = totalSteps − warmupSteps`:
 *   linear `rate · ((totalSteps − step) / span)`,
 *   cosine `rate · (floor + (1 − floor) · (0.5 · (1 + cos(π · (done / span)))))`.
 *
 * @returns the function of `step`. It keeps the running product, so steps in order cost one multiplication each.
 */
export function createRate(learningRate: number, schedule: Schedule): (step: number) => number {
  switch (schedule.type) {
    case "constant":
      return () => learningRate;
    case "step": {
      const { every, factor } = schedule;
      const decayed = createRunningProduct(learningRate, factor);
      return (step) => decayed(Math.floor(step / every));
    }
    case "linear":
      return (step) => fround(learningRate * linearShare(schedule, step));
    case "cosine":
      return (step) => fround(learningRate * cosineShare(schedule, step));
    default:
      return schedule satisfies never;
  }
}

function linearShare(
  { warmupSteps, totalSteps }: { readonly warmupSteps: number; readonly totalSteps: number },
  step: number,
): number {
  if (step < warmupSteps) return fround((step + 1) / warmupSteps);
  return step >= totalSteps ? 0 : fround((totalSteps - step) / (totalSteps - warmupSteps));
}

function cosineShare(schedule: Extract<Schedule, { readonly type: "cosine" }>, step: number): number {
  const { warmupSteps, totalSteps, floor = 0 } = schedule;
  if (step < warmupSteps) return fround((step + 1) / warmupSteps);
  if (step >= totalSteps) return floor;
  const progress = fround((step - warmupSteps) / (totalSteps - warmupSteps));
  const wave = fround(0.5 * fround(1 + cosPi32(progress)));
  return fround(floor + fround(fround(1 - floor) * wave));
}

/**
 * `start · factor · factor …` from the left, each product rounded to binary32.
 *
 * @param factor Range: 0 … 1, so that the product stops changing at last.
 * @returns the product after `count` factors. Cost: the factors since the last call, all of them when it goes back.
 */
export function createRunningProduct(start: number, factor: number): (count: number) => number {
  let product = start;
  let taken = 0;
  return (count) => {
    if (count < taken) [product, taken] = [start, 0];
    for (; taken < count; taken++) {
      const next = fround(product * factor);
      if (next === product) taken = count - 1; // nor will it change again
      product = next;
    }
    return product;
  };
}
