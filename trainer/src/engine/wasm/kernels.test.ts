import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Architecture } from "../architecture.ts";
import { EXP_COEFFICIENTS, LOG_COEFFICIENTS } from "../arithmetic.ts";
import type { SoftmaxCrossEntropy } from "../operations.ts";
import { compile } from "../program.ts";
import { runReference } from "../reference/referenceOperations.ts";
import { assertSameNumbers, perceptron, smallProgram, testStream } from "../testing/programs.ts";
import { instantiateKernels } from "./kernels.ts";

const OPTIMISER = { type: "sgd", learningRate: 1, momentum: 0 } as const;

/** A program whose batch is long and whose logits are many, for the sake of its loss. */
function wideLoss() {
  const architecture: Architecture = perceptron([1], 64);
  const program = compile(architecture, { batchSize: 2_048, optimiser: OPTIMISER });
  const operation = program.operations.find(({ kind }) => kind === "softmaxCrossEntropy") as SoftmaxCrossEntropy;
  return { program, operation };
}

describe("kernels", () => {
  it("spell the polynomials of exp and log with the reference's coefficients, in its order", () => {
    const source = readFileSync(new URL("../../../kernels/canonical.h", import.meta.url), "utf8");
    const coefficients = [...source.matchAll(/ p = (?:p \* [rm] \+ )?(-?[\d.e-]+)f;/g)].map(([, number]) =>
      Number(number),
    );
    assert.deepEqual(coefficients.map(Math.fround), [...EXP_COEFFICIENTS, ...LOG_COEFFICIENTS]);
  });

  it("compute exp and log as the reference does: 500,000 logits from all over the range", async () => {
    const { program, operation } = wideLoss();
    const { rows, columns, logits, gradient, loss } = operation;
    const { kernels, memory, arena, labels } = await instantiateKernels(program);
    const actual = new Float32Array(memory, arena, program.arenaLength);
    const actualLabels = new Int32Array(memory, labels, rows);
    const stream = testStream("softmax");
    for (const width of [1, 8, 60, 110]) {
      const expected = new Float32Array(program.arenaLength);
      for (let i = 0; i < logits.length; i++) expected[logits.offset + i] = width * (stream.nextFloat() - 0.5);
      actual.set(expected);
      actualLabels.set(Int32Array.from({ length: rows }, () => stream.nextBelow(columns)));
      runReference(operation, expected, actualLabels.slice());
      const at = (offset: number): number => arena + 4 * offset;
      kernels.softmax_cross_entropy(rows, columns, at(logits.offset), labels, at(gradient.offset), at(loss.offset));
      assertSameNumbers(actual.slice(), expected, `logits within ±${width / 2}`);
    }
  });

  it("notice one weight that is not finite, in whichever lane or tail it lies", async () => {
    const { kernels, memory, arena } = await instantiateKernels(smallProgram());
    const length = 11;
    const [weight, gradient, velocity] = [0, 1, 2].map((slot) => new Float32Array(memory, arena + 64 * slot, length));
    const addresses = [arena, arena + 64, arena + 128] as const;
    for (const bad of [Infinity, -Infinity, Number.NaN]) {
      for (let position = 0; position <= length; position++) {
        weight!.fill(1);
        velocity!.fill(0);
        gradient!
          .fill(0)
          .subarray(position, position + 1)
          .fill(bad);
        const finite = Number(position === length); // then the bad number is nowhere
        assert.equal(kernels.sgd_momentum(length, 1, 0.5, ...addresses), finite, `sgd_momentum: ${bad} at ${position}`);
        weight!.fill(1);
        assert.equal(kernels.sgd(length, 1, addresses[0], addresses[1]), finite, `sgd: ${bad} at ${position}`);
      }
    }
  });

  it("write nothing outside their output", async () => {
    const { kernels, memory, arena, scratch } = await instantiateKernels(smallProgram());
    const all = new Float32Array(memory, arena, 256);
    const stream = testStream("outside");
    const at = (offset: number): number => arena + 4 * offset;
    for (let rows = 1; rows <= 6; rows++) {
      for (let columns = 1; columns <= 11; columns++) {
        for (let i = 0; i < 256; i++) all[i] = stream.nextFloat();
        const before = all.slice();
        kernels.matmul(rows, columns, 3, at(0), 3, 1, at(32), columns, 1, at(128), scratch);
        kernels.column_sums(rows, columns, at(128), at(220));
        kernels.add_bias(rows, columns, at(32), at(128), 1);
        const written = (i: number): boolean =>
          (i >= 128 && i < 128 + rows * columns) || (i >= 220 && i < 220 + columns);
        const outside = (values: Float32Array): Float32Array => values.map((value, i) => (written(i) ? 0 : value));
        assertSameNumbers(outside(all), outside(before), `${rows} × ${columns}`);
      }
    }
  });
});
