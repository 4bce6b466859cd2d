/** A step that fails as a whole, hangs, or leaves a process behind does not pass and does not stay. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readNodeTestCounts } from "./counts.ts";
import { runStep, type StepResult } from "./runStep.ts";
import type { Step } from "./stages.ts";

const REPORT = "console.log('ℹ pass 2\\nℹ fail 0');";
const HANG = "setInterval(() => {}, 1000);";

function run(script: string, options: Partial<Step> = {}, signal?: AbortSignal): Promise<StepResult> {
  const step: Step = { title: "step", command: ["-e", script], limitSeconds: 60, ...options };
  return runStep(step, signal ?? new AbortController().signal);
}

describe("runStep", () => {
  it("counts a command without a report as one test", async () => {
    const passed = await run("console.log('fine')");
    assert.deepEqual(
      [passed.counts, passed.problem, passed.output],
      [{ passed: 1, failed: 0, skipped: 0 }, undefined, "fine\n"],
    );
    const failed = await run("console.error('not fine'); process.exitCode = 3");
    assert.deepEqual(
      [failed.counts, failed.problem, failed.output],
      [{ passed: 0, failed: 1, skipped: 0 }, "ended with status 3", "not fine\n"],
    );
  });

  it("adds one failure to a report without any when the runner itself failed", async () => {
    const { counts, problem } = await run(`${REPORT} process.exitCode = 1`, { readCounts: readNodeTestCounts });
    assert.deepEqual([counts, problem], [{ passed: 2, failed: 1, skipped: 0 }, "ended with status 1"]);
  });

  it("fails a runner that gave no report, or ran no test", async () => {
    for (const script of ["", "console.log('ℹ pass 0\\nℹ fail 0')"]) {
      const { counts, problem } = await run(script, { readCounts: readNodeTestCounts });
      assert.deepEqual([counts, problem], [{ passed: 0, failed: 1, skipped: 0 }, "ran no test"]);
    }
  });

  it("ends a command that runs longer than its limit", async () => {
    const { counts, problem } = await run(HANG, { limitSeconds: 0.5 });
    assert.deepEqual([counts.failed, problem], [1, "ended after its limit of 0.5 s"]);
  });

  it("ends a command when the run is broken off", async () => {
    const { problem } = await run(HANG, {}, AbortSignal.timeout(300));
    assert.equal(problem, "ended with SIGTERM");
  });

  it("ends what a command leaves running, which would hold its output open until the limit", async () => {
    const leave = `require("node:child_process").spawn(process.execPath, ["-e", "${HANG}"], { stdio: "inherit" });`;
    const { problem } = await run(`${leave} process.exit(0)`, { limitSeconds: 20 });
    assert.equal(problem, undefined);
  });

  it("keeps colours out of reports, whatever the user's settings", async () => {
    process.env.FORCE_COLOR = "1";
    const { output } = await run("console.log(process.env.FORCE_COLOR, process.env.NO_COLOR)");
    delete process.env.FORCE_COLOR;
    assert.equal(output, "undefined 1\n");
  });
});
