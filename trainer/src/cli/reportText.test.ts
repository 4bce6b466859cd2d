import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hex } from "../protocol/hex.ts";
import type { ReportedTrainer, RoundReport } from "../protocol/roundReport.ts";
import type { Paint } from "./output.ts";
import { reportData, reportText } from "./reportText.ts";
import type { ShownReport } from "./roundReports.ts";

const plain: Paint = (_, text) => text;
const address = (i: number): Hex => `0x${String(i).padStart(40, "0")}`;

function trainer(index: number, contribution: number | null, more: Partial<ReportedTrainer> = {}): ReportedTrainer {
  const file = { updateDigest: address(index), byteLength: 1, sampleCount: 1 };
  return { index, trainer: address(index), refusal: null, ...file, contribution, repeats: null, ...more };
}

function shown(trainers: readonly ReportedTrainer[], auditors: readonly number[] = [2]): ShownReport {
  const contribution = { method: "sampledShapley", records: 1 } as RoundReport["contribution"];
  const filed = auditors.map((count, i) => ({
    digest: address(i),
    byteLength: 7,
    auditors: Array(count).fill(address(9)),
  }));
  return { taskId: 4n, round: 2, filed, report: { contribution, trainers } as RoundReport, problem: undefined };
}

describe("reportText", () => {
  it("ranks by contribution, those that could not be measured last, and names who repeats whom", () => {
    const copy = trainer(2, -0.5, { refusal: "duplicate", repeats: { index: 1, cosine: 0.99 } });
    const text = reportText(
      shown([trainer(1, 0.25), copy, trainer(3, null, { refusal: "missing" }), trainer(4, 2)]),
      plain,
    );
    const [head, , ...rows] = text.split("\n");
    assert.match(
      head!,
      /^task 4, round 2: filed by 2 auditors; .* on 1 test record is with each, by sampled Shapley values$/,
    );
    assert.deepEqual(
      rows.map((row) => row.trim().split(/ {2,}/)),
      [
        ["0x0000…0004", "accepted", "+2.00"],
        ["0x0000…0001", "accepted", "+0.250"],
        ["0x0000…0002", "a duplicate", "−0.500", "repeats 0x0000…0001 (cosine 0.9900)"],
        ["0x0000…0003", "not to be had", "—"],
      ],
    );
  });

  it("says how many filed something else, and why a document can't be shown", () => {
    assert.match(reportText(shown([trainer(1, 1)], [3, 1, 1]), plain), /filed by 3 auditors, 2 filed another one;/);
    const problem = { code: "NETWORK_CONTENT_NOT_FOUND", message: "nobody has it" };
    const gone = { ...shown([]), report: undefined, problem };
    assert.match(
      reportText(gone, plain),
      /filed by 2 auditors; it can't be shown \(NETWORK_CONTENT_NOT_FOUND: nobody has it\)/,
    );
    assert.deepEqual(reportData(gone), { round: 2, filed: gone.filed, document: null, problem });
    assert.equal(reportData(undefined), null);
  });

  it("leaves out the middle where there are too many, never the best or the worst", () => {
    const many = Array.from({ length: 20 }, (_, i) => trainer(i, i));
    const text = reportText(shown(many), plain, 4);
    for (const kept of [19, 18, 1, 0]) assert.ok(text.includes(`0x0000…${String(kept).padStart(4, "0")}`), `${kept}`);
    assert.match(text, /\n16 in between left out: cairn task show lists all$/);
  });
});
