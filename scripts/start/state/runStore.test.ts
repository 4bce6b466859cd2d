import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunEvent } from "./runEvent.ts";
import { createRunStore } from "./runStore.ts";

function storeAt(clock: { ms: number }) {
  const changes: RunEvent[] = [];
  const run = createRunStore({ clockMs: () => clock.ms, onChange: (_, event) => changes.push(event) });
  return { run, changes };
}

const never = new AbortController().signal;

describe("createRunStore", () => {
  it("stamps events with the time since it was made", () => {
    const clock = { ms: 1_000 };
    const { run, changes } = storeAt(clock);
    clock.ms = 1_250;
    run.emit({ type: "stage", stage: "task" });
    assert.deepEqual(changes, [{ type: "stage", stage: "task", atMs: 250 }]);
    assert.equal(run.state().stage, "task");
  });

  it("tells nobody when an event changes nothing", () => {
    const { run, changes } = storeAt({ ms: 0 });
    run.emit({ type: "evaluated", round: 1, accuracy: 0.5, loss: 1 });
    run.emit({ type: "evaluated", round: 1, accuracy: 0.5, loss: 1 });
    assert.equal(changes.length, 1);
  });

  it("wakes who waits for a state, at once when it is there already", async () => {
    const { run } = storeAt({ ms: 0 });
    const waited = run.until(({ stage }) => stage === "done", never);
    run.emit({ type: "stage", stage: "checks" });
    run.emit({ type: "stage", stage: "done" });
    assert.equal((await waited).stage, "done");
    assert.equal((await run.until(({ stage }) => stage === "done", never)).stage, "done");
  });

  it("gives up with the signal's reason when it fires", async () => {
    const { run } = storeAt({ ms: 0 });
    const stop = new AbortController();
    const waited = run.until(() => false, stop.signal);
    stop.abort(new Error("enough"));
    await assert.rejects(waited, /enough/);
    await assert.rejects(
      run.until(() => true, stop.signal),
      /enough/,
    );
  });
});
