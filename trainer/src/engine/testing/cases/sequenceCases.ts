/** Operations of sequence models. Not for use outside tests. */
import type { RandomStream } from "../../philox.ts";
import { each, type Fill, type MakeCase, type OperationCase, ordinary, positive, SHAPES } from "./operationCase.ts";

/** Layer normalisation, embeddings and attention. */
export function* sequenceCases(stream: RandomStream): Generator<OperationCase> {
  for (const [rows, columns] of SHAPES) {
    yield* layerNormCases(stream, rows, columns);
    yield* embeddingCases(stream, rows, columns);
  }
  for (const [batch, length, heads, headSize] of [
    [1, 1, 1, 1],
    [2, 5, 3, 3],
    [1, 17, 2, 4],
    [2, 16, 1, 8],
    [1, 33, 2, 21],
    [1, 40, 1, 32],
    [1, 70, 2, 4], // more positions than a group of the card has
    [1, 130, 1, 4],
  ] as const) {
    const [width, shape] = [batch * length * heads * headSize, { batch, length, heads, headSize }];
    const of = (make: MakeCase) => each(stream, `of ${batch} × ${length}, ${heads} heads of ${headSize}`, make);
    yield* of((layout, fill) => {
      const [qkv, output] = [layout.slot(3 * width, fill), layout.slot(width, ordinary)];
      return [{ kind: "attention", shape, qkv, output }, [output]];
    });
    yield* of((layout, fill) => {
      const [qkv, outputGradient] = [layout.slot(3 * width, fill), layout.slot(width, fill)];
      const qkvGradient = layout.slot(3 * width, ordinary);
      return [{ kind: "attentionBackward", shape, qkv, outputGradient, qkvGradient }, [qkvGradient]];
    });
  }
}

function* layerNormCases(stream: RandomStream, rows: number, columns: number): Generator<OperationCase> {
  const size = rows * columns;
  const of = (make: MakeCase) => each(stream, `of ${rows} × ${columns}`, make);
  yield* of((layout, fill) => {
    const [input, weight, bias] = [layout.slot(size, fill), layout.slot(columns, fill), layout.slot(columns, fill)];
    const outputs = [layout.slot(size, ordinary), layout.slot(rows, ordinary), layout.slot(rows, ordinary)] as const;
    const [output, mean, scale] = outputs;
    return [{ kind: "layerNorm", rows, columns, input, weight, bias, output, mean, scale }, outputs];
  });
  for (const kind of ["layerNormBackwardInput", "layerNormBackwardWeight"] as const) {
    yield* of((layout, fill) => {
      const [mean, scale] = [layout.slot(rows, ordinary), layout.slot(rows, positive)];
      const [input, outputGradient] = [layout.slot(size, fill), layout.slot(size, fill)];
      const common = { rows, columns, input, mean, scale, outputGradient };
      if (kind === "layerNormBackwardInput") {
        const [weight, inputGradient] = [layout.slot(columns, fill), layout.slot(size, ordinary)];
        return [{ kind, ...common, weight, inputGradient }, [inputGradient]];
      }
      const [weightGradient, biasGradient] = [layout.slot(columns, ordinary), layout.slot(columns, ordinary)];
      return [{ kind, ...common, weightGradient, biasGradient }, [weightGradient, biasGradient]];
    });
  }
}

function* embeddingCases(stream: RandomStream, rows: number, units: number): Generator<OperationCase> {
  const vocabulary = 6;
  const token: Fill = (random) => random.nextBelow(vocabulary);
  const of = (make: MakeCase) => each(stream, `of ${rows} × ${units}`, make);
  yield* of((layout, fill) => {
    const [tokens, weight, output] = [
      layout.slot(rows, token),
      layout.slot(vocabulary * units, fill),
      layout.slot(rows * units, ordinary),
    ];
    return [{ kind: "embedding", rows, units, vocabulary, tokens, weight, output }, [output]];
  });
  yield* of((layout, fill) => {
    const [tokens, outputGradient] = [layout.slot(rows, token), layout.slot(rows * units, fill)];
    const weightGradient = layout.slot(vocabulary * units, ordinary);
    const operation = {
      kind: "embeddingBackward",
      rows,
      units,
      vocabulary,
      tokens,
      outputGradient,
      weightGradient,
    } as const;
    return [operation, [weightGradient]];
  });
}
