/** `cairn train`: trains alone, on this machine, by a plan; no chain and no peers. */
import { basename, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { isTagged } from "../../protocol/errors.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { ENGINES } from "../chosenExecutor.ts";
import { CliError } from "../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { loadDataset } from "../loadDataset.ts";
import { shellWord, shortPath } from "../outputFile.ts";
import { countText, lossText } from "../training/figures.ts";
import type { PreparedRun } from "../training/prepareRun.ts";
import type { RunFolder } from "../training/runFolder.ts";
import type { SoloPlan } from "../training/soloPlan.ts";
import type { SoloOutcome } from "../training/soloRun.ts";

interface Options {
  readonly plan: string;
  readonly data?: string;
  readonly output?: string;
  readonly steps?: number;
  readonly epochs?: number;
  readonly seed?: string;
  readonly engine: string;
  readonly threads?: number;
  readonly resume?: true | string;
  readonly force?: true;
  readonly tensorboard?: string;
  readonly targetAccuracy?: number;
}

const FINISHING = "finishing this step and writing a checkpoint; Ctrl-C again to stop at once, without it";

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn train --plan plan.yaml --data glyphs",
    "cairn train --plan plan.yaml --data mnist -o runs/first --tensorboard tb",
    "cairn train --plan plan.yaml --data mnist -o runs/first --resume",
  )
    .description(
      [
        "Trains alone, with a live curve. A plan is a YAML or JSON file:",
        "",
        "  architecture: mlp:128        # or lenet5, cnn:32,32,64,64, transformer:2x128 …",
        "  optimiser: { type: sgd, learningRate: 0.1, momentum: 0.9 }",
        "  batchSize: 32",
        "  epochs: 5                    # or steps: 10000",
        "  earlyStop: { patience: 3 }   # docs/cli.md says what else there may be",
        "",
        "The output folder gets checkpoints, log.jsonl and the model. Ctrl-C keeps what is learnt.",
      ].join("\n"),
    )
    .requiredOption("--plan <file>", "the plan")
    .option("--data <ref>", "data set, as data inspect takes it; wins over the plan's")
    .option("-o, --output <dir>", "the run's folder (default: runs/ and the plan's name)")
    .option("--steps <n>", "train so many steps, whatever the plan says", wholeNumber(1, 1_000_000_000))
    .option("--epochs <n>", "train so many passes over the data, whatever the plan says", positive)
    .option("--seed <text>", "64 hex digits, or anything, which is hashed; wins over the plan's")
    .option("--engine <name>", ENGINES.join(", "), "auto")
    .option("--threads <n>", "threads (default: one a core)", wholeNumber(1, 64))
    .option("--resume [which]", "go on from the last checkpoint, or from the best")
    .option("-f, --force", "begin anew where the folder holds a run")
    .option("--tensorboard <dir>", "write curves for TensorBoard into this folder")
    .option("--target-accuracy <share>", "stop when the validation accuracy reaches it, such as 0.98", share)
    .action(action(session, "train", train, { streams: true, finishing: FINISHING }));
}

async function train(context: Context, options: Options): Promise<Outcome> {
  const typed = { engine: oneOf("--engine", options.engine, ENGINES), resume: resumeFrom(options.resume) };
  const { readDocumentFile } = await import("../documentFile.ts");
  const { parseSoloPlan } = await import("../training/soloPlan.ts");
  const document = await readDocumentFile(resolve(context.host.cwd, options.plan), options.plan);
  const plan = await withFlags(parseSoloPlan(document), options);
  const reference = options.data ?? plan.data;
  if (reference === undefined) throw new CliError({ code: "CLI_USAGE" }, "give --data, or data in the plan");
  const dataset = await loadDataset(context, reference);
  try {
    const { prepareRun, requireMemory } = await import("../training/prepareRun.ts");
    const { describeEngine } = await import("../../compute/createExecutor.ts");
    const prepared = await prepareRun(document, plan, dataset);
    const { threads = describeEngine().threads } = options;
    requireMemory(prepared.program, { freeBytes: context.host.freeMemory(), threads });
    return await trainOn(context, { ...typed, prepared, options, reference, dataName: dataset.manifest.name });
  } finally {
    dataset.close();
  }
}

interface Job {
  readonly prepared: PreparedRun;
  readonly engine: (typeof ENGINES)[number];
  readonly resume: "last" | "best" | undefined;
  readonly options: Options;
  readonly reference: string;
  readonly dataName: string;
}

