/** Operations on single numbers and on rows. Not for use outside tests. */
import type { RandomStream } from "../../philox.ts";
import { each, LENGTHS, type MakeCase, type OperationCase, ordinary, positive, SHAPES } from "./operationCase.ts";

/** Operations on single numbers. */
export function* elementwiseCases(stream: RandomStream): Generator<OperationCase> {
  for (const length of LENGTHS) {
    const of = (make: MakeCase) => each(stream, `of ${length}`, make);
    for (const kind of ["relu", "gelu", "tanh", "copy"] as const) {
      yield* of((layout, fill) => {
        const [input, output] = [layout.slot(length, fill), layout.slot(length, ordinary)];
        return [{ kind, input, output }, [output]];
      });
    }
    for (const kind of ["reluBackward", "tanhBackward", "geluBackward"] as const) {
      yield* of((layout, fill) => {
        const [from, gradient] = [layout.slot(length, fill), layout.slot(length, fill)];
        if (kind === "geluBackward") return [{ kind, input: from, gradient }, [gradient]];
        return [{ kind, output: from, gradient }, [gradient]];
      });
    }
    yield* of((layout, fill) => {
      const [input, other, output] = [layout.slot(length, fill), layout.slot(length, fill), layout.slot(length, fill)];
      return [{ kind: "add", input, other, output }, [output]];
    });
    for (const keep of [0.9, 0.5, 1e-3]) {
      yield* of((layout, fill) => {
        const [input, output] = [layout.slot(length, fill), layout.slot(length, ordinary)];
        return [{ kind: "dropout", stream: 1, keep, input, output }, [output]];
      });
      yield* of((layout, fill) => {
        const gradient = layout.slot(length, fill);
        return [{ kind: "dropoutBackward", stream: 0, keep, gradient }, [gradient]];
      });
    }
  }
}

/** Operations on rows and columns. */
export function* rowCases(stream: RandomStream): Generator<OperationCase> {
  for (const [rows, columns] of SHAPES) {
    const size = rows * columns;
    const of = (make: MakeCase) => each(stream, `of ${rows} × ${columns}`, make);
    for (const relu of [false, true]) {
      yield* of((layout, fill) => {
        const [bias, data] = [layout.slot(columns, fill), layout.slot(size, fill)];
        return [{ kind: "addBias", rows, columns, bias, data, relu }, [data]];
      });
    }
    yield* of((layout, fill) => {
      const [data, out] = [layout.slot(size, fill), layout.slot(columns, ordinary)];
      return [{ kind: "columnSums", rows, columns, data, out }, [out]];
    });
    yield* of((layout, fill) => {
      const [input, output] = [layout.slot(size, fill), layout.slot(size, ordinary)];
      return [{ kind: "softmax", rows, columns, input, output }, [output]];
    });
    yield* of((layout, fill) => {
      const [output, gradient] = [layout.slot(size, positive), layout.slot(size, fill)];
      return [{ kind: "softmaxBackward", rows, columns, output, gradient }, [gradient]];
    });
    yield* of((layout, fill) => {
      const [logits, gradient, loss] = [layout.slot(size, fill), layout.slot(size, ordinary), layout.slot(1, ordinary)];
      const targets = layout.slot(rows, (random) => random.nextBelow(columns));
      return [{ kind: "softmaxCrossEntropy", rows, columns, logits, targets, gradient, loss }, [gradient, loss]];
    });
  }
}
