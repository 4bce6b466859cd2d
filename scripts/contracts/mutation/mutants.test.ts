import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyMutant, findMutants, sample } from "./mutants.ts";

const SOURCE = `contract Purse {
    uint256 constant MOST = 1_000;

    /// @dev a < b && c in a comment is left alone
    function spend(uint256 amount) external {
        require(amount <= held && amount > 0, PurseTooLittle(
            "a < b", held
        ));
        if (amount == MOST) emptied = true;
        held -= amount;
        emit Spent(amount);
    }
}
`;

function planted(): readonly string[] {
  return findMutants("Purse.sol", SOURCE).map((mutant) => `${mutant.line} ${mutant.operator}: ${mutant.before.trim()}`);
}

describe("findMutants", () => {
  it("finds the faults that each operator has a place for, and none in comments or strings", () => {
    const found = planted();
    for (const expected of [
      "2 constant: 1_000",
      "6 relation: <=",
      "6 relation: >",
      "6 logic: &&",
      "9 relation: ==",
      "9 negate if: (amount == MOST)",
      "9 flip: true",
      "10 arithmetic: -=",
      "10 drop statement: held -= amount;",
      "11 drop statement: emit Spent(amount);",
    ]) {
      assert.ok(found.includes(expected), `${expected} in\n${found.join("\n")}`);
    }
    assert.ok(
      found.some((line) => line.startsWith("6 drop require:")),
      "a require over several lines",
    );
    assert.equal(found.filter((line) => / relation: <$/.test(line)).length, 0);
  });

  it("gives a fault the same name wherever its line moves", () => {
    const moved = findMutants("Purse.sol", `\n\n${SOURCE}`);
    assert.deepEqual(
      moved.map(({ id }) => id),
      findMutants("Purse.sol", SOURCE).map(({ id }) => id),
    );
  });
});

describe("applyMutant", () => {
  it("changes nothing but the one place", () => {
    const mutant = findMutants("Purse.sol", SOURCE).find(({ before }) => before === "<=");
    assert.ok(mutant !== undefined);
    assert.equal(applyMutant(SOURCE, mutant), SOURCE.replace("amount <= held", "amount < held"));
  });
});

describe("sample", () => {
  it("takes from every file, and the same ones each time", () => {
    const all = ["A.sol", "B.sol"].flatMap((file) => findMutants(file, SOURCE));
    const some = sample(all, 4);
    assert.deepEqual([...new Set(some.map(({ file }) => file))], ["A.sol", "B.sol"]);
    const again = sample(all.toReversed(), 4).map(({ id }) => id);
    assert.deepEqual(again.toSorted(), some.map(({ id }) => id).toSorted());
  });

  it("takes every kind of fault before it takes one again", () => {
    const all = findMutants("Purse.sol", SOURCE);
    const kinds = new Set(all.map(({ operator }) => operator)).size;
    const some = sample(all, kinds);
    assert.equal(new Set(some.map(({ operator }) => operator)).size, kinds);
  });
});
