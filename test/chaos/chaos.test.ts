/** The scenarios that are played at every change; `npm run chaos` plays all, with any seed. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { playCampaign } from "./campaign.ts";
import type { ScenarioResult } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";

/** Another one than `npm run chaos` begins with. */
const SEED = 24;

const quick = SCENARIOS.filter(({ isQuick }) => isQuick);

describe("a node that is hurt", () => {
  const results = new Map<string, ScenarioResult>();
  let played: Promise<unknown>;
  before(() => {
    played = playCampaign(quick, { seed: SEED, onResult: (result) => results.set(result.scenario, result) });
    played.catch(() => {}); // the scenarios that it never came to fail below
  });
  after(() => played.catch(() => {}));

  for (const { name, about } of quick) {
    it(`comes back and loses nothing: ${name} (${about})`, async () => {
      await played;
      assert.deepEqual(results.get(name)?.broken, [], `npm run chaos -- --seed ${SEED} --scenario ${name}`);
    });
  }
});
