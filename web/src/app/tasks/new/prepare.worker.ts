/**
 * Prepares a task beside the page: draws the built-in data set once, then turns each file into plan, first weights and
 * documents. A thousand records take longer than a page may stand still.
 */
import { prepareTraining } from "@cairn/trainer/cli/taskPlan";
import type { Dataset } from "@cairn/trainer/data/dataset";
import { createGlyphs } from "@cairn/trainer/data/glyphs";
import { isTagged } from "@cairn/trainer/protocol/errors";
import { ChoiceError, trainingChoices } from "./choices.ts";
import type { PrepareAnswer, PrepareQuestion } from "./prepared.ts";

let glyphs: Dataset | undefined;

addEventListener("message", ({ data }: MessageEvent<PrepareQuestion>) => {
  postMessage(answer(data) satisfies PrepareAnswer);
});

function answer({ id, file }: PrepareQuestion): PrepareAnswer {
  try {
    glyphs ??= createGlyphs();
    const { manifest } = glyphs;
    const shape = { name: manifest.name, input: manifest.inputShape, classes: manifest.classes };
    const choices = trainingChoices(file, shape);
    const { plan, planBytes, weightsBytes, manifestBytes, modelBytes, parameterCount } = prepareTraining(
      glyphs,
      choices,
    );
    const { name, recordsRoot, recordCount } = manifest;
    return {
      id,
      prepared: {
        modelName: choices.modelName,
        dataset: { name, recordsRoot, recordCount },
        localSteps: plan.localSteps,
        parameterCount,
        files: { plan: planBytes, weights: weightsBytes, manifest: manifestBytes, model: modelBytes },
      },
    };
  } catch (error) {
    const code = isTagged(error) ? error.code : undefined;
    const key = error instanceof ChoiceError ? error.key : undefined;
    return { id, failure: { key, code, message: error instanceof Error ? error.message : String(error) } };
  }
}
