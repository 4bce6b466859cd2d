/** `cairn model test <file|id>`: how good a model is on data that it was not trained on. */
import type { Command } from "commander";
import { identifier, wholeNumber } from "../../arguments.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { type EvaluationOptions, evaluateModel } from "../../modelEvaluation.ts";

interface Options extends EvaluationOptions {
  readonly model?: bigint;
}

export function defineModelTest(parent: Command, session: Session): void {
  const command = parent.command("test").summary("measure accuracy on a data set, as cairn eval does");
  withExamples(
    command,
    "cairn model test mnist.safetensors --data mnist:./mnist",
    "cairn model test 1 --version 3 --data glyphs",
  )
    .description(
      "Measures a model on the test split: a file, or a model on chain by number, whose hash is then checked.",
    )
    .argument("<file|id>", "a safetensors file, or the number of a model on chain")
    .requiredOption("--data <ref>", "data set, as data inspect takes it")
    .option("--split <name>", "test or train", "test")
    .option(
      "--version <n>",
      "a version of the model on chain; without it the latest",
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option("--model <id>", "check the file's hash against this model on chain", identifier)
    .option("--architecture <file>", "the file's architecture, where no document lies beside it")
    .action(action(session, "model.test", modelTest));
}

function modelTest(context: Context, what: string, { model, ...options }: Options): Promise<Outcome> {
  return evaluateModel(context, what, { ...options, onChain: model });
}
