import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkCases } from "../testing/cases/checkCases.ts";
import { convolutionCases, matmulCases } from "../testing/cases/productCases.ts";
import { testStream } from "../testing/programs.ts";
import { spawnTestWorker } from "../testing/spawnTestWorker.ts";
import { createWasmBackend } from "./wasmExecutor.ts";

describe("matmul, conv2d and its gradients", () => {
  for (const threads of [1, 2, 4]) {
    it(`give the reference's bits and touch nothing else, with ${threads} threads`, async () => {
      const open = async (program: Parameters<typeof createWasmBackend>[0]) => {
        const backend = await createWasmBackend(program, { threads, spawn: spawnTestWorker, worthSharing: 0 });
        assert.equal(backend.threads, threads);
        return backend;
      };
      await checkCases(matmulCases(testStream("products")), open);
      await checkCases(convolutionCases(testStream("convolutions")), open);
    });
  }
});
