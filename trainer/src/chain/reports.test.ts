import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tallyReports } from "./reports.ts";

const filed = (auditor: string, digest: string, byteLength = 7) =>
  ({ auditor: `0x${auditor}`, digest: `0x${digest}`, byteLength }) as const;

describe("tallyReports", () => {
  it("puts what most filed first, and of those filed as often the earlier", () => {
    const tally = tallyReports([
      filed("a", "11"),
      filed("b", "22"),
      filed("c", "33"),
      filed("d", "22"),
      filed("e", "33"),
    ]);
    assert.deepEqual(
      tally.map(({ digest, auditors }) => [digest, auditors]),
      [
        ["0x22", ["0xb", "0xd"]],
        ["0x33", ["0xc", "0xe"]],
        ["0x11", ["0xa"]],
      ],
    );
  });

  it("tells one digest under two lengths apart: only one of them can be fetched", () => {
    assert.equal(tallyReports([filed("a", "11", 7), filed("b", "11", 8)]).length, 2);
    assert.deepEqual(tallyReports([]), []);
  });
});
