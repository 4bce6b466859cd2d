/** The register of layer kinds: a new kind is one file and one line here. */
import { type DenseLayer, dense } from "./dense.ts";
import { type FlattenLayer, flatten } from "./flatten.ts";
import type { LayerKind } from "./layerKind.ts";
import { type ReluLayer, relu } from "./relu.ts";

export type Layer = DenseLayer | ReluLayer | FlattenLayer;

const KINDS: { readonly [T in Layer["type"]]: LayerKind<Extract<Layer, { readonly type: T }>> } = {
  dense,
  relu,
  flatten,
};

export const LAYER_TYPES = Object.keys(KINDS) as readonly Layer["type"][];

/** @returns the kind that handles layers of this type. */
export function kindOf<L extends Layer>(type: L["type"]): LayerKind<L> {
  return KINDS[type] as unknown as LayerKind<L>;
}
