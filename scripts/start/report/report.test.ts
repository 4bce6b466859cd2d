import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptions } from "../options.ts";
import { ACCURACY, AUDITORS, exampleRound, preparation, TRAINERS } from "../state/exampleRun.ts";
import { reduce } from "../state/reduce.ts";
import { EMPTY_RUN } from "../state/runState.ts";
import { widthOf } from "../view/text.ts";
import { buildReport, type Findings, phaseSeconds } from "./report.ts";
import { reportText, testCommand } from "./reportText.ts";
import { median } from "./statistics.ts";
import { verdictOn } from "./verdict.ts";

const options = parseOptions(["--rounds", "2"]);
assert.ok(options !== "help");
const state = [...preparation(), ...exampleRound(1), ...exampleRound(2)].reduce(reduce, EMPTY_RUN);

const findings: Findings = {
  liar: { name: "trainer 4", address: TRAINERS[3], lied: [1, 2], rejected: [1, 2], accepted: 0, paidWei: "0" },
  lazyAuditor: null,
  disputes: [],
  rewards: state.nodes.map(({ name, role, address }) => {
    return { name, role, address, paidWei: name === "trainer 4" ? "0" : "20000000000000000000" };
  }),
  gas: {
    commitUpdate: { count: 8, median: 61_204, max: 78_304, reverted: 0 },
    openRound: { count: 2, median: 90_000, max: 99_000, reverted: 1 },
  },
  recomputed: { equal: true, chainDigest: `0x${"ab".repeat(32)}`, digest: `0x${"ab".repeat(32)}` },
  model: { file: ".cairn/run-x/model.safetensors", version: 2, digest: `0x${"ab".repeat(32)}`, byteLength: 101_760 },
  times: { roundsFromMs: 5_000, roundsToMs: 15_000, endMs: 17_000 },
};

describe("buildReport", () => {
  const report = buildReport(state, options, findings);

  it("counts accepted and rejected updates a round", () => {
    assert.deepEqual(
      report.rounds.map(({ round, accuracy, accepted, rejected, outcome }) => ({
        round,
        accuracy,
        accepted,
        rejected,
        outcome,
      })),
      [1, 2].map((round) => ({ round, accuracy: ACCURACY[round - 1], accepted: 3, rejected: 1, outcome: "final" })),
    );
  });

  it("splits the time into set-up, rounds and checks", () => {
    const { total, setUp, rounds, checks } = report.seconds;
    assert.deepEqual({ total, setUp, rounds, checks }, { total: 17, setUp: 5, rounds: 10, checks: 2 });
  });

  it("compares a replay with a training by their medians", () => {
    // Example: three trainings of 0.4 s and twelve replays of 0.5 s a round, which took 0.3 s of processor.
    const { trainSeconds, trainCpuSeconds, replaySeconds, replayCpuSeconds } = report.replay;
    assert.deepEqual([trainSeconds, trainCpuSeconds, replaySeconds, replayCpuSeconds], [0.4, 0.4, 0.5, 0.3]);
    assert.ok(Math.abs(report.replay.ratio! - 0.75) < 1e-12, `${report.replay.ratio}`);
  });

  it("adds up the bytes that the nodes moved", () => {
    // Seven nodes, latest figures of round 2: 2e5 sent and 4e5 received each.
    assert.deepEqual(report.bytes, { sent: 7 * 2e5, received: 7 * 4e5 });
  });

  it("survives JSON", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  });
});

describe("phaseSeconds", () => {
  it("takes the median over rounds from one phase's entry to the next", () => {
    const entered = (ms: number) => [
      { phase: "Commit" as const, atMs: 0 },
      { phase: "Reveal" as const, atMs: ms },
    ];
    const round = state.rounds[0]!;
    const rounds = [1_000, 9_000, 2_000].map((ms) => ({ ...round, entered: entered(ms) }));
    assert.deepEqual(phaseSeconds(rounds), { Commit: 2 });
  });
});

