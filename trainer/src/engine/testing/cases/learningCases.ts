/** Losses of values, clipping and optimiser steps. Not for use outside tests. */
import type { RandomStream } from "../../philox.ts";
import { each, extreme, LENGTHS, type MakeCase, type OperationCase, ordinary, positive } from "./operationCase.ts";

const { fround } = Math;

/** Losses of values, clipping and optimiser steps. */
export function* learningCases(stream: RandomStream): Generator<OperationCase> {
  for (const length of [...LENGTHS, 1_024, 9_000]) {
    const of = (make: MakeCase) => each(stream, `of ${length}`, make);
    yield* of((layout, fill) => {
      const [outputs, targets] = [layout.slot(length, fill), layout.slot(length, fill)];
      const [gradient, loss] = [layout.slot(length, ordinary), layout.slot(1, ordinary)];
      return [{ kind: "meanSquaredError", outputs, targets, gradient, loss }, [gradient, loss]];
    });
    for (const isFirst of [true, false]) {
      yield* of((layout, fill) => {
        const [gradient, sum] = [layout.slot(length, fill), layout.slot(1, positive)];
        return [{ kind: "squareSum", gradient, sum, isFirst }, [sum]];
      });
    }
    yield* of((layout, fill) => {
      const [data, factor] = [layout.slot(length, fill), layout.slot(1, positive)];
      return [{ kind: "scale", data, factor }, [data]];
    });
    yield* optimiserCases(of, length);
  }
  for (const maximum of [0.1, 0.6, 2].map(fround)) {
    yield* each(stream, `at ${maximum}`, (layout, fill) => {
      const [sum, factor] = [layout.slot(1, fill === extreme ? extreme : positive), layout.slot(1, ordinary)];
      return [{ kind: "clipFactor", maximum, sum, factor }, [factor]];
    });
  }
}

function* optimiserCases(of: (make: MakeCase) => Generator<OperationCase>, length: number): Generator<OperationCase> {
  for (const weightDecay of [0, fround(0.1)]) {
    yield* of((layout, fill) => {
      const [weight, gradient] = [layout.slot(length, fill), layout.slot(length, fill)];
      return [{ kind: "sgd", weightDecay, weight, gradient }, [weight]];
    });
    for (const nesterov of [false, true]) {
      yield* of((layout, fill) => {
        const [weight, gradient, velocity] = [
          layout.slot(length, fill),
          layout.slot(length, fill),
          layout.slot(length, ordinary),
        ];
        const numbers = { momentum: fround(0.9), nesterov, weightDecay };
        return [{ kind: "sgdMomentum", ...numbers, weight, gradient, velocity }, [weight, velocity]];
      });
    }
    yield* of((layout, fill) => {
      const [weight, gradient] = [layout.slot(length, fill), layout.slot(length, fill)];
      const [firstMoment, secondMoment] = [layout.slot(length, ordinary), layout.slot(length, positive)];
      const numbers = { beta1: fround(0.9), beta2: fround(0.999), epsilon: fround(1e-8), weightDecay };
      const operation = { kind: "adamW", ...numbers, weight, gradient, firstMoment, secondMoment } as const;
      return [operation, [weight, firstMoment, secondMoment]];
    });
  }
}
