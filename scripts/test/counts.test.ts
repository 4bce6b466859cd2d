/** The reports of the three runners, as they print them, are read to the number. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addCounts, formatCounts, readHardhatCounts, readNodeTestCounts } from "./counts.ts";

describe("readHardhatCounts", () => {
  it("reads the Solidity runner's report", () => {
    const report =
      "  Time_Test\n    ✔ test_plus_pastEnd_reverts()\n    1) test_a_b()\n\n\n  8 passing\n  1 failing\n\n  1) Time_Test#test_a_b()\n";
    assert.deepEqual(readHardhatCounts(report), { passed: 8, failed: 1, skipped: 0 });
  });

  it("reads mocha's report, where time follows and pending tests are skipped ones", () => {
    const report = "  Flow\n    ✔ works (332ms)\n    - is pending\n\n\n  1 passing (338ms)\n  2 pending\n  3 failing\n";
    assert.deepEqual(readHardhatCounts(report), { passed: 1, failed: 3, skipped: 2 });
  });

  it("takes the last report where a test printed one of its own", () => {
    assert.deepEqual(readHardhatCounts("  90 passing\n  Flow\n\n  1 passing (1s)\n"), {
      passed: 1,
      failed: 0,
      skipped: 0,
    });
  });

  it("reads nothing where the compiler failed", () => {
    assert.equal(readHardhatCounts("Error HHE902: Compilation failed: 3 passing is no report"), undefined);
  });
});

describe("readNodeTestCounts", () => {
  it("counts a cancelled test as failed, and a skipped or unwritten one as skipped", () => {
    const report =
      "✔ a (0.8ms)\nℹ tests 9\nℹ suites 1\nℹ pass 3\nℹ fail 1\nℹ cancelled 2\nℹ skipped 2\nℹ todo 1\nℹ duration_ms 3115.8\n";
    assert.deepEqual(readNodeTestCounts(report), { passed: 3, failed: 3, skipped: 3 });
  });

  it("reads nothing where Node broke off before its report", () => {
    assert.equal(readNodeTestCounts("ℹ pass 3\nnode: out of memory"), undefined);
  });
});

describe("formatCounts", () => {
  it("names skipped tests only when there are any", () => {
    const one = { passed: 1, failed: 2, skipped: 0 };
    assert.equal(formatCounts(one), "1 passed, 2 failed");
    assert.equal(formatCounts(addCounts([one, { passed: 4, failed: 0, skipped: 3 }])), "5 passed, 2 failed, 3 skipped");
  });
});
