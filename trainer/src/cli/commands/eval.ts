/** `cairn eval`: how good a model is on a data set; the same as `cairn model test`, worded like `cairn train`. */
import type { Command } from "commander";
import { oneOf, wholeNumber } from "../arguments.ts";
import { ENGINES } from "../chosenExecutor.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { type EvaluationOptions, evaluateModel } from "../modelEvaluation.ts";

interface Options extends Omit<EvaluationOptions, "engine"> {
  readonly model: string;
  readonly engine: string;
}

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn eval --model runs/plan/model.safetensors --data mnist",
    "cairn eval --model runs/plan/model.safetensors --data mnist --split train --json",
  )
    .description(
      "Measures a model: accuracy, loss and which classes are taken for which; perplexity for text. As cairn model test.",
    )
    .requiredOption("--model <file>", "a safetensors file, or the number of a model on chain")
    .requiredOption("--data <ref>", "data set, as data inspect takes it")
    .option("--split <name>", "test or train", "test")
    .option("--architecture <file>", "the file's architecture, where no document lies beside it")
    .option("--engine <name>", ENGINES.join(", "), "auto")
    .option("--threads <n>", "threads (default: one a core)", wholeNumber(1, 64))
    .action(action(session, "eval", evalModel));
}

function evalModel(context: Context, { model, engine, ...options }: Options): Promise<Outcome> {
  return evaluateModel(context, model, { ...options, engine: oneOf("--engine", engine, ENGINES) });
}
