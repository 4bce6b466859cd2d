/** The kernels of every operation. Pure: no device is needed to ask. */
import type { Operation } from "../operations.ts";
import { attention, attentionBackward } from "./attention.ts";
import { conv2d, conv2dBackwardInput, conv2dBackwardWeight } from "./convolution.ts";
import * as elementwise from "./elementwiseKernels.ts";
import type { GpuKernel } from "./gpuKernel.ts";
import * as learning from "./learningKernels.ts";
import { matmul, type Product, productKernels } from "./product.ts";
import * as sequence from "./sequenceKernels.ts";
import { estimateTile, type TileChoice } from "./tiles.ts";
import * as windows from "./windowKernels.ts";

type Of<K extends Operation["kind"]> = Extract<Operation, { readonly kind: K }>;

const PRODUCTS = { matmul, conv2d, conv2dBackwardInput, conv2dBackwardWeight };

type ProductKind = keyof typeof PRODUCTS;

const KERNELS: {
  readonly [K in Exclude<Operation["kind"], ProductKind>]: (operation: Of<K>, at: number) => GpuKernel[];
} = {
  ...{ attention, attentionBackward },
  ...elementwise,
  ...windows,
  ...sequence,
  ...learning,
};

/** @returns the matrix product that the operation is; `undefined` where it is none. */
export function productOf(operation: Operation): Product | undefined {
  if (!(operation.kind in PRODUCTS)) return undefined;
  return (PRODUCTS[operation.kind as ProductKind] as (operation: Operation) => Product)(operation);
}

/** @returns how a product is cut. */
export type ChooseTile = (product: Product) => TileChoice;

/**
 * @param at the operation's index in its program: what a loss or weight that is not finite is reported by.
 * @returns in the order in which they must run.
 */
export function kernelsOf(operation: Operation, at: number, choose: ChooseTile = estimateTile): GpuKernel[] {
  const product = productOf(operation);
  if (product !== undefined) return productKernels(product, choose(product));
  return (KERNELS[operation.kind as keyof typeof KERNELS] as (operation: Operation, at: number) => GpuKernel[])(
    operation,
    at,
  );
}
