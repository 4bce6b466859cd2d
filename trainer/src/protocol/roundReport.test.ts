import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeCanonicalJson, type Json } from "./canonicalJson.ts";
import type { Hex } from "./hex.ts";
import {
  decodeRoundReport,
  encodeRoundReport,
  MAX_REPORT_BYTES,
  type ReportedTrainer,
  type RoundReport,
  requireReportOf,
} from "./roundReport.ts";

const hex = (byte: string, bytes: number): Hex => `0x${byte.repeat(bytes)}`;

const ACCEPTED: ReportedTrainer = {
  ...{ index: 0, trainer: hex("a1", 20), refusal: null, updateDigest: hex("d1", 32), byteLength: 4_096 },
  ...{ sampleCount: 800, contribution: 0.012_345_678_9, repeats: null },
};
const COPY: ReportedTrainer = {
  ...{ index: 2, trainer: hex("a2", 20), refusal: "duplicate", updateDigest: hex("d2", 32), byteLength: 4_096 },
  ...{ sampleCount: 800, contribution: -1e-9, repeats: { index: 0, cosine: 0.999 } },
};
const SILENT: ReportedTrainer = {
  ...{ index: 255, trainer: hex("a3", 20), refusal: "notOpened", updateDigest: null, byteLength: null },
  ...{ sampleCount: null, contribution: null, repeats: null },
};

const REPORT: RoundReport = {
  schema: "cairn/round-report/v1",
  chainId: 31_337,
  flContract: hex("fc", 20),
  taskId: 7n,
  round: 3,
  mode: "Replayable",
  rule: { kind: "mean", workerMomentum: 0.9 },
  baseVersion: 2n,
  version: 3n,
  aggregateDigest: hex("ad", 32),
  contribution: {
    ...{ method: "leaveOneOut", seed: hex("5e", 32), unit: "loss", records: 2_000, baseLoss: 2.3, meanLoss: null },
  },
  trainers: [ACCEPTED, COPY, SILENT],
};

const FACTS = {
  ...{ chainId: 31_337, flContract: hex("FC", 20), taskId: 7n, round: 3, publishedVersion: 3n },
  ...{ aggregateDigest: hex("ad", 32), acceptedBitmap: 1n, committeeSeed: hex("5e", 32) },
};

/** The report's own JSON with one change, in canonical form again. */
function changed(change: (report: Record<string, Json>) => void): Uint8Array {
  const report = JSON.parse(new TextDecoder().decode(encodeRoundReport(REPORT)));
  change(report);
  return encodeCanonicalJson(report);
}

describe("encodeRoundReport", () => {
  it("writes bytes that spell the same report, whatever the order of its fields", () => {
    const bytes = encodeRoundReport(REPORT);
    assert.deepEqual(decodeRoundReport(bytes), REPORT);
    const reversed = Object.fromEntries(Object.entries(REPORT).reverse()) as unknown as RoundReport;
    assert.deepEqual(encodeRoundReport(reversed), bytes);
  });

  it("has room for a full round, with the longest numbers there are", () => {
    const trainers = Array.from({ length: 256 }, (_, index): ReportedTrainer => {
      const trainer: Hex = `0x${index.toString(16).padStart(40, "0")}`;
      const repeats = { index: (index + 1) % 256, cosine: 0.987_654_321_098_765_4 };
      return { ...COPY, index, trainer, contribution: -1.234_567_890_123_456e-305, repeats };
    });
    const bytes = encodeRoundReport({ ...REPORT, trainers });
    assert.ok(bytes.length < MAX_REPORT_BYTES / 2, `${bytes.length} bytes`);
  });

  it("refuses to write what nobody could read", () => {
    assert.throws(() => encodeRoundReport({ ...REPORT, trainers: [COPY] }), { code: "REPORT_MALFORMED" });
    const broken = { ...ACCEPTED, contribution: Number.NaN };
    assert.throws(() => encodeRoundReport({ ...REPORT, trainers: [broken] }), { code: "JSON_UNSUPPORTED_VALUE" });
  });
});

