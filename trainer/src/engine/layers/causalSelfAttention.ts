/**
 * Causal self-attention on `[T, D]`: q, k and v by one dense layer (`qkv`, shape `[3D, D]`), attention head by head over the
 * positions up to one's own, then a dense layer (`output`, shape `[D, D]`).
 */
import { type Affine, affineBackward, affineForward } from "./affine.ts";
import {
  type Activation,
  type EmittedLayer,
  type LayerBuilder,
  type LayerKind,
  MAX_FIELD,
  shapeRefused,
} from "./layerKind.ts";

export interface CausalSelfAttentionLayer {
  readonly type: "causalSelfAttention";
  /** Divides D. Range: 1 … 65,536. */
  readonly heads: number;
}

const { fround } = Math;

export const causalSelfAttention: LayerKind<CausalSelfAttentionLayer> = {
  type: "causalSelfAttention",
  fields: ["heads"],
  parse: (fields) => ({ type: "causalSelfAttention", heads: fields.integer("heads", 1, MAX_FIELD) }),
  outputShape({ heads }, input, { path }) {
    const site = { path, type: "causalSelfAttention", shape: input };
    if (input.length !== 2) throw shapeRefused(site, "it takes [positions, units]");
    if (input[1]! % heads !== 0) throw shapeRefused(site, `its units must be a multiple of its ${heads} heads`);
    return input;
  },
  parameterCount: (_layer, input) => 4 * input[1]! * (input[1]! + 1),
  emit,
};

function emit({ heads }: CausalSelfAttentionLayer, input: Activation, builder: LayerBuilder): EmittedLayer {
  const [length, width] = input.shape as readonly [number, number];
  const rows = builder.batchSize * length;
  const toQkv = affine(builder, "qkv", { rows, inputs: width, units: 3 * width, input: input.values });
  const qkv = builder.slot("qkv", rows * 3 * width);
  const mixed = builder.slot("attention", rows * width);
  const toOutput = affine(builder, "output", { rows, inputs: width, units: width, input: mixed });
  const values = builder.slot("output", rows * width);
  const shape = { batch: builder.batchSize, length, heads, headSize: width / heads };
  builder.forward(affineForward(toQkv, qkv));
  builder.forward({ kind: "attention", shape, qkv, output: mixed });
  builder.forward(affineForward(toOutput, values));
  const gradient = builder.slot("outputGradient", rows * width);
  const mixedGradient = builder.slot("attentionGradient", rows * width);
  const qkvGradient = builder.slot("qkvGradient", rows * 3 * width);
  return {
    output: { shape: input.shape, values, gradient, mayOverwrite: true },
    backward: [
      ...affineBackward(toOutput, gradient, mixedGradient),
      { kind: "attentionBackward", shape, qkv, outputGradient: mixedGradient, qkvGradient },
      ...affineBackward(toQkv, qkvGradient, input.gradient),
    ],
  };
}

/** A dense layer of attention: weights start uniform over ±1 / √inputs, biases at +0. */
function affine(
  builder: LayerBuilder,
  name: string,
  site: Pick<Affine, "rows" | "inputs" | "units" | "input">,
): Affine {
  const bound = fround(1 / fround(Math.sqrt(site.inputs)));
  return {
    ...site,
    weight: builder.parameter(`${name}.weight`, [site.units, site.inputs], { kind: "uniform", bound }),
    bias: builder.parameter(`${name}.bias`, [site.units], { kind: "zero" }),
  };
}
