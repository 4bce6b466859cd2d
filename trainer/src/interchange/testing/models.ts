/** Architectures and parameters that the tests of import and export share. Not for use elsewhere. */
import type { Architecture, Layer } from "../../engine/architecture.ts";
import type { RandomStream } from "../../engine/philox.ts";
import { compile } from "../../engine/program.ts";
import { createReferenceExecutor } from "../../engine/reference/referenceExecutor.ts";
import { elementCount, type Parameters } from "../../engine/tensor.ts";
import { parametersOf } from "../layerSites.ts";
import { readSafetensors, type SafetensorsContents, writeSafetensors } from "../safetensors.ts";

export function conv2d(filters: number, kernel: number, padding = 0, stride = 1): Layer {
  return { type: "conv2d", filters, kernel, stride, padding };
}

export function dense(units: number): Layer {
  return { type: "dense", units };
}

export function maxPool(size: number, stride = size): Layer {
  return { type: "maxPool", size, stride };
}

export function classifier(input: readonly number[], ...layers: readonly Layer[]): Architecture {
  return { input, layers, loss: "softmaxCrossEntropy" };
}

/** Numbers of any shape. */
export function regressor(input: readonly number[], ...layers: readonly Layer[]): Architecture {
  return { input, layers, loss: "meanSquaredError" };
}

/** What the engine makes of a batch, by the executor that defines it. */
export function engineOutputs(architecture: Architecture, parameters: Parameters, inputs: Float32Array): Float32Array {
  const batchSize = inputs.length / elementCount(architecture.input);
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  const executor = createReferenceExecutor(compile(architecture, { batchSize, optimiser }));
  executor.loadParameters(parameters);
  return executor.outputs(inputs, batchSize);
}

const relu = { type: "relu" } as const;
const layerNorm = { type: "layerNorm" } as const;

/** Two blocks, norms first: what GPT-2 is made of. */
export function transformer(sizes: {
  readonly blocks: number;
  readonly width: number;
  readonly heads: number;
  readonly positions: number;
  readonly vocabulary: number;
}): Architecture {
  const { blocks, width, heads, positions, vocabulary } = sizes;
  const block: readonly Layer[] = [
    { type: "residual", layers: [layerNorm, { type: "causalSelfAttention", heads }] },
    { type: "residual", layers: [layerNorm, dense(4 * width), { type: "gelu" }, dense(width)] },
  ];
  return classifier(
    [positions],
    { type: "embedding", vocabulary, units: width },
    { type: "positionalEmbedding" },
    ...Array.from({ length: blocks }, () => block).flat(),
    layerNorm,
    dense(vocabulary),
  );
}

export const lenet = classifier(
  [28, 28, 1],
  ...[conv2d(6, 5, 2), relu, maxPool(2), conv2d(16, 5), relu, maxPool(2)],
  ...[{ type: "flatten" } as const, dense(120), relu, dense(84), relu, dense(10)],
);

/** The four models that the engine is measured by. */
export const benchModels: Readonly<Record<string, Architecture>> = {
  "MLP 784-128-10": classifier([28, 28, 1], { type: "flatten" }, dense(128), relu, dense(10)),
  "LeNet-5": lenet,
  "CIFAR CNN 32-32-64-64": classifier(
    [32, 32, 3],
    ...[conv2d(32, 3, 1), relu, conv2d(32, 3, 1), relu, maxPool(2)],
    ...[conv2d(64, 3, 1), relu, conv2d(64, 3, 1), relu, maxPool(2)],
    ...[{ type: "flatten" } as const, dense(10)],
  ),
  "transformer 2×128": transformer({ blocks: 2, width: 128, heads: 4, positions: 64, vocabulary: 96 }),
};

/** Parameters that keep activations near 1: uniform, scaled by the number of inputs; those of norms around 1. */
export function randomParameters(architecture: Architecture, stream: RandomStream): Parameters {
  return new Map(
    parametersOf(architecture).map(({ name, shape }) => {
      const fanIn = shape.length > 1 ? elementCount(shape.slice(1)) : 4;
      const bound = Math.sqrt(3 / fanIn);
      const data = Float32Array.from({ length: elementCount(shape) }, () => (2 * stream.nextFloat() - 1) * bound);
      return [name, { shape, data }];
    }),
  );
}

/** Numbers in [−1, 1), or tokens where the first layer is an embedding. */
export function randomInputs({ layers, input }: Architecture, count: number, stream: RandomStream): Float32Array {
  const [first] = layers;
  const draw =
    first?.type === "embedding" ? () => stream.nextBelow(first.vocabulary) : () => 2 * stream.nextFloat() - 1;
  return Float32Array.from({ length: count * elementCount(input) }, draw);
}

/** A file of these tensors, each numbered through in row-major order from 0. */
export function numberedFile(shapes: Readonly<Record<string, readonly number[]>>): SafetensorsContents {
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => i);
    return [name, { shape, data }] as const;
  });
  return readSafetensors(writeSafetensors(new Map(tensors)));
}
