/** What people read of amounts, times and sizes, against values worked out by hand. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { csvText } from "./csv.ts";
import {
  exactAmount,
  formatAmount,
  formatBytes,
  formatCountdown,
  formatDuration,
  formatRelative,
  shortHex,
} from "./format.ts";
import { safeHref } from "./links.ts";
import { readId, readNumber } from "./query.ts";

const CAIRN = 10n ** 18n;

describe("formatAmount", () => {
  it("cuts, and never rounds up to what is not there", () => {
    assert.equal(formatAmount(CAIRN, "en"), "1");
    assert.equal(formatAmount(1_999_999_999_999_999_999n, "en"), "1.9999");
    assert.equal(formatAmount(1_234n * CAIRN + CAIRN / 2n, "en"), "1,234.5");
    assert.equal(formatAmount(1_234n * CAIRN + CAIRN / 2n, "de"), "1.234,5");
    assert.equal(formatAmount(-CAIRN / 4n, "en"), "-0.25");
  });

  it("does not show something as nothing", () => {
    assert.equal(formatAmount(0n, "en"), "0");
    assert.equal(formatAmount(1n, "en"), "<0.0001");
    assert.equal(formatAmount(-1n, "de"), ">-0,0001");
  });

  it("keeps amounts that no double can hold", () => {
    assert.equal(exactAmount(2n ** 200n), "1606938044258990275541962092341162602522202.993782792835301376");
    assert.equal(exactAmount(1n), "0.000000000000000001");
  });
});

describe("times", () => {
  it("counts down, and stands still at the end", () => {
    assert.deepEqual([192, 3_765, 187_200, 0, -5].map(formatCountdown), [
      "03:12",
      "1:02:45",
      "2 d 04:00:00",
      "00:00",
      "00:00",
    ]);
  });

  it("says how long ago in the largest unit", () => {
    assert.equal(formatRelative(-200, "en"), "3 minutes ago");
    assert.equal(formatRelative(90_000, "de"), "morgen");
  });

  it("says a length in its two largest units", () => {
    assert.equal(formatDuration(5_400, "en"), "1 hr 30 mins");
    assert.equal(formatDuration(0, "en"), "0 secs");
  });
});

describe("other texts", () => {
  it("shows sizes in three digits and hashes by both ends", () => {
    assert.equal(formatBytes(85_123, "en"), "85.1 kB");
    assert.equal(formatBytes(999, "en"), "999 byte");
    assert.equal(shortHex("0x1234567890abcdef"), "0x1234…cdef");
    assert.equal(shortHex("0x12345678"), "0x12345678");
  });

  it("writes cells that no spreadsheet runs", () => {
    assert.equal(csvText([["=1+1", 'say "hi"', 5n, undefined]]), `'=1+1,"say ""hi""",5,\r\n`);
  });

  it("follows links of strangers only where nothing runs", () => {
    assert.equal(safeHref("https://example.org/a"), "https://example.org/a");
    for (const bad of ["javascript:alert(1)", "data:text/html,x", "http://127.0.0.1/", "//x", "nonsense"]) {
      assert.equal(safeHref(bad), undefined, bad);
    }
  });

  it("reads ids that contracts could have counted, and nothing else", () => {
    assert.equal(readId("12"), 12n);
    for (const bad of [null, "", "-1", "1.5", "0x1", "__proto__", "9".repeat(21)])
      assert.equal(readId(bad), undefined, `${bad}`);
    assert.equal(readNumber("99999999999999999999"), undefined);
  });
});
