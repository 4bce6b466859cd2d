import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../errors.ts";
import { createMachine } from "./machine.ts";

/** Unit: bytes. What WebAssembly's addresses reach. */
const REACH = 2 ** 32;
const EMPTY = { operations: [], streams: [] };

describe("createMachine", () => {
  it("has as many threads as there is memory for", async () => {
    // 2 MiB are left beside the arena: too little for the stacks of 64 threads, enough for a few
    const arenaLength = (REACH - 2 * 2 ** 20) / 4;
    const { threads, arena } = await createMachine({ ...EMPTY, arenaLength }, { threads: 64, maySleep: true });
    assert.ok(threads > 1 && threads < 32, `${threads} threads`);
    assert.equal(arena.length, arenaLength);
  });

  it("refuses a program beyond WebAssembly's reach, whatever the threads", async () => {
    for (const threads of [1, 8]) {
      const machine = createMachine({ ...EMPTY, arenaLength: REACH / 4 }, { threads, maySleep: true });
      await assert.rejects(machine, (error) => {
        assert.ok(error instanceof EngineError, String(error));
        assert.ok(error.detail.code === "ENGINE_OUT_OF_MEMORY" && error.detail.neededBytes > REACH);
        assert.match(error.message, /needs 4097 MiB: WebAssembly reaches 4096 MiB/);
        return true;
      });
    }
  });
});
