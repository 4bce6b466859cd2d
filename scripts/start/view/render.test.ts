import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { exampleRound, preparation } from "../state/exampleRun.ts";
import { reduce } from "../state/reduce.ts";
import type { RunEvent } from "../state/runEvent.ts";
import { EMPTY_RUN, type RunState } from "../state/runState.ts";
import { caughtText } from "./participantTable.ts";
import { render } from "./render.ts";
import { widthOf } from "./text.ts";

const run = (events: readonly RunEvent[]): RunState => events.reduce(reduce, EMPTY_RUN);
const rounds = (count: number): RunEvent[] => Array.from({ length: count }, (_, i) => exampleRound(i + 1)).flat();
const plain = { columns: 80, rows: 24, colour: false, nowMs: 20_500 };

/** Every moment of a run of three rounds. */
function* moments(): Generator<RunState> {
  let state = EMPTY_RUN;
  for (const event of [...preparation(), ...rounds(3)]) {
    state = reduce(state, event);
    yield state;
  }
}

describe("render", () => {
  it("stays within the terminal at every moment and size", () => {
    for (const state of moments()) {
      for (const [columns, rows] of [
        [80, 24],
        [120, 40],
        [60, 16],
        [40, 10],
        [200, 60],
      ] as const) {
        const lines = render(state, { columns, rows, colour: true, nowMs: 20_500 });
        assert.ok(lines.length <= rows, `${lines.length} lines on ${rows} rows`);
        for (const line of lines) assert.ok(widthOf(line) <= columns, `${columns} columns: ${line}`);
      }
    }
  });

  it("says the same with and without colours", () => {
    for (const state of moments()) {
      const coloured = render(state, { ...plain, colour: true });
      assert.deepEqual(coloured.map(stripVTControlCharacters), render(state, plain));
    }
  });

  it("shows phase, votes, fate, accuracy and news of a round", () => {
    const text = render(run([...preparation(), ...rounds(2)]), plain).join("\n");
    assert.match(text, /task 1 · Replayable · data glyphs · round 2 of 10/);
    assert.match(text, /✔ Commit ▸ ✔ Reveal ▸ ✔ Draw ▸ ✔ Audit ▸ ✔ Aggregate ▸ ✔ Challenge ▸ ✔ Final/);
    assert.match(text, /trainer 1 0xA11c…0001 +✔ +✔ +✔✔✔ +✔ yes$/m);
    assert.match(text, /trainer 4 .* +✔ +✔ +✖✖✖ +✖ no {2}caught in rounds 1, 2$/m);
    assert.match(text, /auditor 2 0xF000…0006 +✔ +✔ +trainer 4 does not replay$/m);
    assert.match(text, /% +62\.0 +81\.0$/m);
    assert.match(text, /round 2: accuracy 81\.00 %$/m);
  });

  it("marks the current phase by brackets, not by colour alone", () => {
    const reveal = exampleRound(1).findIndex((event) => event.type === "phase" && event.phase === "Reveal");
    const state = run([...preparation(), ...exampleRound(1).slice(0, reveal + 1)]);
    assert.match(render(state, plain)[3] ?? "", /^✔ Commit ▸ \[Reveal\] ▸ Draw ▸ Audit/);
  });

  it("accuses nobody before the first verdicts are counted", () => {
    const tallied = exampleRound(1).findIndex(({ type }) => type === "verdictRevealed");
    const text = render(run([...preparation(), ...exampleRound(1).slice(0, tallied)]), plain).join("\n");
    assert.doesNotMatch(text, /caught|liar|forge|does not replay/);
  });

  it("says so when a round failed", () => {
    const failed = { type: "failed", round: 1, reason: 4, atMs: 9_000 } as const;
    const state = run([...preparation(), ...exampleRound(1).slice(0, 5), failed]);
    assert.match(render(state, plain).join("\n"), /✖ failed/);
  });

  it("keeps the numbers of many rounds out of the chart when they don't fit", () => {
    const task = { type: "task", task: "1", mode: "Replayable", data: "glyphs", rounds: 50, atMs: 0 } as const;
    const text = render(run([...preparation(), task, ...rounds(10)]), plain).join("\n");
    assert.match(text, /% now 95\.4 %/);
  });
});

describe("caughtText", () => {
  it("joins neighbouring rounds", () => {
    assert.equal(caughtText([3]), "caught in round 3");
    assert.equal(caughtText([1, 2]), "caught in rounds 1, 2");
    assert.equal(caughtText([1, 2, 3, 5, 7, 8, 9]), "caught in rounds 1–3, 5, 7–9");
  });
});
