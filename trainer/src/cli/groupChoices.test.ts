import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cohortChoices, groupTimes } from "./groupChoices.ts";
import type { TrainingChoices } from "./taskPlan.ts";
import { DEFAULT_TERMS, taskParameters } from "./taskTerms.ts";

const TRAINING = { modelName: "walker", trainers: 12 } as TrainingChoices;
const LIMITS = {
  ...{ minPhaseSeconds: 1, maxPhaseSeconds: 86_400, minChallengeSeconds: 40, minSeedDelayBlocks: 2 },
  ...{ maxCommitteeSize: 24, minCommitteeSize: 1, minQuorum: 1, minAuditSeconds: 5, seatStakeWei: 1n, blockSeconds: 1 },
};

describe("cohortChoices", () => {
  it("gives each cohort its number and an even share of the places", () => {
    const terms = { ...DEFAULT_TERMS, trainers: 12, minTrainers: 6 };
    const choices = cohortChoices({ training: TRAINING, terms, cohorts: 3 });
    assert.deepEqual(
      choices.map(({ training, terms: own }) => [training.cohort, training.trainers, own.trainers, own.minTrainers]),
      [0, 1, 2].map((index) => [{ index, of: 3 }, 4, 4, 2]),
    );
  });

  it("leaves a task that is alone as it is", () => {
    const terms = { ...DEFAULT_TERMS, trainers: 12 };
    assert.deepEqual(cohortChoices({ training: TRAINING, terms, cohorts: 1 }), [{ training: TRAINING, terms }]);
  });

  for (const [trainers, cohorts] of [
    [12, 5],
    [12, 0],
    [1_024, 257],
    [1_024, 1.5],
    [257, 1],
    [514, 2],
  ] as const) {
    it(`refuses ${trainers} places in ${cohorts} cohorts`, () => {
      const terms = { ...DEFAULT_TERMS, trainers };
      assert.throws(() => cohortChoices({ training: TRAINING, terms, cohorts }), { code: "CLI_USAGE" });
    });
  }
});

describe("groupTimes", () => {
  it("waits for others as long as a round with a redraw lasts, and for attestations as for an aggregate", () => {
    const parameters = taskParameters({ ...DEFAULT_TERMS, phaseSeconds: 60 }, LIMITS);
    // commit and reveal, twice draw, two audit phases and aggregate, then the challenge
    assert.deepEqual(groupTimes(parameters), { gatherSeconds: 120 + 2 * 240 + 40, mergeSeconds: 60 });
  });
});
