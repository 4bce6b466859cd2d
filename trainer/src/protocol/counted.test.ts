import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { counted } from "./counted.ts";

describe("counted", () => {
  it("is in the singular for one alone", () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => counted(count, "record")),
      ["0 records", "1 record", "2 records"],
    );
    assert.deepEqual([counted(1, "class"), counted(3, "class")], ["1 class", "3 classes"]);
  });
});
