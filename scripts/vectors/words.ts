/** How the test vectors spell binary32: eight hex digits, most significant first. */
import { canonicaliseNaN, type Parameters } from "../../trainer/src/engine/tensor.ts";

/** Tensors with their shapes. */
export function tensors(parameters: Parameters): object {
  return Object.fromEntries([...parameters].map(([name, { shape, data }]) => [name, { shape, values: words(data) }]));
}

/** @returns the eight hex digits of every number, NaNs made canonical. */
export function words(values: Float32Array): string[] {
  const copy = canonicaliseNaN(values.slice());
  return Array.from(new Uint32Array(copy.buffer), (word) => word.toString(16).padStart(8, "0"));
}
