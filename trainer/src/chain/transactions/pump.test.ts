import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChainError } from "../chainError.ts";
import { createPump } from "./pump.ts";

const outage = (): ChainError => new ChainError({ code: "CHAIN_RPC_UNREACHABLE", rpcUrl: "x" }, "does not answer");

interface Script {
  /** What each look does, in order; the looking ends after the last. */
  readonly looks: readonly (() => void | Promise<void>)[];
  readonly restMs?: number;
}

function play({ looks, restMs = 0 }: Script) {
  let count = 0;
  const bugs: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const pump = createPump({
    signal: new AbortController().signal,
    look: async () => looks[count++]!(),
    restMs: () => {
      if (count < looks.length) return restMs;
      ended.resolve();
      return undefined;
    },
    onBug(error) {
      bugs.push(error);
      ended.resolve();
    },
  });
  return { pump, bugs, ended: ended.promise, count: () => count };
}

describe("createPump", () => {
  it("waits outages out", async () => {
    const fail = (): never => {
      throw outage();
    };
    const { pump, bugs, ended, count } = play({ looks: [fail, fail, () => {}] });
    pump.run();
    await ended;
    assert.equal(count(), 3);
    assert.deepEqual(bugs, []);
  });

  it("ends at a mistake of this program, tells it, and may be run again", async () => {
    const mistake = new TypeError("x is not a function");
    const fail = (): never => {
      throw mistake;
    };
    const { pump, bugs, ended, count } = play({ looks: [fail, () => {}] });
    pump.run();
    await ended;
    assert.equal(count(), 1, "it does not look again by itself");
    assert.deepEqual(bugs, [mistake]);
    pump.run();
    assert.equal(count(), 2);
  });

  it("looks again at once when it is woken while it looks", { timeout: 5_000 }, async () => {
    const looking = Promise.withResolvers<void>();
    const { pump, ended } = play({ looks: [() => looking.promise, () => {}], restMs: 60_000 });
    pump.run();
    pump.wake(); // something was sent after the look had begun
    looking.resolve();
    await ended;
  });

  it("begins once, however often it is asked to", async () => {
    const { pump, ended, count } = play({ looks: [() => {}, () => {}] });
    pump.run();
    pump.run();
    assert.equal(count(), 1);
    await ended;
  });
});
