import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { createGlyphs } from "../data/glyphs.ts";
import { readTaskFile, type TaskOptions, trainingChoices } from "./taskOptions.ts";
import { prepareTraining } from "./taskPlan.ts";

const folder = mkdtempSync(join(tmpdir(), "cairn-task-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, flags: TaskOptions = {}): Promise<TaskOptions> {
  const path = join(folder, "task.yaml");
  writeFileSync(path, text);
  return readTaskFile(path, flags);
}

const ADAM = "rounds: 3\noptimiser:\n  { type: adamW, learningRate: 0.01, clipNorm: 1 }\n";

describe("readTaskFile", () => {
  it("takes any optimiser that a plan takes", async () => {
    const dataset = createGlyphs({ records: 20 });
    const choices = await trainingChoices({ ...(await read(ADAM)), model: "linear", seed: 1 }, dataset, folder);
    const { optimiser } = prepareTraining(dataset, { ...choices, trainers: 1 }).plan as { optimiser: object };
    assert.partialDeepStrictEqual(optimiser, { type: "adamW", learningRate: Math.fround(0.01), clipNorm: 1 });
  });

  it("refuses an optimiser that is none with its line, and one beside a learning rate", async () => {
    const wrong = read(ADAM.replace("adamW", "adam"));
    await assert.rejects(wrong, { code: "ENGINE_OPTIMISER_MALFORMED", message: /task\.yaml, line 3: / });
    const both = await read(ADAM, { learningRate: 0.1 });
    await assert.rejects(trainingChoices(both, createGlyphs({ records: 20 }), folder), { code: "CLI_USAGE" });
  });

  it("refuses a key that is none with its line and the nearest", async () => {
    await assert.rejects(read("data: glyphs\nround: 3\n"), /line 2: unknown key "round"; did you mean rounds\?/);
  });
});
