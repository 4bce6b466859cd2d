/** Tests that a lost worker costs a round nothing but time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Engine } from "./engine.ts";
import { lastingEngine } from "./lastingEngine.ts";
import { RemoteError } from "./worker/rpc.ts";
import type { OpenInput } from "./worker/trainCalls.ts";

const { signal } = new AbortController();
const INPUT: OpenInput = {
  ...{ plan: new Uint8Array(1), mode: "Private", data: { kind: "glyphs" }, threads: 1 },
  device: { choice: "gpu", mayFallBack: false },
};
const SPEED = { stepsPerSecond: 2, samplesPerSecond: 20, device: { kind: "wasm", threads: 1 } } as const;

/** @param codes what the next pieces of work end with; `undefined` is success. */
function engine(log: string[], name: string, ...codes: readonly (string | undefined)[]): Engine {
  const outcomes = [...codes];
  return {
    open: async ({ device }) => {
      log.push(`${name} opens on ${device.choice}`);
      return {} as never;
    },
    measure: async () => {
      const code = outcomes.shift();
      if (code !== undefined) throw new RemoteError({ code }, code);
      return SPEED;
    },
    stateOf: async () => undefined,
    train: () => assert.fail("not asked"),
    leaveCard: async () => void log.push(`${name} leaves the card`),
    close: () => log.push(`${name} closes`),
  };
}

describe("lastingEngine", () => {
  it("opens the plan in another worker and does the work there", async () => {
    const log: string[] = [];
    const lasting = lastingEngine(engine(log, "first", "TRAIN_ENGINE_LOST"), INPUT, () => engine(log, "second"));
    assert.equal(await lasting.measure(1, signal), SPEED);
    assert.deepEqual(log, ["first closes", "second opens on gpu"]);
  });

  it("does not open a card again that the visitor has given up", async () => {
    const log: string[] = [];
    const lasting = lastingEngine(engine(log, "first", "TRAIN_ENGINE_LOST"), INPUT, () => engine(log, "second"));
    await lasting.leaveCard(signal);
    await lasting.measure(1, signal);
    assert.deepEqual(log, ["first leaves the card", "first closes", "second opens on wasm"]);
  });

  it("gives up after the second loss, and tries no other failure again", async () => {
    const log: string[] = [];
    const lost = "TRAIN_ENGINE_LOST";
    const twice = lastingEngine(engine(log, "first", lost), INPUT, () => engine(log, "second", lost));
    await assert.rejects(twice.measure(1, signal), { code: lost });
    const failing = lastingEngine(engine(log, "first", "ENGINE_NOT_FINITE"), INPUT, () => assert.fail("not needed"));
    await assert.rejects(failing.measure(1, signal), { code: "ENGINE_NOT_FINITE" });
  });

  it("starts nothing once it is closed", async () => {
    const lasting = lastingEngine(engine([], "first", "TRAIN_ENGINE_LOST"), INPUT, () => assert.fail("it is closed"));
    lasting.close();
    await assert.rejects(lasting.measure(1, signal), { code: "TRAIN_ENGINE_LOST" });
  });
});
