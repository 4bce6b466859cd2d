import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nearest } from "../engine/nearest.ts";
import { confusionText } from "./confusionText.ts";
import { cairnAmount, formatUnits18, parseUnits18, shortUnits18, toJsonText } from "./jsonText.ts";
import type { Paint } from "./output.ts";
import { bar, bytesText, fields, shortHex, table } from "./table.ts";
import { durationText, isoTime, relativeText } from "./timeText.ts";

const plain: Paint = (_, text) => text;

describe("toJsonText", () => {
  it("writes bigints as decimal text and missing values as null", () => {
    assert.equal(toJsonText({ wei: 10n ** 30n, none: undefined }), `{"wei":"1${"0".repeat(30)}","none":null}`);
  });
});

describe("amounts", () => {
  it("are exact both ways", () => {
    for (const [text, wei] of [
      ["0", 0n],
      ["1", 10n ** 18n],
      ["0.5", 5n * 10n ** 17n],
      ["0.000000000000000001", 1n],
      ["123456789.000000000000000001", 123456789n * 10n ** 18n + 1n],
    ] as const) {
      assert.equal(parseUnits18(text), wei);
      assert.equal(formatUnits18(wei), text);
    }
    assert.deepEqual(cairnAmount(15n * 10n ** 17n), { wei: "1500000000000000000", cairn: "1.5" });
    assert.equal(formatUnits18(-1n), "-0.000000000000000001");
  });

  it("refuse what is no plain decimal number", () => {
    for (const text of ["", "-1", "1e3", ".5", "1.", "1,5", "0x10", "0.0000000000000000001", "Infinity"]) {
      assert.equal(parseUnits18(text), undefined, text);
    }
  });

  it("are cut for people, never rounded up and never to nothing", () => {
    assert.equal(shortUnits18(19_999_999n * 10n ** 11n), "1.9999");
    assert.equal(shortUnits18(1n), "<0.0001");
    assert.equal(shortUnits18(0n), "0");
  });
});

describe("table", () => {
  it("sets numbers flush right and texts flush left, without trailing spaces", () => {
    const rows = [
      ["a", "1", "x"],
      ["bb", "10", "—"],
    ];
    assert.equal(table(["N", "COUNT", "Z"], rows, plain), "N   COUNT  Z\na       1  x\nbb     10  —");
  });

  it("measures what is seen when cells are coloured", () => {
    const rows = [
      ["\u001b[31mred\u001b[0m", "end"],
      ["plain", "end"],
    ];
    assert.equal(table(["A", "B"], rows, plain).split("\n")[1], "\u001b[31mred\u001b[0m    end");
  });
});

describe("small texts", () => {
  it("are what people expect", () => {
    assert.equal(bar(0.5, 4), "██  ");
    assert.equal(bar(9, 2), "██");
    assert.equal(bytesText(0), "0 B");
    assert.equal(bytesText(407_448), "398 KiB");
    assert.equal(bytesText(1_572_864), "1.5 MiB");
    assert.equal(shortHex("0x1234567890abcdef"), "0x1234…cdef");
    assert.equal(
      fields(
        [
          ["a", "1"],
          ["long", "2"],
        ],
        plain,
      ),
      "a     1\nlong  2",
    );
    assert.equal(durationText(59.6), "1 min");
    assert.equal(durationText(3_900), "1 h 05 min");
    assert.equal(durationText(7 * 86_400), "7 d");
    assert.equal(relativeText(100, 55), "in 45 s");
    assert.equal(relativeText(55, 100), "45 s ago");
    assert.equal(isoTime(1_700_000_000n), "2023-11-14T22:13:20Z");
  });

  it("find the word that was meant, or none", () => {
    assert.equal(nearest("stauts", ["status", "stake"]), "status");
    assert.equal(nearest("xyzzy", ["status", "stake"]), undefined);
  });
});

describe("confusionText", () => {
  it("shows counts with the share of each class that is right", () => {
    const text = confusionText(
      [
        [3, 1],
        [0, 4],
      ],
      ["cat", "dog"],
      plain,
    );
    assert.equal(text, "ACTUAL  cat dog   RIGHT\ncat       3   1   75.0 %\ndog       ·   4  100.0 %");
  });

  it("names the worst pairs where the matrix is too wide", () => {
    const counts = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => (i === 3 && j === 7 ? 9 : 0)),
    );
    assert.equal(confusionText(counts, [], plain), "     9  3 taken for 7");
  });
});
