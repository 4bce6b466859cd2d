import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exampleRound, preparation } from "../state/exampleRun.ts";
import { reduce } from "../state/reduce.ts";
import { EMPTY_RUN } from "../state/runState.ts";
import { plainLine } from "./plainLog.ts";

describe("plainLine", () => {
  it("gives one line a phase and the round's results", () => {
    let state = EMPTY_RUN;
    const lines: string[] = [];
    for (const event of [...preparation(), ...exampleRound(1)]) {
      const next = reduce(state, event);
      if (next !== state) lines.push(plainLine(next, event) ?? "");
      state = next;
    }
    const said = lines.filter((line) => line.includes("round 1")).map((line) => line.replace(/^ *\d+:\d\d {2}/, ""));
    assert.deepEqual(said, [
      "round 1  opened",
      "round 1  Commit",
      "round 1  Reveal",
      "round 1  Draw",
      "round 1  AuditCommit",
      "round 1  AuditReveal",
      "round 1  3 of 4 updates accepted",
      "round 1  Aggregate",
      "round 1  Challenge",
      "round 1  Final",
      "round 1  version 1 published",
      "round 1: accuracy 62.00 %",
    ]);
  });
});
