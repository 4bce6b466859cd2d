import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { auditAllowanceMs } from "./verdictTime.ts";

const HOUR = { deadline: 13_600, nowSeconds: 10_000, auditCommitSeconds: 3_600, blockSeconds: 12 };

describe("auditAllowanceMs", () => {
  it("sets a tenth of a long phase aside", () => {
    assert.equal(auditAllowanceMs(HOUR), 3_240_000);
  });
  it("sets four blocks aside where the phase is short", () => {
    const clock = { deadline: 10_300, nowSeconds: 10_000, auditCommitSeconds: 300, blockSeconds: 12 };
    assert.equal(auditAllowanceMs(clock), 252_000);
  });
  it("never sets more than half of the phase aside", () => {
    const clock = { deadline: 10_060, nowSeconds: 10_000, auditCommitSeconds: 60, blockSeconds: 12 };
    assert.equal(auditAllowanceMs(clock), 30_000);
  });
  it("counts from now, not from the phase's beginning", () => {
    assert.equal(auditAllowanceMs({ ...HOUR, nowSeconds: 13_000 }), 240_000);
    assert.ok(auditAllowanceMs({ ...HOUR, nowSeconds: 13_300 }) <= 0);
  });
});
