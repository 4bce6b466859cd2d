/** Tests what a tab computes on: the visitor's choice, what the task allows, what was measured, and what fails. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createGlyphs } from "@cairn/trainer/data/glyphs";
import { EngineError } from "@cairn/trainer/engine/errors";
import { initialParameters } from "@cairn/trainer/engine/initialParameters";
import { compile } from "@cairn/trainer/engine/program";
import { createReferenceExecutor } from "@cairn/trainer/engine/reference/referenceExecutor";
import { trainLocally } from "@cairn/trainer/learning/localTraining";
import { createScriptedCard, createScriptedExecutor, type ScriptedCard } from "../testing/scriptedCard.ts";
import { TrainError } from "../trainError.ts";
import { cardRefusal, type DeviceChoice } from "./deviceChoice.ts";
import { openMachine } from "./machine.ts";
import type { DeviceNotice } from "./trainCalls.ts";

const PROGRAM = compile(
  { input: [28, 28, 1], layers: [{ type: "flatten" }, { type: "dense", units: 10 }], loss: "softmaxCrossEntropy" },
  { batchSize: 4, optimiser: { type: "sgd", learningRate: 0.05, momentum: 0 } },
);
const RECORDS = createGlyphs({ records: 100 }).train;
const SEED = new Uint8Array(32).fill(3);
const { signal } = new AbortController();

const JOB = {
  ...{ base: initialParameters(PROGRAM, SEED), records: RECORDS, seed: SEED, localSteps: 70, traceStride: 10, signal },
  shard: Uint32Array.from({ length: 40 }, (_, i) => i),
};
const MEASURING = { records: RECORDS, seconds: 0.1, signal };

const tooSmall = () =>
  new EngineError({ code: "ENGINE_DEVICE_LIMIT", slot: "w", neededBytes: 8, maxBytes: 4 }, "w needs 8 bytes");

interface Machinery {
  readonly choice: DeviceChoice;
  readonly mayFallBack?: boolean;
  readonly mode?: "Replayable" | "Private";
  readonly rule?: "fedavg" | "fedprox";
  /** What a step takes. Unit: milliseconds of the test's own clock. */
  readonly cardMs?: number;
  readonly isSoftware?: boolean;
  readonly missing?: Error;
}

/** A machine whose clock only its own steps move: a step of the processor takes 4 ms. */
function machinery({ choice, mayFallBack = false, mode = "Private", rule = "fedavg", ...script }: Machinery) {
  let nowMs = 0;
  const pass = (ms: number) => (): void => {
    nowMs += ms;
  };
  const cards: ScriptedCard[] = [];
  const processors = { open: 0 };
  const tools = {
    createExecutor: async () => {
      processors.open++;
      const inner = createScriptedExecutor(PROGRAM, pass(4));
      const executor = { ...inner, dispose: () => void processors.open-- };
      return { executor, threads: 2 };
    },
    openCard: async () => {
      if (script.missing !== undefined) throw script.missing;
      const onStep = pass(script.cardMs ?? 1);
      const card = createScriptedCard(PROGRAM, { isSoftware: script.isSoftware ?? false, onStep });
      cards.push(card);
      return card;
    },
    yieldToMessages: async () => {},
    nowMs: () => nowMs,
  };
  const wish = { choice, mayFallBack };
  const refusal = cardRefusal(mode, { kind: rule });
  const told: DeviceNotice[] = [];
  return {
    tools,
    cards,
    processors,
    told,
    open: () => openMachine(tools, { program: PROGRAM, threads: 2, wish, refusal }),
  };
}

const onProcessor = () => trainLocally({ ...JOB, executor: createReferenceExecutor(PROGRAM) });
const lost = () =>
  new EngineError({ code: "ENGINE_DEVICE_LOST", problem: "unplugged" }, "the card was lost: unplugged");
const diverged = () =>
  new EngineError(
    { code: "ENGINE_NOT_FINITE", step: 3, where: "loss", layer: "loss", value: Number.NaN },
    "step 3: NaN",
  );
const PROCESSOR = { kind: "wasm", threads: 2 };
const CARD = { kind: "gpu", name: "Scripted 4000", isSoftware: false };

