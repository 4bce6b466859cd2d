/**
 * The definition of every operation, by its kind: plain loops over binary32, each product rounded, then each sum.
 *
 * Slow on purpose. Other executors must give the same bits; where they differ, these files are right.
 */
import type { Operation, StepContext } from "../operations.ts";
import * as dense from "./dense.ts";
import * as elementwise from "./elementwise.ts";
import * as learning from "./learning.ts";
import * as sequence from "./sequence.ts";
import * as window from "./window.ts";

/** Gives `false` when a loss or a weight that it wrote is not finite. */
type Definition<O extends Operation> = (operation: O, arena: Float32Array, context: StepContext) => unknown;

const DEFINITIONS: { readonly [K in Operation["kind"]]: Definition<Extract<Operation, { readonly kind: K }>> } = {
  ...dense,
  ...elementwise,
  ...window,
  ...sequence,
  ...learning,
};

/** @returns false when a loss or a weight that the operation wrote is not finite. */
export function runReference(operation: Operation, arena: Float32Array, context: StepContext): boolean {
  const definition = DEFINITIONS[operation.kind] as Definition<Operation>;
  return definition(operation, arena, context) !== false;
}
