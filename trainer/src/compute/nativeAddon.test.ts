import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkCases } from "../engine/testing/cases/checkCases.ts";
import { elementwiseCases, rowCases } from "../engine/testing/cases/elementwiseCases.ts";
import { learningCases } from "../engine/testing/cases/learningCases.ts";
import { convolutionCases, matmulCases } from "../engine/testing/cases/productCases.ts";
import { sequenceCases } from "../engine/testing/cases/sequenceCases.ts";
import { poolCases } from "../engine/testing/cases/windowCases.ts";
import { testStream } from "../engine/testing/programs.ts";
import { loadNativeModules } from "./nativeAddon.ts";

const SUBJECTS = {
  ...{ matmulCases, convolutionCases, elementwiseCases, rowCases, sequenceCases, poolCases, learningCases },
};

const { kernels, problem } = loadNativeModules();
const skip = kernels.length === 0 ? `no native kernels here: ${problem}` : false;

describe("native kernels", { skip }, () => {
  for (const each of kernels) {
    for (const threads of [1, 2, 4]) {
      it(`give the reference's bits and touch nothing else: ${each.name}, ${threads} threads`, async () => {
        for (const [name, cases] of Object.entries(SUBJECTS)) {
          await checkCases(cases(testStream(name)), (program) => {
            const backend = each.openBackend(program, { threads, worthSharing: 0 });
            assert.equal(backend.threads, threads);
            return backend;
          });
        }
      });
    }
  }

  it("tells no memory from a wrong call", () => {
    const program = { operations: [], arenaLength: 2 ** 50, streams: [] };
    assert.throws(() => kernels[0]!.openBackend(program, { threads: 1 }), {
      code: "COMPUTE_NATIVE_OUT_OF_MEMORY",
      message: "the native engine cannot have the 4294967296 MiB that the program needs",
    });
    assert.throws(() => kernels[0]!.openBackend({ ...program, arenaLength: -1 }, { threads: 1 }), {
      code: "NATIVE_BAD_CALL",
    });
  });

  it("refuses to run after it was closed, and may be closed twice", () => {
    const backend = kernels[0]!.openBackend({ operations: [], arenaLength: 16, streams: [] }, { threads: 2 });
    backend.dispose?.();
    backend.dispose?.();
    const context = { step: 0, isTraining: false, rate: 0, firstCorrection: 1, secondCorrection: 1 };
    assert.throws(() => backend.run(0, 0, { ...context, streams: new Uint32Array(0) }), { code: "NATIVE_BAD_CALL" });
    backend.arena[0] = 1; // the memory outlives the engine
  });
});
