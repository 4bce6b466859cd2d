import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TrainingProgram } from "../engine/program.ts";
import { requireFit } from "./dataFit.ts";
import { type LearningDetail, LearningError } from "./errors.ts";
import type { Records } from "./records.ts";

/** What of a program is looked at: five inputs, two targets of three classes. */
const program = { inputSize: 5, targetSize: 2, classes: 3, vocabulary: 0 } as TrainingProgram;
const records: Records = {
  count: 4,
  inputSize: 5,
  targetSize: 2,
  classes: 3,
  read: () => assert.fail("nothing is read"),
};

function refuses(act: () => void, detail: LearningDetail): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof LearningError, String(error));
    assert.deepEqual(error.detail, detail);
    return true;
  });
}

describe("requireFit", () => {
  const first = Uint32Array.of(0);

  it("accepts data of the program's sizes, with as many classes or fewer", () => {
    requireFit(program, records, first);
    requireFit(program, { ...records, classes: 2 }, Uint32Array.of(3, 0));
    requireFit({ ...program, classes: 0 }, { ...records, classes: 0 }, first);
  });

  it("refuses other sizes, and more classes", () => {
    for (const [what, actual, needed] of [
      ["inputSize", 4, 5],
      ["targetSize", 1, 2],
      ["classes", 4, 3],
    ] as const) {
      const other = { ...records, [what]: actual };
      refuses(() => requireFit(program, other, first), { code: "LEARNING_DATA_MISMATCH", what, actual, needed });
    }
  });

  it("takes no class numbers for values, and no values for classes", () => {
    const values = { ...records, classes: 0 };
    refuses(() => requireFit(program, values, first), {
      code: "LEARNING_DATA_MISMATCH",
      what: "classes",
      actual: 0,
      needed: 3,
    });
    const learner = { ...program, classes: 0 };
    refuses(() => requireFit(learner, records, first), {
      code: "LEARNING_DATA_MISMATCH",
      what: "classes",
      actual: 3,
      needed: 0,
    });
  });

  it("compares the tokens of text with those of the embedding", () => {
    const speaker = { ...program, vocabulary: 7 };
    requireFit(speaker, records, first); // nobody knows what these records' inputs are
    requireFit(speaker, { ...records, vocabulary: 6 }, first);
    for (const [actual, needed] of [
      [8, 7],
      [0, 7],
      [8, 0],
    ] as const) {
      const act = () => requireFit({ ...program, vocabulary: needed }, { ...records, vocabulary: actual }, first);
      refuses(act, { code: "LEARNING_DATA_MISMATCH", what: "vocabulary", actual, needed });
    }
  });

  it("counts one in the singular", () => {
    assert.throws(() => requireFit({ ...program, classes: 1 }, records, first), /have 3 classes, .* gives 1 logit$/);
    assert.throws(() => requireFit(program, { ...records, inputSize: 1 }, first), /have 1 input a record/);
  });

  it("refuses no records, and records that are not there", () => {
    refuses(() => requireFit(program, records, new Uint32Array(0)), { code: "LEARNING_SHARD_EMPTY" });
    refuses(() => requireFit(program, records, Uint32Array.of(4)), {
      code: "LEARNING_RECORD_OUT_OF_RANGE",
      index: 4,
      count: 4,
    });
  });
});