describe("reportText", () => {
  const report = buildReport(state, options, findings);

  it("names the liar, its rounds and what it was paid", () => {
    const text = reportText(report, { colour: false }).join("\n");
    assert.match(text, /✔ trainer 4 0xDece…\w{4} lied in 2 rounds: caught in rounds 1, 2, paid 0 CAIRN\./);
    assert.match(text, /✔ The same federated averaging in one process: equal weights, bit for bit\./);
    assert.match(text, /^commitUpdate +8 +61,204 +78,304 +–$/m);
    assert.match(text, /^ +1 +62\.00 % +3 +1 +\d/m);
  });

  it("marks it when the liar was paid or the weights differ", () => {
    const paid = { ...report, liar: { ...report.liar!, accepted: 1, rejected: [1], paidWei: "10" } };
    const differ = { ...report, recomputed: { ...report.recomputed, equal: false } };
    assert.match(
      reportText(paid, { colour: false }).join("\n"),
      /✖ trainer 4 \S+ lied in 2 rounds: caught in round 1, paid 0\.0+1 CAIRN/,
    );
    assert.match(reportText(differ, { colour: false }).join("\n"), /✖ The same federated averaging .* other weights/);
  });

  it("tells of the lazy auditor's fate where there is one, and breaks off where it went unpunished", () => {
    const lazy = { name: "auditor 3", address: AUDITORS[2], accepted: [1, 3], caught: [1, 3], slashedWei: `${2e18}` };
    const text = reportText({ ...report, lazyAuditor: lazy }, { colour: false }).join("\n");
    assert.match(
      text,
      /✔ auditor 3 \S+ accepted 2 planted errors unseen:\n {2}caught in rounds 1, 3, slashed 2 CAIRN\./,
    );
    assert.doesNotMatch(reportText(report, { colour: false }).join("\n"), /planted/);
    assert.equal(verdictOn({ ...report, lazyAuditor: lazy }), undefined);
    const missed = verdictOn({ ...report, lazyAuditor: { ...lazy, caught: [1] } });
    assert.deepEqual(missed?.detail, { code: "START_LAZY_UNPUNISHED", address: lazy.address, rounds: [3] });
  });

  it("tells what a dispute came to, and breaks off where one bit's lie was not proven", () => {
    const dispute = {
      ...{
        game: "1",
        about: "update" as const,
        round: 1,
        challenger: AUDITORS[0],
        trainer: TRAINERS[3],
        proposer: null,
      },
      ...{ outcome: "Disproven", moves: 20 },
      ...{ takenWei: `${20e18}`, gas: { challenger: 1_276_004, defender: 905_111 }, seconds: 6 },
    } as const;
    const text = reportText({ ...report, disputes: [dispute] }, { colour: false }).join("\n");
    assert.match(text, /✔ auditor 1 proved the update of trainer 4 false: Disproven in 20 moves, 6 s,\n/);
    assert.match(text, /gas 1,276,004 and 905,111 \(trainer\), 20 CAIRN slashed\./);
    const flipped = { ...report, options: { ...report.options, liar: "late-bit-flip" } } as const;
    assert.equal(verdictOn({ ...flipped, disputes: [dispute] }), undefined);
    for (const disputes of [[], [{ ...dispute, outcome: "Upheld" }], [{ ...dispute, takenWei: "0" }]]) {
      assert.equal(verdictOn({ ...flipped, disputes })?.detail.code, "START_LIE_STANDS");
    }
  });

  it("tells who proved an aggregate false, and breaks off where nobody did", () => {
    const dispute = {
      ...{
        game: "a1",
        about: "aggregate" as const,
        round: 1,
        challenger: AUDITORS[0],
        trainer: null,
        proposer: AUDITORS[1],
      },
      ...{ outcome: "Disproven", moves: 10 },
      ...{ takenWei: `${20e18}`, gas: { challenger: 876_004, defender: 505_111 }, seconds: 6 },
    } as const;
    const bribed = { ...report, options: { ...report.options, liar: "false-aggregate" }, liar: null } as const;
    const text = reportText({ ...bribed, disputes: [dispute] }, { colour: false }).join("\n");
    assert.match(text, /The trainers were honest; all auditors but the first agreed on a false mean\./);
    assert.match(text, /✔ auditor 1 proved the aggregate of round 1 false: Disproven in 10 moves, 6 s,\n/);
    assert.match(text, /gas 876,004 and 505,111 \(auditor 2\), 20 CAIRN slashed\./);
    assert.equal(verdictOn({ ...bribed, disputes: [dispute] }), undefined);
    const others = [
      { ...dispute, about: "update" as const },
      { ...dispute, outcome: "Upheld" },
    ];
    for (const disputes of [[], ...others.map((other) => [other])]) {
      assert.equal(verdictOn({ ...bribed, disputes })?.detail.code, "START_LIE_STANDS");
    }
  });

  it("fits 80 columns", () => {
    const lazy = { name: "auditor 3", address: AUDITORS[2], accepted: [1], caught: [1], slashedWei: `${1e18}` };
    for (const line of reportText({ ...report, lazyAuditor: lazy }, { colour: true }).flatMap((text) =>
      text.split("\n"),
    ))
      assert.ok(widthOf(line) <= 80, line);
  });
});

describe("testCommand", () => {
  it("quotes what a shell would take apart", () => {
    assert.equal(
      testCommand("a b's.safetensors", "glyphs"),
      `npx cairn model test 'a b'\\''s.safetensors' --data glyphs`,
    );
  });
});

describe("median", () => {
  it("is the middle value, or the mean of the two", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(median([]), undefined);
  });
});
