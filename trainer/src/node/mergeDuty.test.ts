import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dueMerge, holdsRound, type MergeDuty, type MergeSituation } from "./mergeDuty.ts";

/** Epoch 3; the cohort has taken what the second ended with, and made a version from it. */
const READY: MergeSituation = {
  group: { epoch: 3, stage: "Gather", deadline: 0, mergedEpoch: 2 },
  own: { baseEpoch: 2, baseVersion: 4n, enteredEpoch: 2, retired: false },
  latest: { isGated: true, parentVersion: 4n },
  isSeated: true,
  attested: false,
  isOver: false,
  nowSeconds: 99,
};
const group = (change: Partial<MergeSituation["group"]>): Partial<MergeSituation> => ({
  group: { ...READY.group, ...change },
});
const own = (change: Partial<MergeSituation["own"]>): Partial<MergeSituation> => ({ own: { ...READY.own, ...change } });
const OPEN = { latest: { isGated: false, parentVersion: 3n } };
const ENTERED = own({ enteredEpoch: 3 });
const ATTEST = { ...group({ stage: "Attest", deadline: 100 }), ...ENTERED };

const CASES: readonly (readonly [
  why: string,
  change: Partial<MergeSituation>,
  due: MergeDuty | undefined,
  held: boolean,
])[] = [
  ["enters with a version that waits", {}, "enterCohort", true],
  ["waits for the other cohorts once it has entered", ENTERED, undefined, true],
  ["has nothing to do before its round is over", OPEN, undefined, false],
  ["attests what it was seated for", ATTEST, "attestMerge", true],
  ["attests once", { ...ATTEST, attested: true }, undefined, true],
  ["leaves attesting to those who were seated", { ...ATTEST, isSeated: false }, undefined, true],
  ["leaves attesting to cohorts that entered", { ...ATTEST, ...own({}) }, undefined, true],
  ["ends a stage whose time is up", { ...ATTEST, nowSeconds: 100 }, "advanceGroup", true],
  ["ends the wait for others whose time is up", { ...group({ deadline: 99 }), ...ENTERED }, "advanceGroup", true],
  ["adopts what an epoch ended with", own({ baseEpoch: 1 }), "adoptMerge", true],
  ["adopts it after a failed round too", { ...own({ baseEpoch: 1 }), ...OPEN }, "adoptMerge", true],
  [
    "drops a version that was made from something else",
    { latest: { isGated: true, parentVersion: 3n } },
    "adoptMerge",
    true,
  ],
  ["retires when no round is left", { ...OPEN, isOver: true }, "retireCohort", false],
  ["enters first with its last version", { isOver: true }, "enterCohort", true],
  ["retires once", { ...OPEN, isOver: true, ...own({ retired: true }) }, undefined, false],
];

describe("dueMerge and holdsRound", () => {
  for (const [why, change, due, held] of CASES) {
    it(why, () => {
      const situation = { ...READY, ...change };
      assert.deepEqual([dueMerge(situation), holdsRound(situation)], [due, held]);
    });
  }
});
