import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareAnswer, type Question, questionsAbout } from "./crossCheck.ts";
import { EMPTY_STATE } from "./emptyState.ts";

const QUESTION: Question = {
  what: "task 1",
  contract: "flContract",
  functionName: "taskOf",
  args: [1n],
  expected: { owner: "0xAbCd", round: 3, closed: false, escrowWei: 10n },
};

describe("the cross-check", () => {
  it("finds nothing where view and events agree, whatever type or case either uses", () => {
    const view = { owner: "0xaBcD", round: 3n, closed: false, escrowWei: 10n, enrolled: 7 };
    assert.equal(compareAnswer(QUESTION, view), undefined);
  });

  it("names only the fields that differ", () => {
    const view = { owner: "0xaBcD", round: 4, closed: true, escrowWei: 10n };
    const found = { what: "task 1", events: "round 3, closed false", view: "round 4, closed true" };
    assert.deepEqual(compareAnswer(QUESTION, view), found);
  });

  it("takes an answer of another shape for a difference", () => {
    assert.notEqual(compareAnswer(QUESTION, undefined), undefined);
    assert.notEqual(compareAnswer({ ...QUESTION, expected: { "": 3 } }, 4n), undefined);
  });

  it("asks about what there is, and no more than it may", () => {
    const state = { ...EMPTY_STATE, balances: new Map([[`0x${"1".repeat(40)}` as const, 5n]]) };
    const asked = questionsAbout(state, 4, () => 0.3).map(({ functionName }) => functionName);
    assert.deepEqual(asked.sort(), ["balanceOf", "taskCount"]);
    assert.equal(questionsAbout(state, 1, () => 0.3).length, 1);
  });
});
