/** Flatten: the same values read as one row an example. Moves nothing. */
import { elementCount } from "../tensor.ts";
import type { LayerKind } from "./layerKind.ts";

export interface FlattenLayer {
  readonly type: "flatten";
}

export const flatten: LayerKind<FlattenLayer> = {
  type: "flatten",
  parse: () => ({ type: "flatten" }),
  outputShape: (_layer, input) => [elementCount(input)],
  parameterCount: () => 0,
  emit: (_layer, input) => ({ output: { ...input, shape: [elementCount(input.shape)] }, backward: [] }),
};
