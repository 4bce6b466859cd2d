/**
 * The canonical elementary functions in the machine's code: the sequences of `engine/arithmetic.ts`, with its coefficients.
 *
 * Longer than usual: each function is one straight sequence of instructions.
 */
import { EXP_COEFFICIENTS, LOG_COEFFICIENTS, NORMAL_COEFFICIENTS, TANH_COEFFICIENTS } from "../../engine/arithmetic.ts";
import { type CodeBuilder, RESULT, ZERO } from "./codeBuilder.ts";

const { fround } = Math;
const LOG2_E = 1.4426950216293335;
const ROUNDER = 12_582_912;
const LN2_HIGH = fround(0.693359375);
const LN2_LOW = fround(-2.1219444e-4);
const SIGN = 0x80000000;

/** `rd = p(x)` by Horner's rule, highest power first. `x` and `scratch` differ from `rd`. */
function horner(b: CodeBuilder, rd: number, x: number, scratch: number, coefficients: readonly number[]): void {
  b.number(rd, coefficients[0]!);
  for (const coefficient of coefficients.slice(1)) {
    b.three("FMUL", rd, rd, x);
    b.number(scratch, coefficient);
    b.three("FADD", rd, rd, scratch);
  }
}

/** `rd = max(rd, value)`: NaN where either is. */
export function largest(b: CodeBuilder, rd: number, value: number, scratch: number): void {
  const [take, done] = [b.label(), b.label()];
  b.three("FLT", scratch, rd, value);
  b.jumpIf(scratch, take);
  b.three("FLE", scratch, value, rd);
  b.jumpIf(scratch, done);
  b.number(rd, Number.NaN);
  b.jump(done);
  b.place(take);
  b.move(rd, value);
  b.place(done);
}

/** `rd = max(rd, +0)`. */
export function rectify(b: CodeBuilder, rd: number, scratch: number): void {
  const done = b.label();
  b.three("FLE", scratch, rd, ZERO);
  b.jumpUnless(scratch, done);
  b.integer(rd, 0);
  b.place(done);
}

/** `rd = e^ra`. `rd` may be `ra`; the three scratch registers are others. */
export function exp(b: CodeBuilder, rd: number, ra: number, [c, n, t]: readonly [number, number, number]): void {
  const [high, clamped] = [b.label(), b.label()];
  b.move(c, ra);
  b.number(n, -104);
  b.three("FLT", t, c, n);
  b.jumpUnless(t, high);
  b.move(c, n);
  b.place(high);
  b.number(n, 89);
  b.three("FLT", t, n, c);
  b.jumpUnless(t, clamped);
  b.move(c, n);
  b.place(clamped);
  b.number(t, LOG2_E);
  b.three("FMUL", n, c, t);
  b.number(t, ROUNDER);
  b.three("FADD", n, n, t);
  b.three("FSUB", n, n, t);
  b.number(t, LN2_HIGH);
  b.three("FMUL", t, n, t);
  b.three("FSUB", c, c, t);
  b.number(t, LN2_LOW);
  b.three("FMUL", t, n, t);
  b.three("FSUB", c, c, t); // r
  horner(b, rd, c, t, EXP_COEFFICIENTS);
  b.three("FMUL", t, c, c);
  b.three("FMUL", rd, rd, t);
  b.three("FADD", rd, rd, c);
  b.number(t, 1);
  b.three("FADD", rd, rd, t);
  b.emit("F2I", { rd: n, ra: n });
  b.with("ADDI", t, n, 512); // so that half of it is rounded down, below 0 too
  b.with("SHRI", t, t, 1);
  b.with("ADDI", t, t, -256);
  b.three("SUB", n, n, t);
  for (const power of [t, n]) {
    b.with("ADDI", power, power, 127);
    b.with("SHLI", power, power, 23);
    b.three("FMUL", rd, rd, power);
  }
}

/** `rd = log ra`. `rd` may be `ra`; the four scratch registers are others. */
export function log(b: CodeBuilder, rd: number, ra: number, s: readonly [number, number, number, number]): void {
  const [m, e, z, t] = s;
  const [positive, notZero, finite, isNormal] = [b.label(), b.label(), b.label(), b.label()];
  const [small, joined, done] = [b.label(), b.label(), b.label()];
  b.move(m, ra);
  b.three("FLT", t, ZERO, m);
  b.jumpIf(t, positive);
  b.with("SHLI", t, m, 1); // without its sign
  b.jumpIf(t, notZero);
  b.number(rd, Number.NEGATIVE_INFINITY);
  b.jump(done);
  b.place(notZero);
  b.number(rd, Number.NaN);
  b.jump(done);
  b.place(positive);
  b.number(t, Number.POSITIVE_INFINITY);
  b.jumpCompare("JNE", m, t, finite);
  b.move(rd, t);
  b.jump(done);
  b.place(finite);
  b.integer(e, -126);
  b.integer(t, 0x00800000); // the least normal number
  b.jumpCompare("JGE", m, t, isNormal);
  b.number(t, 8_388_608);
  b.three("FMUL", m, m, t);
  b.integer(e, -126 - 23);
  b.place(isNormal);
  b.with("SHRI", t, m, 23);
  b.three("ADD", e, e, t);
  b.with("ANDI", m, m, 0x007fffff);
  b.integer(t, 0x3f000000);
  b.three("OR", m, m, t);
  b.number(t, 0.7071067690849304);
  b.three("FLT", t, m, t);
  b.jumpIf(t, small);
  b.number(t, 1);
  b.three("FSUB", m, m, t);
  b.jump(joined);
  b.place(small);
  b.with("ADDI", e, e, -1);
  b.three("FADD", m, m, m);
  b.number(t, 1);
  b.three("FSUB", m, m, t);
  b.place(joined);
  b.emit("I2F", { rd: e, ra: e });
  b.three("FMUL", z, m, m);
  horner(b, rd, m, t, LOG_COEFFICIENTS);
  b.three("FMUL", t, m, z);
  b.three("FMUL", rd, t, rd);
  b.number(t, LN2_LOW);
  b.three("FMUL", t, t, e);
  b.three("FADD", rd, rd, t);
  b.number(t, 0.5);
  b.three("FMUL", t, t, z);
  b.three("FSUB", rd, rd, t);
  b.three("FADD", rd, m, rd);
  b.number(t, LN2_HIGH);
  b.three("FMUL", t, t, e);
  b.three("FADD", rd, rd, t);
  b.place(done);
}

