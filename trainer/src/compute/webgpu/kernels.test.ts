import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { runReference } from "../../engine/reference/referenceOperations.ts";
import { elementwiseCases, rowCases } from "../../engine/testing/cases/elementwiseCases.ts";
import { learningCases } from "../../engine/testing/cases/learningCases.ts";
import { type OperationCase, STEP } from "../../engine/testing/cases/operationCase.ts";
import { convolutionCases, matmulCases } from "../../engine/testing/cases/productCases.ts";
import { sequenceCases } from "../../engine/testing/cases/sequenceCases.ts";
import { poolCases } from "../../engine/testing/cases/windowCases.ts";
import { runOnGpu } from "../../engine/testing/gpuOperation.ts";
import { testStream } from "../../engine/testing/programs.ts";
import { kernelsOf } from "../../engine/webgpu/kernelsOf.ts";
import { openDevice } from "../gpuAdapter.ts";

const opened = await openDevice().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
const skip = typeof opened === "string" ? opened : false;
after(() => typeof opened !== "string" && opened.device.destroy());

const SUBJECTS = { elementwiseCases, rowCases, sequenceCases, poolCases, learningCases, matmulCases, convolutionCases };
/** Of the largest number that the operation wrote, and of each number itself. */
const TOLERANCE = 2e-5;

/** Other kinds of numbers (infinities, ends of the range) have no promise on a card. */
function isOrdinary({ label }: OperationCase): boolean {
  return !label.includes("extreme");
}

function assertClose({ label, outputs }: OperationCase, actual: Float32Array, expected: Float32Array): void {
  for (const { name, offset, length } of outputs) {
    const wanted = expected.subarray(offset, offset + length);
    const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < length; i++) {
      const difference = Math.abs(actual[offset + i]! - wanted[i]!);
      assert.ok(
        difference <= TOLERANCE * (size + 1),
        `${label}, ${name}[${i}]: ${actual[offset + i]}, not ${wanted[i]}`,
      );
    }
  }
}

describe("kernelsOf", { skip }, () => {
  for (const [name, cases] of Object.entries(SUBJECTS)) {
    it(`computes what the reference does, within 2e-5: ${name}`, async () => {
      if (typeof opened === "string") return;
      for (const example of cases(testStream(name))) {
        if (!isOrdinary(example)) continue;
        const expected = example.arena.slice();
        const finite = runReference(example.operation, expected, STEP);
        const kernels = kernelsOf(example.operation, 7);
        let run: Awaited<ReturnType<typeof runOnGpu>>;
        try {
          run = await runOnGpu(opened.device, example, { kernels, step: STEP });
        } catch (cause) {
          throw new Error(`${example.label}: ${cause instanceof Error ? cause.message : cause}`, { cause });
        }
        assertClose(example, run.arena, expected);
        assert.equal(run.isFinite, finite, `${example.label}: finite`);
      }
    });
  }
});