describe("decodeRoundReport", () => {
  // biome-ignore lint/suspicious/noExplicitAny: each line breaks another field
  const cases: readonly (readonly [string, (report: any) => void])[] = [
    ["$.schema", (it) => (it.schema = "cairn/round-report/v2")],
    ["$", (it) => (it.more = 1)],
    ["$.rule", (it) => delete it.rule],
    ["$.rule", (it) => (it.rule = "mean")],
    ["$.chainId", (it) => (it.chainId = 0)],
    ["$.flContract", (it) => (it.flContract = hex("FC", 20))],
    ["$.taskId", (it) => (it.taskId = 7)],
    ["$.taskId", (it) => (it.taskId = "007")],
    ["$.round", (it) => (it.round = 2 ** 32)],
    ["$.mode", (it) => (it.mode = "Sealed")],
    ["$.version", (it) => (it.version = "-1")],
    ["$.aggregateDigest", (it) => (it.aggregateDigest = hex("ad", 31))],
    ["$.contribution", (it) => (it.contribution = [])],
    ["$.contribution.method", (it) => (it.contribution.method = "guess")],
    ["$.contribution.unit", (it) => (it.contribution.unit = "accuracy")],
    ["$.contribution.records", (it) => (it.contribution.records = 0)],
    ["$.contribution.baseLoss", (it) => (it.contribution.baseLoss = "2.3")],
    ["$.trainers", (it) => (it.trainers = [])],
    ["$.trainers", (it) => (it.trainers = Array(257).fill(it.trainers[0]))],
    ["$.trainers[0]", (it) => (it.trainers[0] = null)],
    ["$.trainers[0].index", (it) => (it.trainers[0].index = 256)],
    ["$.trainers[1].index", (it) => (it.trainers[1].index = 0)],
    ["$.trainers[1].trainer", (it) => (it.trainers[1].trainer = it.trainers[0].trainer)],
    ["$.trainers[1].refusal", (it) => (it.trainers[1].refusal = "ugly")],
    ["$.trainers[0].updateDigest", (it) => (it.trainers[0].updateDigest = null)],
    ["$.trainers[0].byteLength", (it) => (it.trainers[0].byteLength = 0)],
    ["$.trainers[0].sampleCount", (it) => (it.trainers[0].sampleCount = 0.5)],
    ["$.trainers[0].contribution", (it) => (it.trainers[0].contribution = "much")],
    ["$.trainers[2].contribution", (it) => (it.trainers[2].contribution = 1)],
    ["$.trainers[1].repeats", (it) => (it.trainers[1].repeats = "0")],
    ["$.trainers[1].repeats.index", (it) => (it.trainers[1].repeats.index = 1)],
    ["$.trainers[1].repeats.index", (it) => (it.trainers[1].repeats.index = 2)],
    ["$.trainers[1].repeats.cosine", (it) => (it.trainers[1].repeats.cosine = 2)],
  ];
  for (const [i, [path, change]] of cases.entries()) {
    it(`names ${path} where it is wrong (${i})`, () => {
      assert.throws(() => decodeRoundReport(changed(change)), {
        code: "REPORT_MALFORMED",
        detail: { code: "REPORT_MALFORMED", path },
      });
    });
  }

  it("refuses what is no canonical JSON, and more bytes than a report has before it reads them", () => {
    assert.throws(() => decodeRoundReport(new Uint8Array(0)), { code: "JSON_MALFORMED" });
    const text = new TextDecoder().decode(encodeRoundReport(REPORT));
    assert.throws(() => decodeRoundReport(new TextEncoder().encode(` ${text}`)), { code: "JSON_NOT_CANONICAL" });
    const deep = new TextEncoder().encode("[".repeat(100_000) + "]".repeat(100_000));
    assert.throws(() => decodeRoundReport(deep), { code: "JSON_TOO_DEEP" });
    assert.throws(() => decodeRoundReport(new Uint8Array(MAX_REPORT_BYTES + 1)), { code: "REPORT_TOO_LARGE" });
  });

  it("gives a report or a coded error for every cut and every changed byte", () => {
    const bytes = encodeRoundReport(REPORT);
    for (let at = 0; at < bytes.length; at++) {
      for (const broken of [bytes.slice(0, at), bytes.map((byte, i) => (i === at ? byte ^ 0x11 : byte))]) {
        try {
          decodeRoundReport(broken);
        } catch (error) {
          assert.match((error as { code: string }).code, /^(REPORT|JSON)_/, `byte ${at}`);
        }
      }
    }
  });
});

describe("requireReportOf", () => {
  it("takes the round's own report, and refuses one of anything else", () => {
    requireReportOf(REPORT, FACTS);
    for (const other of [
      { chainId: 1 },
      { flContract: hex("00", 20) },
      { taskId: 8n },
      { round: 4 },
      { publishedVersion: 4n },
      { aggregateDigest: hex("00", 32) },
      { acceptedBitmap: 5n },
      { committeeSeed: hex("00", 32) },
    ]) {
      const facts = { ...FACTS, ...other };
      assert.throws(
        () => requireReportOf(REPORT, facts),
        { code: "REPORT_MALFORMED" },
        JSON.stringify(Object.keys(other)),
      );
    }
  });
});
