import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeParameters } from "../../engine/checkpoint.ts";
import { createRandomStream } from "../../engine/philox.ts";
import type { Parameters } from "../../engine/tensor.ts";
import { assertSameBits, hasCode, seedOf } from "../../engine/testing/programs.ts";
import { flatten, layoutOf } from "../aggregation/layout.ts";
import { trainLocally } from "../localTraining.ts";
import { smallJob } from "../testing/jobs.ts";
import { compress } from "./compress.ts";
import { compressionChoice, parseCompression, plannedCompression, requireReplayable } from "./compression.ts";
import type { Codec } from "./format.ts";
import { decodeUpdate, updateByteLength } from "./updateFile.ts";

const JOB = smallJob();
const { program } = JOB.executor;
const { base } = JOB;
const TERNARY = parseCompression({ codec: "ternary", k: 20_000 });
const trained = async (): Promise<Parameters> => {
  await trainLocally(JOB);
  return JOB.executor.parameters();
};
const largestLoss = (actual: Parameters, expected: Parameters): number => {
  const [x, y] = [actual, expected].map((one) => flatten(layoutOf(base), one));
  return x!.reduce((most, value, i) => Math.max(most, Math.abs(value - y![i]!)), 0);
};

describe("a training's update", () => {
  it("is the trained weights where the plan says nothing of compression", async () => {
    const { bytes } = await trainLocally(JOB);
    assert.deepEqual(bytes, encodeParameters(JOB.executor.parameters()));
    assertSameBits(decodeUpdate(bytes, { program, base }), JOB.executor.parameters(), "decoded");
  });

  it("is as long as its plan says, the same twice, and close to what was trained", async () => {
    const expected = await trained();
    for (const [choice, most] of [
      [{ codec: "none" }, 1e-7],
      [{ codec: "int8" }, 0.01],
      [{ codec: "ternary", k: 65_535 }, 1],
    ] as const) {
      const compression = parseCompression(choice);
      const { bytes, residual } = await trainLocally({ ...JOB, compression });
      assert.equal(bytes.length, updateByteLength(program, compression));
      assert.deepEqual((await trainLocally({ ...JOB, compression })).bytes, bytes);
      assert.ok(largestLoss(decodeUpdate(bytes, { program, base, compression }), expected) < most, choice.codec);
      assert.equal(residual, undefined);
    }
  });

  it("rounds int8 by the trainer's seed", async () => {
    const compression = parseCompression({ codec: "int8" });
    const { executor } = JOB;
    executor.loadParameters(base);
    const job = { ...JOB, compression, localSteps: 1, traceStride: 1 };
    const [one, other] = [await trainLocally(job), await trainLocally({ ...job, seed: seedOf(9) })];
    assert.notDeepEqual(one.bytes, other.bytes);
  });

  it("with error feedback adds what earlier ones lost, and says what it lost itself", async () => {
    const compression = { ...TERNARY, errorFeedback: true };
    const first = await trainLocally({ ...JOB, compression });
    const second = await trainLocally({ ...JOB, compression, residual: first.residual });
    assert.notDeepEqual(second.bytes, first.bytes);
    const start = flatten(layoutOf(base), base);
    const wanted = flatten(layoutOf(base), JOB.executor.parameters()).map((value, i) => value - start[i]!);
    const sent = flatten(layoutOf(base), decodeUpdate(second.bytes, { program, base, compression }));
    for (let i = 0; i < start.length; i++) {
      const balance = wanted[i]! + first.residual![i]! - (sent[i]! - start[i]!) - second.residual![i]!;
      assert.ok(Math.abs(balance) < 1e-6, `element ${i}`);
    }
  });
});

describe("decodeUpdate", () => {
  const { size } = layoutOf(base);
  const ones = new Float32Array(size).fill(1);
  const bytesOf = (codec: Codec, values = ones) => compress(codec, values, createRandomStream(seedOf(1), "any"));
  const refuses = (bytes: Uint8Array, code = "LEARNING_COMPRESSED_MALFORMED") =>
    assert.throws(() => decodeUpdate(bytes, { program, base, compression: TERNARY }), hasCode(code));

  it("takes the plan's codec alone, with its k, of the program's size", () => {
    decodeUpdate(bytesOf(TERNARY.codec), { program, base, compression: TERNARY });
    refuses(bytesOf({ kind: "int8" }));
    refuses(bytesOf({ kind: "dct", k: 20_000 }));
    refuses(bytesOf({ kind: "ternary", k: 20_001 }));
    refuses(bytesOf(TERNARY.codec, ones.subarray(1)));
    refuses(encodeParameters(base));
    refuses(new Uint8Array(0));
  });

  it("refuses a difference that lifts the base out of binary32", () => {
    const huge = new Map([...base].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 3e38) }]));
    const bytes = bytesOf(
      { kind: "none" },
      ones.map(() => 3e38),
    );
    const compression = parseCompression({ codec: "none" });
    assert.throws(() => decodeUpdate(bytes, { program, base: huge, compression }), hasCode("LEARNING_NOT_FINITE"));
  });
});

describe("parseCompression", () => {
  it("fills in what is left out, and reads it again as the same", () => {
    for (const codec of ["none", "int8", "int4", "sign", "topK", "ternary", "dct"]) {
      const compression = parseCompression({ codec });
      assert.equal(compression.errorFeedback, false);
      assert.deepEqual(parseCompression(compressionChoice(compression)), compression);
    }
    assert.deepEqual(parseCompression({ codec: "topK" }).codec, { kind: "topK", k: 64 });
    assert.equal(plannedCompression({}), undefined);
  });

  it("refuses what is unknown, contradictory or out of range, and names it", () => {
    for (const [choice, path] of [
      [undefined, "$"],
      ["sign", "$"],
      [{}, "$.codec"],
      [{ codec: "zip" }, "$.codec"],
      [{ codec: "sign", k: 4 }, "$.k"],
      [{ codec: "topK", k: 4_097 }, "$.k"],
      [{ codec: "ternary", k: 65_536 }, "$.k"],
      [{ codec: "dct", k: 0.5 }, "$.k"],
      [{ codec: "int4", errorFeedback: 1 }, "$.errorFeedback"],
    ] as const) {
      assert.throws(() => parseCompression(choice), { detail: { code: "LEARNING_RULE_MALFORMED", path } });
    }
  });

  it("leaves error feedback to tasks that are not replayed", () => {
    requireReplayable(undefined);
    requireReplayable(TERNARY);
    assert.throws(
      () => requireReplayable({ ...TERNARY, errorFeedback: true }),
      hasCode("LEARNING_FEEDBACK_NOT_REPLAYABLE"),
    );
  });
});
