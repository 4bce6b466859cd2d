/** `cairn simulate`: plays a task's rounds with many trainers in this process, without a chain. */
import { basename, extname, join, resolve } from "node:path";
import type { Command } from "commander";
import { oneOf, wholeNumber } from "../arguments.ts";
import { ENGINES } from "../chosenExecutor.ts";
import { CliError } from "../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { loadDataset } from "../loadDataset.ts";
import { shortPath } from "../outputFile.ts";
import { readTaskFile, type TaskOptions } from "../taskOptions.ts";

export interface SimulateOptions {
  readonly plan: string;
  readonly data?: string;
  readonly output?: string;
  readonly rounds?: number;
  readonly seed?: number;
  readonly engine: string;
  readonly threads?: number;
  readonly resume?: true;
  readonly force?: true;
}

const FINISHING = "finishing this round and writing a checkpoint; Ctrl-C again to stop at once";

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn simulate --plan docs/examples/federated.yaml --output ../simulation",
    "cairn simulate --plan plan.yaml --data mnist:./mnist --rounds 5 -o runs/try",
    "cairn simulate --plan plan.yaml -o runs/try --resume",
  )
    .description(
      "Plays the rounds of a task with many trainers in one process: the training and aggregation of a real task, bit for bit, without chain and network. The plan is the file that task create takes; its simulation block adds trainers, attacks, dropouts and slow connections. The output folder gets curves (report.html, TensorBoard), rounds.csv, rounds.json and the model.",
    )
    .requiredOption("--plan <file>", "a task's options in YAML or JSON")
    .option("--data <ref>", "data set, as data inspect takes it; wins over the plan's")
    .option("-o, --output <dir>", "the simulation's folder (default: runs/ and the plan's name)")
    .option("--rounds <n>", "rounds, whatever the plan says", wholeNumber(1, 65_534))
    .option(
      "--seed <n>",
      "keys everything that chance decides; wins over the plan's",
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option("--engine <name>", ENGINES.join(", "), "auto")
    .option("--threads <n>", "trainings at once (default: one a core)", wholeNumber(1, 64))
    .option("--resume", "go on from the last checkpoint")
    .option("-f, --force", "begin anew where the folder holds a run")
    .action(action(session, "simulate", simulateCommand, { finishing: FINISHING }));
}

async function simulateCommand(context: Context, flags: SimulateOptions): Promise<Outcome> {
  const engine = oneOf("--engine", flags.engine, ENGINES);
  const { data, rounds, seed } = flags;
  const typed: TaskOptions = {
    ...(data === undefined ? {} : { data }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(seed === undefined ? {} : { seed }),
  };
  const options = await readTaskFile<TaskOptions>(resolve(context.host.cwd, flags.plan), typed);
  if (options.cohorts !== undefined) {
    throw new CliError({ code: "CLI_USAGE" }, "cohorts are not simulated: take the key out of the plan");
  }
  const reference = options.data ?? "glyphs";
  const dataset = await loadDataset(context, reference);
  try {
    const { prepareSimulation } = await import("../simulation/prepareSimulation.ts");
    const prepared = await prepareSimulation(options, dataset, context.host.cwd);
    const folder = flags.output ?? join("runs", basename(flags.plan, extname(flags.plan)));
    const { playSimulation } = await import("../simulation/playSimulation.ts");
    const path = resolve(context.host.cwd, folder);
    const { threads, resume = false, force = false } = flags;
    const result = await playSimulation(context, {
      prepared,
      dataset,
      reference,
      path,
      engine,
      threads,
      resume,
      force,
    });
    const { last, isWhole, report } = result;
    context.output.done(
      `${isWhole ? "played" : "stopped after"} round ${last?.round ?? 0} of ${prepared.scenario.rounds}`,
    );
    context.output.say(`  report: ${shortPath(context.host.cwd, report)}`);
    const text = last?.evaluation?.accuracy === undefined ? "" : `${(100 * last.evaluation.accuracy).toFixed(2)} %`;
    const outcome = { data: { folder: path, report, rounds: last?.round ?? 0, last: last ?? null }, text: () => text };
    return isWhole ? outcome : { ...outcome, exitCode: context.stoppedCode() };
  } finally {
    dataset.close();
  }
}
