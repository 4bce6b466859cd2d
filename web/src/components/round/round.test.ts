/** What a round asks of somebody and what it can cost, phase by phase. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Phase } from "@cairn/trainer/protocol/contractEnums";
import type { Round, Task } from "../../index/types.ts";
import { dutiesOf } from "./duty.ts";
import { phaseProgress, stepsOf } from "./phaseSteps.ts";
import { countAccepted, verdictOf } from "./verdictOf.ts";

const ME = "0x00000000000000000000000000000000000000A1";
const CAIRN = 10n ** 18n;
const SEAT_STAKE_WEI = 20n * CAIRN;

const TERMS = {
  ...{ commitSeconds: 100, revealSeconds: 50, drawSeconds: 40, auditCommitSeconds: 100, auditRevealSeconds: 50 },
  ...{ aggregateSeconds: 50, challengeSeconds: 10, rewardPerUpdateWei: CAIRN, rewardPerVerdictWei: CAIRN / 2n },
  ...{ minStakeWei: 7n * CAIRN, missedRevealSlashWei: 2n * CAIRN, rounds: 10 },
} as unknown as Task["terms"];

function roundIn(phase: Phase, change: object = {}): Round {
  const base = { number: 3, phase, deadline: 1_000, participants: [], committee: [], ended: undefined };
  return { ...base, ...change } as unknown as Round;
}

function duty(round: Round, { fromRound = 1, enrolled = true } = {}) {
  const task = { terms: TERMS, trainers: new Map(enrolled ? [[ME, { slot: 0, fromRound }]] : []) } as unknown as Task;
  return dutiesOf(task, round, { account: ME, seatStakeWei: SEAT_STAKE_WEI })[0]!;
}

const update = (more: object = {}) => ({
  trainer: ME,
  slot: 0,
  revealed: undefined,
  accepted: undefined,
  duplicate: false,
  ...more,
});
const member = (more: object = {}) => ({
  auditor: ME,
  seats: 2,
  verdictCommitted: undefined,
  verdict: undefined,
  attested: undefined,
  ...more,
});

describe("dutiesOf", () => {
  it("asks an enrolled trainer to commit, at no risk yet", () => {
    const { name, until, riskWei, earnWei } = duty(roundIn("Commit"));
    assert.deepEqual(
      { name, until, riskWei, earnWei },
      { name: "mayCommit", until: 1_000, riskWei: 0n, earnWei: CAIRN },
    );
  });

  it("asks nothing of a stranger, nor of who joined after the opening", () => {
    assert.equal(duty(roundIn("Commit"), { enrolled: false }).name, "notIn");
    assert.equal(duty(roundIn("Commit"), { fromRound: 4 }).name, "lateJoin");
  });

  it("puts the slash at risk from the commitment on, and says when it must be opened", () => {
    const bound = duty(roundIn("Commit", { participants: [update()] }));
    assert.deepEqual([bound.name, bound.until, bound.riskWei], ["committed", 0, 2n * CAIRN]);
    const due = duty(roundIn("Reveal", { participants: [update()] }));
    assert.deepEqual([due.name, due.until, due.riskWei], ["mustReveal", 1_000, 2n * CAIRN]);
    const late = duty(roundIn("Draw", { participants: [update()] }));
    assert.deepEqual([late.name, late.until, late.earnWei], ["missed", 0, 0n]);
  });

  it("tells an auditor what silence and a planted error cost, for each of its seats", () => {
    const judge = duty(roundIn("AuditCommit", { committee: [member()] }));
    assert.deepEqual([judge.name, judge.riskWei, judge.earnWei], ["mustJudge", 2n * CAIRN, CAIRN]); // 2 seats of 20 / 20
    const open = duty(roundIn("AuditReveal", { committee: [member({ verdictCommitted: {} })] }));
    assert.deepEqual([open.name, open.riskWei], ["mustOpen", CAIRN / 5n]); // 2 seats of 20 / 200
    const attest = duty(roundIn("Aggregate", { committee: [member({ verdictCommitted: {}, verdict: {} })] }));
    assert.deepEqual([attest.name, attest.riskWei], ["mustAttest", 0n]);
  });

  it("finds an account however its address is written", () => {
    const round = roundIn("Reveal", { participants: [update({ trainer: ME.toLowerCase() })] });
    assert.equal(duty(round).name, "mustReveal");
  });
});

describe("stepsOf", () => {
  it("has one current step, all before it done", () => {
    const states = stepsOf(roundIn("Draw", { phases: [] })).map(({ state }) => state);
    assert.deepEqual(states, ["done", "done", "current", "ahead", "ahead", "ahead", "ahead", "ahead"]);
  });

  it("shows where a failed round broke, and nothing as current", () => {
    const phases = [{ phase: "Commit" }, { phase: "Reveal" }, { phase: "Failed" }];
    const states = stepsOf(roundIn("Failed", { phases })).map(({ state }) => state);
    assert.deepEqual(states.slice(0, 3), ["done", "broken", "ahead"]);
  });

  it("is done throughout when the round is final", () => {
    assert.ok(stepsOf(roundIn("Final", { phases: [] })).every(({ state }) => state === "done"));
  });
});

describe("phaseProgress", () => {
  it("goes from 0 to 1 over the phase's own length and stays there", () => {
    const round = roundIn("Commit");
    assert.deepEqual(
      [900, 950, 1_000, 2_000, 0].map((now) => phaseProgress(round, TERMS, now)),
      [0, 0.5, 1, 1, 0],
    );
  });
});

describe("verdictOf", () => {
  it("tells nothing before the count, and a missed opening only after its time", () => {
    assert.equal(verdictOf(roundIn("Reveal"), update() as never), "hidden");
    assert.equal(verdictOf(roundIn("Draw"), update() as never), "missed");
    assert.equal(verdictOf(roundIn("AuditReveal"), update({ revealed: {} }) as never), "pending");
    assert.equal(verdictOf(roundIn("Final"), update({ revealed: {}, accepted: true }) as never), "accepted");
    assert.equal(
      verdictOf(roundIn("Final"), update({ revealed: {}, accepted: false, duplicate: true }) as never),
      "duplicate",
    );
  });

  it("counts the bits of the slots that took part", () => {
    assert.equal(countAccepted(0b1011n, [0, 1, 2]), 2);
  });
});
