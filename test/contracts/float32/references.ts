/** What every operation of the contracts must give: the engine's own arithmetic. `Math.fround` of a binary64 result rounds right. */
import { cosPi32, exp32, log32, normal32, tanh32 } from "../../../trainer/src/engine/arithmetic.ts";
import { bitsOf } from "./numbers.ts";

const { fround } = Math;

/** From two numbers, or from the first alone, to bits. */
export type Reference = (a: number, b: number) => number;

export const BINARY: Readonly<Record<string, Reference>> = {
  add: (a, b) => bitsOf(fround(a + b)),
  subtract: (a, b) => bitsOf(fround(a - b)),
  multiply: (a, b) => bitsOf(fround(a * b)),
  divide: (a, b) => bitsOf(fround(a / b)),
  multiplyAdd: (a, b) => bitsOf(fround(b + fround(a * b))),
  maximum: (a, b) => bitsOf(Math.max(a, b)),
  minimum: (a, b) => bitsOf(Math.min(a, b)),
  isEqual: (a, b) => (a === b ? 1 : 0),
  isLess: (a, b) => (a < b ? 1 : 0),
  isAtMost: (a, b) => (a <= b ? 1 : 0),
  isMore: (a, b) => (a > b ? 1 : 0),
  isAtLeast: (a, b) => (a >= b ? 1 : 0),
};

export const UNARY: Readonly<Record<string, Reference>> = {
  squareRoot: (a) => bitsOf(fround(Math.sqrt(a))),
  negate: (a) => bitsOf(-a),
  absolute: (a) => bitsOf(Math.abs(a)),
  canonical: (a) => bitsOf(a),
  isNaN: (a) => (Number.isNaN(a) ? 1 : 0),
  isFinite: (a) => (Number.isFinite(a) ? 1 : 0),
  toInt: (a) => {
    const whole = Math.trunc(a);
    return whole >= -(2 ** 31) && whole < 2 ** 31 ? whole >>> 0 : 0;
  },
};

export const ELEMENTARY: Readonly<Record<string, Reference>> = {
  exp: (x) => bitsOf(exp32(x)),
  log: (x) => bitsOf(log32(x)),
  tanh: (x) => bitsOf(tanh32(x)),
  distribution: (x) => bitsOf(normal32(x).distribution),
  density: (x) => bitsOf(normal32(x).density),
  gelu: (x) => bitsOf(fround(x * normal32(x).distribution)),
  geluSlope: (x) => {
    const { distribution, density } = normal32(x);
    return bitsOf(fround(distribution + fround(x * density)));
  },
  inverseSquareRoot: (x) => bitsOf(fround(1 / fround(Math.sqrt(x)))),
};

/** Defined from 0 to 1 alone. */
export const COS_PI: Reference = (p) => bitsOf(cosPi32(p));