/** `rd = tanh ra`; all registers differ. */
export function tanh(
  b: CodeBuilder,
  rd: number,
  ra: number,
  s: readonly [number, number, number, number, number],
): void {
  const [a, x, y, z, t] = s;
  const [large, done] = [b.label(), b.label()];
  b.with("ANDI", a, ra, 0x7fffffff);
  b.number(t, 0.625);
  b.three("FLT", t, a, t);
  b.jumpUnless(t, large);
  b.three("FMUL", z, ra, ra);
  horner(b, rd, z, t, TANH_COEFFICIENTS);
  b.three("FMUL", rd, rd, z);
  b.three("FMUL", rd, rd, ra);
  b.three("FADD", rd, rd, ra);
  b.jump(done);
  b.place(large);
  b.three("FADD", a, a, a);
  exp(b, a, a, [x, y, z]);
  b.number(t, 1);
  b.three("FADD", a, a, t);
  b.number(z, 2);
  b.three("FDIV", a, z, a);
  b.three("FSUB", rd, t, a);
  b.three("FLT", t, ra, ZERO);
  b.jumpUnless(t, done);
  b.with("XORI", rd, rd, SIGN);
  b.place(done);
}

/** Φ(x) to `distribution` and φ(x) to `density`; all registers differ. */
export function normal(
  b: CodeBuilder,
  { x, distribution, density }: { readonly x: number; readonly distribution: number; readonly density: number },
  s: readonly [number, number, number, number],
): void {
  const [z, p, q, t] = s;
  const positive = b.label();
  const done = b.label();
  b.with("ANDI", z, x, 0x7fffffff);
  b.number(t, fround(Math.SQRT1_2));
  b.three("FMUL", z, z, t);
  b.three("FMUL", density, z, z);
  b.with("XORI", density, density, SIGN);
  canonicalNaN(b, density, t);
  exp(b, density, density, [p, q, t]);
  b.number(t, fround(0.3275911));
  b.three("FMUL", z, t, z);
  b.number(t, 1);
  b.three("FADD", z, t, z);
  b.three("FDIV", z, t, z); // t of the formula
  horner(b, p, z, t, NORMAL_COEFFICIENTS);
  b.three("FMUL", p, p, z);
  b.number(t, 0.5);
  b.three("FMUL", q, t, p);
  b.three("FMUL", q, q, density);
  b.number(t, fround(0.3989422804014327));
  b.three("FMUL", density, t, density);
  b.three("FLE", t, ZERO, x);
  b.jumpIf(t, positive);
  b.move(distribution, q);
  b.jump(done);
  b.place(positive);
  b.number(t, 1);
  b.three("FSUB", distribution, t, q);
  b.place(done);
}

/** A NaN whose sign was turned is no longer the one NaN. */
function canonicalNaN(b: CodeBuilder, rd: number, scratch: number): void {
  const done = b.label();
  b.three("FLE", scratch, rd, rd);
  b.jumpIf(scratch, done);
  b.number(rd, Number.NaN);
  b.place(done);
}

/**
 * Philox 4×32-10 on registers: c0 … c3 become the block; k0 and k1 are used up.
 *
 * @see engine/philox.ts
 */
export function philox(
  b: CodeBuilder,
  [c0, c1, c2, c3]: readonly [number, number, number, number],
  [k0, k1]: readonly [number, number],
  [h, l, t]: readonly [number, number, number],
): void {
  for (let round = 0; round < 10; round++) {
    b.integer(t, 0xd2511f53);
    b.three("MULHI", h, t, c0);
    b.three("MUL", l, t, c0);
    b.integer(t, 0xcd9e8d57);
    b.three("MULHI", c0, t, c2);
    b.three("XOR", c0, c0, c1);
    b.three("XOR", c0, c0, k0);
    b.three("MUL", c1, t, c2);
    b.three("XOR", c2, h, c3);
    b.three("XOR", c2, c2, k1);
    b.move(c3, l);
    b.with("ADDI", k0, k0, 0x9e3779b9);
    b.with("ADDI", k1, k1, 0xbb67ae85);
  }
}

/** Halts with `register` as the element's word. */
export function give(b: CodeBuilder, register: number): void {
  b.move(RESULT, register);
  b.halt();
}
