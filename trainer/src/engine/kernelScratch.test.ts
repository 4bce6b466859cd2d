import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Architecture, Layer } from "./architecture.ts";
import { encodeProgram, OPERATION_WORDS } from "./encodeProgram.ts";
import { EngineError } from "./errors.ts";
import { compile, type TrainingProgram } from "./program.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { testStream } from "./testing/programs.ts";
import { randomArchitecture } from "./testing/randomArchitecture.ts";
import { instantiateKernels, kernelModule } from "./wasm/kernelModule.ts";

const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
const PAGE_BYTES = 65_536;

function of(input: readonly number[], ...layers: readonly Layer[]): Architecture {
  return { input, layers: [...layers, { type: "flatten" }, { type: "dense", units: 2 }], loss: "softmaxCrossEntropy" };
}

/** @returns what the compiled kernels say that a thread needs. Unit: elements. */
async function neededBy({ operations }: TrainingProgram): Promise<number> {
  const table = encodeProgram(operations);
  const pages = 4 + Math.ceil(table.byteLength / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const kernels = await instantiateKernels(await kernelModule(false), memory);
  const at = Math.ceil(kernels.__heap_base.value / 64) * 64;
  new Int32Array(memory.buffer, at, table.length).set(table);
  return kernels.scratch_stride(at, table.length / OPERATION_WORDS);
}

/** Kernels leave a gap after each thread's scratch, and round up to it. */
const GAP = 128;

describe("scratchOf", () => {
  it("is at least what the kernels need", async () => {
    const stream = testStream("scratch");
    const drawn = Array.from({ length: 60 }, () => randomArchitecture(stream));
    const large = [
      of([40, 30, 3], { type: "conv2d", filters: 33, kernel: 7, padding: 6 }),
      of([9, 9, 1], { type: "conv2d", filters: 3, kernel: 1 }, { type: "conv2d", filters: 70, kernel: 2, stride: 5 }),
      of([300], { type: "embedding", vocabulary: 2, units: 6 }, { type: "causalSelfAttention", heads: 3 }),
    ];
    for (const architecture of [...Object.values(ARCHITECTURES), ...drawn, ...large]) {
      const program = compile(architecture, { batchSize: 3, optimiser: SGD });
      const needed = await neededBy(program);
      assert.ok(program.scratchLength + GAP >= needed, `${needed}: ${JSON.stringify(architecture)}`);
    }
  });
});

describe("compile", () => {
  it("refuses what fits the arena but not the kernels' own memory, naming the layer", () => {
    const strided: readonly Layer[] = [
      { type: "conv2d", filters: 1, kernel: 1 },
      { type: "conv2d", filters: 16_384, kernel: 1, stride: 256 },
    ];
    const text: Layer = { type: "embedding", vocabulary: 2, units: 1 };
    for (const [path, architecture] of [
      ["layers.1", of([512, 512, 1], ...strided)],
      ["layers.1", of([65_536], text, { type: "causalSelfAttention", heads: 1 })],
      ["layers.0", of([1, 1, 1], { type: "conv2d", filters: 1, kernel: 4_096, padding: 4_095 })],
    ] as const) {
      assert.throws(
        () => compile(architecture, { batchSize: 1, optimiser: SGD }),
        (error) => {
          assert.ok(error instanceof EngineError && error.detail.code === "ENGINE_ARCHITECTURE_TOO_LARGE");
          assert.equal(error.detail.path, path);
          assert.ok(error.detail.actual > error.detail.max);
          return true;
        },
      );
    }
  });
});
