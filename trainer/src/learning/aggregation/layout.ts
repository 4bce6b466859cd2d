/** Parameters as one flat vector and back. Tensors stand in ascending order of their names, as in the file. */
import { elementCount, type Parameters, sameShape } from "../../engine/tensor.ts";

export interface FlatLayout {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Elements of all tensors together. */
  readonly size: number;
}

export function layoutOf(parameters: Parameters): FlatLayout {
  const names = [...parameters.keys()].sort(); // by UTF-16 code units
  const tensors = names.map((name) => ({ name, shape: parameters.get(name)!.shape }));
  return { tensors, size: tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0) };
}

/** @returns the first tensor that is missing, unknown or of another shape; `undefined` when all are there. */
export function findMismatch({ tensors }: FlatLayout, parameters: Parameters): string | undefined {
  for (const { name, shape } of tensors) {
    const tensor = parameters.get(name);
    const fits = tensor !== undefined && sameShape(tensor.shape, shape) && tensor.data.length === elementCount(shape);
    if (!fits) return name;
  }
  if (parameters.size === tensors.length) return undefined;
  const known = new Set(tensors.map(({ name }) => name));
  return [...parameters.keys()].find((name) => !known.has(name));
}

/** @param target receives the numbers. @default a fresh vector */
export function flatten(
  { tensors, size }: FlatLayout,
  parameters: Parameters,
  target = new Float32Array(size),
): Float32Array {
  let offset = 0;
  for (const { name, shape } of tensors) {
    target.set(parameters.get(name)!.data, offset);
    offset += elementCount(shape);
  }
  return target;
}

/** @returns tensors that are views of `vector`. */
export function unflatten({ tensors }: FlatLayout, vector: Float32Array): Parameters {
  let offset = 0;
  return new Map(
    tensors.map(({ name, shape }) => {
      const data = vector.subarray(offset, offset + elementCount(shape));
      offset += data.length;
      return [name, { shape, data }];
    }),
  );
}
