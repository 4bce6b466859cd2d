import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createChance } from "./chance.ts";
import { type ChaosOptions, readOptions } from "./options.ts";
import { SCENARIOS } from "./scenarios/index.ts";

function options(...args: string[]): ChaosOptions {
  const read = readOptions(args, SCENARIOS);
  assert.ok(typeof read !== "string", String(read));
  return read;
}
const names = ({ scenarios }: ChaosOptions): string[] => scenarios.map(({ name }) => name);

describe("readOptions", () => {
  it("plays everything with seed 1 unless told otherwise", () => {
    const { scenarios, seeds, list, jsonFile } = options();
    assert.deepEqual([scenarios.length, seeds, list, jsonFile], [SCENARIOS.length, [1], false, undefined]);
  });

  it("takes names, beginnings of names, the quick ones, and ranges of seeds", () => {
    assert.deepEqual(names(options("--scenario", "kill.salt.torn", "--scenario", "freeze.beyondCommit")), [
      "kill.salt.torn",
      "freeze.beyondCommit",
    ]);
    assert.ok(names(options("--scenario", "rpc.*")).every((name) => name.startsWith("rpc.")));
    assert.ok(options("--quick").scenarios.every(({ isQuick }) => isQuick));
    assert.deepEqual(options("--seeds", "3-5").seeds, [3, 4, 5]);
    assert.deepEqual(options("--seed", "9", "--json", "x.json").jsonFile, "x.json");
  });

  it("says what it does not understand", () => {
    for (const args of [
      ["--scenario", "nothing"],
      ["--seed", "x"],
      ["--seeds", "5-3"],
      ["--seeds", "1-9999"],
      ["--no"],
    ]) {
      assert.equal(typeof readOptions(args, SCENARIOS), "string", args.join(" "));
    }
  });
});

describe("SCENARIOS", () => {
  it("have names of their own, and kill at 25 points and more", () => {
    const all = SCENARIOS.map(({ name }) => name);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.filter((name) => name.startsWith("kill.")).length >= 25);
    assert.ok(SCENARIOS.filter(({ isQuick }) => isQuick).length >= 12);
  });
});

describe("createChance", () => {
  it("gives the same for the same seed and purpose, and stays between its bounds", () => {
    const draw = (seed: number, purpose: string): number[] => {
      const chance = createChance(seed, purpose);
      return Array.from({ length: 100 }, () => chance.between(3, 9));
    };
    assert.deepEqual(draw(1, "a"), draw(1, "a"));
    assert.notDeepEqual(draw(1, "a"), draw(2, "a"));
    assert.notDeepEqual(draw(1, "a"), draw(1, "b"));
    assert.ok(draw(1, "a").every((value) => value >= 3 && value <= 9));
  });
});
