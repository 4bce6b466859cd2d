import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AUDITORS, exampleRound, HONEST, preparation, TRAINERS } from "./exampleRun.ts";
import { reduce } from "./reduce.ts";
import type { RunEvent } from "./runEvent.ts";
import { EMPTY_RUN, fateOf, MAX_NOTES, nameOf, rejectedRounds } from "./runState.ts";

const run = (...events: readonly RunEvent[]) => events.reduce(reduce, EMPTY_RUN);

describe("reduce", () => {
  it("follows a node from its start to its seat", () => {
    const { nodes, stage, task } = run(...preparation());
    assert.deepEqual(
      nodes.map(({ name, status }) => `${name} ${status}`),
      [...[1, 2, 3, 4].map((i) => `trainer ${i} joined`), ...[1, 2, 3].map((i) => `auditor ${i} ready`)],
    );
    assert.equal(stage, "rounds");
    assert.equal(task?.rounds, 10);
  });

  it("builds a round from its events", () => {
    const round = run(...preparation(), ...exampleRound(1)).rounds[0];
    assert.ok(round !== undefined);
    assert.deepEqual(
      round.entered.map(({ phase }) => phase),
      ["Commit", "Reveal", "Draw", "AuditCommit", "AuditReveal", "Aggregate", "Challenge", "Final"],
    );
    assert.deepEqual(round.committee, AUDITORS);
    assert.deepEqual(
      round.updates.map((update) => fateOf(round, update)),
      ["accepted", "accepted", "accepted", "rejected"],
    );
    assert.equal(round.outcome, "final");
    assert.equal(round.version, 1);
    assert.equal(round.accuracy, 0.62);
    assert.equal(round.trainings.size, 3);
    assert.equal(round.replays.length, 12);
  });

  it("opens a round when a node speaks of it before the chain does", () => {
    const [early, late] = [
      { type: "trained", address: TRAINERS[0], round: 1, seconds: 0.5, cpuSeconds: 0.4, atMs: 10 },
      { type: "opened", round: 1, expected: 4, atMs: 40 },
    ] as const;
    const { rounds } = run(early, late);
    assert.equal(rounds.length, 1);
    assert.equal(rounds[0]?.expected, 4);
    assert.deepEqual(rounds[0]?.trainings.get(TRAINERS[0]), { seconds: 0.5, cpuSeconds: 0.4 });
  });

  it("forgets the first committee's verdicts when a second is drawn", () => {
    const redrawn = { type: "drawn", round: 1, attempt: 1, members: [AUDITORS[2]], atMs: 9_000 } as const;
    const upToVerdicts = exampleRound(1).filter(({ type }) => type !== "tallied" && type !== "final");
    const [round] = run(...preparation(), ...upToVerdicts, redrawn).rounds;
    assert.deepEqual(round?.verdicts, []);
    assert.deepEqual(round?.committee, [AUDITORS[2]]);
  });

  it("keeps a failed round apart from a final one", () => {
    const failed = { type: "failed", round: 1, reason: 5, atMs: 8_000 } as const;
    const { rounds, notes } = run({ type: "opened", round: 1, expected: 4, atMs: 0 }, failed);
    assert.equal(rounds[0]?.outcome, "failed");
    assert.equal(rounds[0]?.phase, "Failed");
    assert.equal(rounds[0]?.accuracy, undefined);
    assert.match(notes.at(-1)?.text ?? "", /no update was accepted/);
  });

  it("notes an accuracy once when every auditor measures it", () => {
    const { notes } = run(...preparation(), ...exampleRound(1));
    assert.equal(notes.filter(({ text }) => text === "round 1: accuracy 62.00 %").length, 1);
  });

  it("remembers the largest memory and the latest traffic of a node", () => {
    const heard = {
      type: "resources",
      address: AUDITORS[0],
      round: 1,
      sentBytes: 5,
      receivedBytes: 6,
      atMs: 0,
    } as const;
    const { nodes } = run(...preparation(), { ...heard, rssBytes: 300 }, { ...heard, rssBytes: 200, sentBytes: 9 });
    const node = nodes.find(({ address }) => address === AUDITORS[0]);
    assert.deepEqual([node?.rssBytes, node?.sentBytes, node?.receivedBytes], [300, 9, 6]);
  });

  it("keeps a bounded number of notes, without control characters", () => {
    const trouble = { type: "trouble", address: AUDITORS[0], code: "X", message: "a\u001b[2J\nb", atMs: 0 } as const;
    const { notes } = run(...Array.from({ length: MAX_NOTES + 5 }, () => trouble));
    assert.equal(notes.length, MAX_NOTES);
    assert.equal(notes[0]?.text, `${nameOf(EMPTY_RUN, AUDITORS[0])}: X: a b`);
  });
});

describe("rejectedRounds", () => {
  it("gives the rounds whose verdicts refused that trainer's update", () => {
    const state = run(...preparation(), ...exampleRound(1), ...exampleRound(2));
    assert.deepEqual(rejectedRounds(state, TRAINERS[3]), [1, 2]);
    assert.deepEqual(rejectedRounds(state, TRAINERS[0]), []);
    assert.equal(state.rounds[0]?.acceptedBitmap, HONEST);
  });
});
