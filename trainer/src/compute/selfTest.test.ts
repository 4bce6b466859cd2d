import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { createWasmBackend, createWasmExecutor } from "../engine/wasm/wasmExecutor.ts";
import { CANONICAL_RESULTS } from "./canonicalResults.ts";
import { passesSelfTest, selfTestPrograms, selfTestResult } from "./selfTest.ts";

describe("selfTestResult", () => {
  it("is the pinned result on the reference executor and in WebAssembly", async () => {
    for (const [at, program] of selfTestPrograms().entries()) {
      assert.equal(selfTestResult(createReferenceExecutor(program)), CANONICAL_RESULTS[at], "reference");
      assert.equal(selfTestResult(await createWasmExecutor(program)), CANONICAL_RESULTS[at], "wasm");
    }
  });

  it("covers every kernel that computes with vectors", () => {
    const kinds = new Set(selfTestPrograms().flatMap(({ operations }) => operations.map(({ kind }) => kind)));
    for (const kind of [
      "matmul",
      "conv2d",
      "conv2dBackwardInput",
      "conv2dBackwardWeight",
      "attentionBackward",
    ] as const)
      assert.ok(kinds.has(kind), kind);
    assert.ok(kinds.size >= 30, `${kinds.size} kinds`);
  });
});

describe("passesSelfTest", () => {
  it("refuses a backend that changes the last bit of one number", async () => {
    const programs = selfTestPrograms();
    const backends = await Promise.all(programs.map((program) => createWasmBackend(program)));
    const open = (spoil: boolean) => (program: (typeof programs)[number]) => {
      const backend = backends[programs.findIndex(({ arenaLength }) => arenaLength === program.arenaLength)]!;
      const { offset } = program.parameters[0]!.value;
      const bits = new Int32Array(backend.arena.buffer, backend.arena.byteOffset);
      return {
        arena: backend.arena,
        run(first: number, last: number, context: Parameters<typeof backend.run>[2]) {
          const failed = backend.run(first, last, context);
          if (spoil) bits[offset]! ^= 1;
          return failed;
        },
      };
    };
    assert.equal(passesSelfTest(open(false)), true);
    assert.equal(passesSelfTest(open(true)), false);
  });
});
