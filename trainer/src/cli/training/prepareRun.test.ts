import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode } from "../../engine/testing/programs.ts";
import { requireMemory } from "./prepareRun.ts";

describe("requireMemory", () => {
  it("counts the arena, the state twice for a checkpoint, and each thread's own memory", () => {
    const value = { name: "weight", offset: 0, length: 10 };
    const state = { name: "weight", shape: [10], value };
    const parameter = { ...state, initialisation: { kind: "zero" }, gradient: value } as const;
    const program = { arenaLength: 100, scratchLength: 7, parameters: [parameter], optimiserState: [state, state] };
    const needed = 4 * (100 + 3 * 7 + 2 * 30);
    requireMemory(program, { freeBytes: needed, threads: 3 });
    assert.throws(() => requireMemory(program, { freeBytes: needed - 1, threads: 3 }), hasCode("CLI_MEMORY_SHORT"));
  });
});
