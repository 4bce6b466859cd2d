import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as commandLine from "../../trainer/src/cli/taskOptions.ts";
import { createGlyphs } from "../../trainer/src/data/glyphs.ts";
import { trainingChoices } from "../../web/src/app/tasks/new/choices.ts";
import {
  DEFAULT_FILE,
  parseTaskFile,
  printTaskFile,
  type TaskFile,
  withField,
} from "../../web/src/app/tasks/new/taskFile.ts";
import { ChoiceError, taskTerms } from "../../web/src/app/tasks/new/terms.ts";

const DATASET = createGlyphs({ records: 200 });
const SHAPE = { name: "glyphs", input: DATASET.manifest.inputShape, classes: DATASET.manifest.classes };

const FILES: readonly TaskFile[] = [
  { ...DEFAULT_FILE, seed: 7 },
  { data: "glyphs", model: "lenet5", rounds: 3, seed: 1, reward: "0.000000000000000001", minStake: "30.5" },
  { data: "glyphs", trainers: 8, minTrainers: 5, committee: 5, quorum: 4, partition: "dirichlet:0.5", seed: 2 },
  { data: "glyphs", seed: 3, optimiser: { type: "adamW", learningRate: 0.001 }, partition: "class:2", batch: 16 },
  { data: "glyphs", seed: 4, compression: { codec: "ternary", k: 512 } },
];

describe("a task file", () => {
  for (const [i, file] of FILES.entries()) {
    it(`number ${i} gives the form, the text and the command line the same task`, async () => {
      const parsed = parseTaskFile(printTaskFile(file));
      assert.ok("file" in parsed);
      assert.deepEqual(withoutEmpty(parsed.file), withoutEmpty(file));
      const folder = await mkdtemp(join(tmpdir(), "cairn-task-"));
      try {
        const path = join(folder, "task.json");
        await writeFile(path, printTaskFile(file));
        const options = await commandLine.readTaskFile(path, {});
        assert.deepEqual(taskTerms(file), commandLine.taskTerms(options));
        assert.deepEqual(trainingChoices(file, SHAPE), await commandLine.trainingChoices(options, DATASET, folder));
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  const wrong = [
    ["{", "notJson"],
    ["[]", "notAnObject"],
    [`{"roundz":3}`, "unknownKey"],
    [`{"rounds":"3"}`, "wrongKind"],
    [`{"reward":"1e3"}`, "wrongKind"],
    [`{"__proto__":{"rounds":3}}`, "unknownKey"],
    [`"${"x".repeat(70_000)}"`, "tooLong"],
  ] as const;
  for (const [text, code] of wrong) {
    it(`that reads ${text.slice(0, 30)} is refused as ${code}`, () => {
      const parsed = parseTaskFile(text);
      assert.ok("problem" in parsed);
      assert.equal(parsed.problem.code, code);
    });
  }

  it("loses a field that is emptied, keeps what the form does not know, and takes numbers for numbers", () => {
    const file = withField({ rounds: 3, optimiser: { type: "adamW" } } as TaskFile, "rounds", "");
    assert.deepEqual(file, { optimiser: { type: "adamW" } });
    assert.deepEqual(withField(file, "rounds", "12").rounds, 12);
    assert.deepEqual(withField(file, "reward", "12.50").reward, "12.50");
  });
});

describe("choices out of range", () => {
  const bad = [
    { file: { rounds: 0 }, key: "rounds" },
    { file: { trainers: 1.5 }, key: "trainers" },
    { file: { reward: "abc" }, key: "reward" },
    { file: { phaseSeconds: 1e9 }, key: "phaseSeconds" },
  ] as const;
  for (const { file, key } of bad) {
    it(`name ${key}`, () => {
      assert.throws(
        () => taskTerms(file),
        (error) => error instanceof ChoiceError && error.key === key,
      );
    });
  }

  it("name the model that there is not", () => {
    assert.throws(() => trainingChoices({ model: "resnet9000" }, SHAPE), { key: "model" });
  });
});

function withoutEmpty(file: TaskFile): TaskFile {
  return Object.fromEntries(Object.entries(file).filter(([, value]) => value !== "")) as TaskFile;
}
