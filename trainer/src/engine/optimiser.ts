/** Optimisers: how they are read, what state they keep, and the operations of their step. */
import { EngineError } from "./errors.ts";
import { type Fields, readFields } from "./fields.ts";
import type { Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

/** What every optimiser may have. Numbers are binary32. */
interface Common {
  /** Above 0. */
  readonly learningRate: number;
  /** How the learning rate changes with the steps. @default constant */
  readonly schedule?: Schedule;
  /** Largest Euclidean norm of all gradients together; longer ones are scaled down. Above 0. @default none */
  readonly clipNorm?: number;
}

/** Stochastic gradient descent. Weight decay is an L2 term of the gradient, as in PyTorch. */
export interface SgdOptimiser extends Common {
  readonly type: "sgd";
  /** Range: 0 ≤ momentum < 1. At 0 no velocity is kept. */
  readonly momentum: number;
  /** Needs momentum. @default false */
  readonly nesterov?: boolean;
  /** At least 0. @default 0 */
  readonly weightDecay?: number;
}

/** Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019). */
export interface AdamWOptimiser extends Common {
  readonly type: "adamW";
  /** Range: 0 ≤ beta1 < 1. @default 0.9 */
  readonly beta1?: number;
  /** Range: 0 ≤ beta2 < 1. @default 0.999 */
  readonly beta2?: number;
  /** Above 0. @default 1e-8 */
  readonly epsilon?: number;
  /** At least 0. @default 0.01 */
  readonly weightDecay?: number;
}

/** An optimiser as a document may spell it. */
export type Optimiser = SgdOptimiser | AdamWOptimiser;

type Filled<O extends Common> = Required<Omit<O, "clipNorm">> & Pick<O, "clipNorm">;
/** An optimiser with all defaults filled in. */
export type ParsedOptimiser = Filled<SgdOptimiser> | Filled<AdamWOptimiser>;

/** One parameter as an optimiser sees it. */
interface Learnable {
  readonly name: string;
  readonly value: Slot;
  readonly gradient: Slot;
}

const COMMON_FIELDS = ["learningRate", "schedule", "clipNorm"] satisfies readonly (keyof Common)[];
const SGD_FIELDS = ["momentum", "nesterov", "weightDecay"] satisfies readonly (keyof SgdOptimiser)[];
const ADAMW_FIELDS = ["beta1", "beta2", "epsilon", "weightDecay"] satisfies readonly (keyof AdamWOptimiser)[];

/**
 * @param value JSON from anywhere. Numbers are rounded to binary32 once, here.
 * @returns the optimiser, defaults filled in.
 * @throws {EngineError} `ENGINE_OPTIMISER_MALFORMED` naming the path
 */
export function parseOptimiser(value: unknown): ParsedOptimiser {
  const fields = readFields(value, "$", malformed);
  const type = fields.word("type", ["sgd", "adamW"]);
  fields.only([...COMMON_FIELDS, ...(type === "sgd" ? SGD_FIELDS : ADAMW_FIELDS)]);
  const optimiser = type === "sgd" ? readSgd(fields) : readAdamW(fields);
  fields.end();
  return optimiser;
}

function readSgd(fields: Fields): Filled<SgdOptimiser> {
  const common = readCommon(fields);
  const momentum = fields.float("momentum", "from 0 to below 1", isShare);
  const nesterov = fields.has("nesterov") && fields.flag("nesterov");
  if (nesterov && momentum === 0) throw malformed("$.nesterov", "needs a momentum above 0");
  return { type: "sgd", ...common, momentum, nesterov, weightDecay: readWeightDecay(fields, 0) };
}

function readAdamW(fields: Fields): Filled<AdamWOptimiser> {
  const share = (name: string, byDefault: number): number =>
    fields.has(name) ? fields.float(name, "from 0 to below 1", isShare) : Math.fround(byDefault);
  return {
    type: "adamW",
    ...readCommon(fields),
    beta1: share("beta1", 0.9),
    beta2: share("beta2", 0.999),
    epsilon: fields.has("epsilon") ? fields.float("epsilon", "above 0", isPositive) : Math.fround(1e-8),
    weightDecay: readWeightDecay(fields, 0.01),
  };
}

function readCommon(fields: Fields): Filled<Common> {
  const learningRate = fields.float("learningRate", "above 0", isPositive);
  const schedule: Schedule = fields.has("schedule")
    ? parseSchedule(fields.object("schedule"), malformed)
    : { type: "constant" };
  if (!fields.has("clipNorm")) return { learningRate, schedule };
  return { learningRate, schedule, clipNorm: fields.float("clipNorm", "above 0", isPositive) };
}

function readWeightDecay(fields: Fields, byDefault: number): number {
  if (!fields.has("weightDecay")) return Math.fround(byDefault);
  return fields.float("weightDecay", "of at least 0", (decay) => decay >= 0);
}

function isPositive(value: number): boolean {
  return value > 0;
}

function isShare(value: number): boolean {
  return value >= 0 && value < 1;
}

/**
 * @param state gives the slot of a named, zero-initialised piece of optimiser state as long as the parameter.
 * @returns the operation that updates one parameter.
 */
export function updateOperation(
  optimiser: ParsedOptimiser,
  { name, value: weight, gradient }: Learnable,
  state: (name: string, length: number) => Slot,
): Operation {
  const { weightDecay } = optimiser;
  const common = { weightDecay, weight, gradient };
  if (optimiser.type === "adamW") {
    const { beta1, beta2, epsilon } = optimiser;
    const firstMoment = state(`firstMoment.${name}`, weight.length);
    const secondMoment = state(`secondMoment.${name}`, weight.length);
    return { kind: "adamW", beta1, beta2, epsilon, ...common, firstMoment, secondMoment };
  }
  const { momentum, nesterov } = optimiser;
  if (momentum === 0) return { kind: "sgd", ...common };
  return { kind: "sgdMomentum", momentum, nesterov, ...common, velocity: state(`velocity.${name}`, weight.length) };
}

/**
 * @param slots one number each.
 * @returns the operations that scale all gradients so that together they are at most `maximum` long.
 */
export function clipOperations(
  maximum: number,
  parameters: readonly Learnable[],
  { sum, factor }: { readonly sum: Slot; readonly factor: Slot },
): Operation[] {
  return [
    ...parameters.map(({ gradient }, at): Operation => ({ kind: "squareSum", gradient, sum, isFirst: at === 0 })),
    { kind: "clipFactor", maximum, sum, factor },
    ...parameters.map(({ gradient }): Operation => ({ kind: "scale", data: gradient, factor })),
  ];
}

function malformed(path: string, problem: string): EngineError {
  return new EngineError({ code: "ENGINE_OPTIMISER_MALFORMED", path }, `the optimiser's ${path} ${problem}`);
}