describe("openMachine", () => {
  it("trains on a card where one is chosen, and opens no processor for it", async () => {
    const { open, processors, told } = machinery({ choice: "gpu" });
    const machine = await open();
    const speed = await machine.measure(MEASURING);
    assert.deepEqual(speed, { stepsPerSecond: 1_000, samplesPerSecond: 4_000, device: CARD });
    const update = await machine.train(JOB, (notice) => told.push(notice));
    assert.deepEqual(update.device, CARD);
    assert.equal(update.digest, (await onProcessor()).digest, "the script's card computes as the reference does");
    assert.equal(update.traceLeaves.length, 1, "nobody can replay it");
    assert.deepEqual([processors.open, told], [0, []]);
  });

  it("measures both and takes the faster one where the choice is left to it", async () => {
    const fast = machinery({ choice: "auto", cardMs: 1 });
    const quick = await (await fast.open()).measure(MEASURING);
    assert.deepEqual([quick.device, quick.otherSamplesPerSecond, quick.notice], [CARD, 1_000, undefined]);
    assert.equal(fast.processors.open, 0, "its memory is given back");
    const slow = machinery({ choice: "auto", cardMs: 9 });
    const { device, otherSamplesPerSecond, notice } = await (await slow.open()).measure(MEASURING);
    assert.deepEqual([device, notice?.code], [PROCESSOR, "TRAIN_GPU_SLOWER"]);
    assert.ok(Math.abs(otherSamplesPerSecond! - 4_000 / 9) < 1);
    assert.equal(slow.cards[0]?.isDisposed, true);
  });

  it("takes no software card by itself, and the one that is asked for", async () => {
    const auto = await (await machinery({ choice: "auto", isSoftware: true }).open()).measure(MEASURING);
    assert.deepEqual([auto.device, auto.notice?.code], [PROCESSOR, "TRAIN_GPU_SOFTWARE"]);
    const asked = await (await machinery({ choice: "gpu", isSoftware: true }).open()).measure(MEASURING);
    assert.deepEqual(asked.device, { ...CARD, isSoftware: true });
  });

  it("never asks for a card where the processor is chosen", async () => {
    const { open, cards } = machinery({ choice: "wasm" });
    const machine = await open();
    const { device, notice } = await machine.measure(MEASURING);
    assert.deepEqual([device, notice, cards], [PROCESSOR, undefined, []]);
    assert.equal((await machine.train(JOB, () => assert.fail("nothing failed"))).traceLeaves.length, 7);
  });

  for (const [name, settings, code] of [
    ["a Replayable task", { mode: "Replayable" }, "TRAIN_GPU_NOT_REPLAYABLE"],
    ["a rule that corrects steps", { rule: "fedprox" }, "TRAIN_GPU_RULE_UNSUPPORTED"],
    ["no adapter", { missing: new TrainError({ code: "TRAIN_GPU_NO_ADAPTER" }, "none") }, "TRAIN_GPU_NO_ADAPTER"],
    ["a buffer that is too small", { missing: tooSmall() }, "ENGINE_DEVICE_LIMIT"],
    ["an error without a code", { missing: new Error("boom") }, "TRAIN_GPU_FAILED"],
  ] as const) {
    it(`refuses a card in ${name}, and takes the processor only where that was allowed`, async () => {
      const strict = machinery({ choice: "gpu", ...settings });
      await assert.rejects(strict.open(), { code });
      assert.equal(strict.processors.open, 0);
      for (const wish of [{ choice: "gpu", mayFallBack: true }, { choice: "auto" }] as const) {
        const { open, cards } = machinery({ ...settings, ...wish });
        const { device, notice } = await (await open()).measure(MEASURING);
        assert.deepEqual([device, notice?.code, cards], [PROCESSOR, code, []]);
      }
    });
  }
});

describe("Machine.train on a card that fails", () => {
  it("begins anew on the processor where that was allowed, says so, and stays there", async () => {
    const { open, cards, told } = machinery({ choice: "gpu", mayFallBack: true });
    const machine = await open();
    await machine.measure(MEASURING);
    cards[0]!.failure = lost();
    const update = await machine.train(JOB, (notice) => told.push(notice));
    assert.deepEqual(told, [{ code: "ENGINE_DEVICE_LOST", message: "the card was lost: unplugged" }]);
    assert.deepEqual(update.device, PROCESSOR);
    const { digest, traceRoot } = await onProcessor();
    assert.deepEqual([update.digest, update.traceRoot], [digest, traceRoot], "from the base, whole");
    assert.equal(cards[0]!.isDisposed, true);
    await machine.train(JOB, () => assert.fail("told once"));
    assert.equal(cards.length, 1, "it isn't asked again");
  });

  it("ends in the card's own code where the processor may not take over, and opens the card again", async () => {
    const { open, cards, processors } = machinery({ choice: "gpu" });
    const machine = await open();
    await machine.measure(MEASURING);
    cards[0]!.failure = lost();
    await assert.rejects(
      machine.train(JOB, () => assert.fail("nothing took over")),
      { code: "ENGINE_DEVICE_LOST" },
    );
    assert.deepEqual((await machine.train(JOB, () => {})).device, CARD);
    assert.deepEqual([cards.length, processors.open], [2, 0]);
  });

  it("takes numbers that aren't finite for the card's failure: the processor has the last word", async () => {
    const { open, cards, told } = machinery({ choice: "gpu", mayFallBack: true });
    const machine = await open();
    cards[0]!.failure = diverged();
    const { device } = await machine.train(JOB, (notice) => told.push(notice));
    assert.deepEqual([device, told[0]?.code], [PROCESSOR, "ENGINE_NOT_FINITE"]);
  });

  it("trains on the processor once the visitor says so", async () => {
    const { open, cards } = machinery({ choice: "gpu" });
    const machine = await open();
    machine.leaveCard();
    assert.deepEqual((await machine.train(JOB, () => {})).device, PROCESSOR);
    assert.equal(cards[0]!.isDisposed, true);
  });

  it("takes over from nothing that was stopped", async () => {
    const { open, processors } = machinery({ choice: "gpu", mayFallBack: true });
    const machine = await open();
    const stopped = { ...JOB, signal: AbortSignal.abort() };
    await assert.rejects(
      machine.train(stopped, () => assert.fail("nothing failed")),
      { name: "AbortError" },
    );
    assert.equal(processors.open, 0);
  });
});
