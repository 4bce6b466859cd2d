/** The kernels of every operation. Pure: no device is needed to ask. */
import type { Operation } from "../operations.ts";
import { attention, attentionBackward } from "./attention.ts";
import { conv2d, conv2dBackwardInput, conv2dBackwardWeight } from "./convolution.ts";
import * as elementwise from "./elementwiseKernels.ts";
import type { GpuKernel } from "./gpuKernel.ts";
import * as learning from "./learningKernels.ts";
import { matmul } from "./product.ts";
import * as sequence from "./sequenceKernels.ts";
import * as windows from "./windowKernels.ts";

type Kernels<O extends Operation> = (operation: O, at: number) => GpuKernel[];

const KERNELS: { readonly [K in Operation["kind"]]: Kernels<Extract<Operation, { readonly kind: K }>> } = {
  ...{ matmul, conv2d, conv2dBackwardInput, conv2dBackwardWeight, attention, attentionBackward },
  ...elementwise,
  ...windows,
  ...sequence,
  ...learning,
};

/**
 * @param at the operation's index in its program: what a loss or weight that is not finite is reported by.
 * @returns in the order in which they must run.
 */
export function kernelsOf(operation: Operation, at: number): GpuKernel[] {
  return (KERNELS[operation.kind] as Kernels<Operation>)(operation, at);
}