async function trainOn(context: Context, job: Job): Promise<Outcome> {
  const { prepared, engine, resume, options, dataName } = job;
  const { identity, program } = prepared;
  const { threads, targetAccuracy, tensorboard, force = false } = options;
  const folder = options.output ?? join("runs", basename(options.plan, extname(options.plan)));
  const { openRun } = await import("../training/runFolder.ts");
  const { createChosenExecutor } = await import("../chosenExecutor.ts");
  const { runSolo } = await import("../training/soloRun.ts");
  const run = await openRun(resolve(context.host.cwd, folder), { identity, program, resume, force });
  let hasBegun = false;
  try {
    const scalars = await openScalars(context, tensorboard);
    const { executor, text } = await createChosenExecutor(program, { engine, threads, signal: context.signal });
    const names = { data: dataName, engine: text };
    hasBegun = true;
    const solo = runSolo(context, { prepared, executor, run, scalars, targetAccuracy, names });
    const outcome = await solo.finally(() => executor.dispose());
    return conclude(context, { ...outcome, ...job });
  } catch (error) {
    if (hasBegun) sayWhatIsKept(context, error, run);
    throw error;
  } finally {
    await run.close();
  }
}

function conclude(context: Context, { result, model, prepared, options, reference }: SoloOutcome & Job): Outcome {
  const { output, host } = context;
  const { end, best, checkpoint } = result;
  const { step } = checkpoint;
  const time = new Date(host.nowMs()).toISOString();
  if (model === undefined) {
    output.event({ time, event: "stopped", step }, () => "");
    output.say(`stopped after step ${countText(step)} of ${countText(prepared.steps)}; the checkpoint is written`);
    output.say(`  go on: ${resumeLine(options, reference)}`);
    return { data: null, text: () => "", exitCode: context.stoppedCode() };
  }
  const loss =
    best === undefined ? "" : `, best validation loss ${lossText(best.loss)} after step ${countText(best.step)}`;
  const reached = REASON[end];
  output.done(`${reached} after step ${countText(step)}${loss}`);
  if (model.step !== step) output.say(`  the model holds the best weights, those after step ${countText(model.step)}`);
  output.say(
    `  test it: cairn eval --model ${shellWord(shortPath(host.cwd, model.file))} --data ${shellWord(reference)}`,
  );
  output.event({ time, event: "ended", reason: end, step, best, model }, () => model.file);
  return { data: null, text: () => "" };
}

const REASON = {
  steps: "trained",
  earlyStop: "stopped early, since validation no longer improved,",
  targetAccuracy: "reached the accuracy asked for",
  finish: "stopped",
} as const;

/** Said beside an error that ended the training: nobody should think that it took all with it. */
function sayWhatIsKept({ output }: Context, error: unknown, run: RunFolder): void {
  const step = run.savedStep();
  if (!isTagged(error)) return;
  output.say(
    step === undefined
      ? "no checkpoint had been written yet"
      : `the checkpoint of step ${countText(step)} is intact, in ${run.path}`,
  );
}

async function openScalars({ host }: Context, folder: string | undefined) {
  if (folder === undefined) return undefined;
  const { openTensorboard } = await import("../training/tensorboard.ts");
  return openTensorboard(resolve(host.cwd, folder), host.nowMs());
}

async function withFlags(plan: SoloPlan, { steps, epochs, seed }: Options): Promise<SoloPlan> {
  if (steps !== undefined && epochs !== undefined) {
    throw new CliError({ code: "CLI_USAGE" }, "give either --steps or --epochs");
  }
  const { seedBytes } = await import("../training/soloPlan.ts");
  return {
    ...plan,
    ...(steps === undefined ? {} : { length: { unit: "steps", count: steps } }),
    ...(epochs === undefined ? {} : { length: { unit: "epochs", count: epochs } }),
    ...(seed === undefined ? {} : { seed: seedBytes(seed) }),
  };
}

/** The line that was typed, as far as the run depends on it, with `--resume`. */
function resumeLine({ plan, output, steps, epochs, seed, tensorboard }: Options, reference: string): string {
  const flags = { plan, data: reference, output, steps, epochs, seed, tensorboard };
  const words = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${shellWord(`${value}`)}`],
  );
  return `cairn train ${words.join(" ")} --resume`;
}

function resumeFrom(which: true | string | undefined): "last" | "best" | undefined {
  if (which === undefined) return undefined;
  return which === true ? "last" : oneOf<"last" | "best">("--resume", which, ["last", "best"]);
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1_000_000) return value;
  throw new CliError({ code: "CLI_USAGE" }, `--epochs must be a number above 0, not "${text}"`);
}

function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new CliError({ code: "CLI_USAGE" }, `--target-accuracy must be above 0 and at most 1, not "${text}"`);
}
