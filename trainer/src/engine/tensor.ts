/** Named arrays of binary32, as they travel between executors, files and rules. Holds no arithmetic. */
import { EngineError } from "./errors.ts";

export interface Tensor {
  /** Row-major. The empty shape is a scalar. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name. Order does not matter: whatever depends on order sorts. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** The one NaN that canonical bytes may hold. */
const CANONICAL_NAN = 0x7fc00000;

/** @returns the number of elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** @returns whether two shapes are equal, rank included. */
export function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

/** @returns whether no value is an infinity or a NaN. */
export function allFinite(values: Float32Array): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

/** Replaces every NaN by `0x7fc00000` in place: which NaN an operation gives is up to the CPU. @returns `values`. */
export function canonicaliseNaN(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) bits[i] = CANONICAL_NAN;
  return values;
}

/**
 * Checks that `actual` has exactly the names and shapes of `expected`.
 *
 * @throws {EngineError} `ENGINE_PARAMETERS_MISMATCH` naming the first tensor that is missing, unknown or misshapen
 */
export function requireSameTensors(
  actual: Parameters,
  expected: readonly { readonly name: string; readonly shape: readonly number[] }[],
): void {
  const known = new Set(expected.map(({ name }) => name));
  for (const name of actual.keys()) if (!known.has(name)) throw mismatch(name, "is unknown to this architecture");
  for (const { name, shape } of expected) {
    const tensor = actual.get(name);
    if (tensor === undefined) throw mismatch(name, "is missing");
    if (!sameShape(tensor.shape, shape)) throw mismatch(name, `has shape [${tensor.shape}], not [${shape}]`);
    if (tensor.data.length !== elementCount(shape)) throw mismatch(name, `holds ${tensor.data.length} values`);
  }
}

function mismatch(name: string, problem: string): EngineError {
  return new EngineError({ code: "ENGINE_PARAMETERS_MISMATCH", name }, `tensor ${name.slice(0, 80)} ${problem}`);
}
