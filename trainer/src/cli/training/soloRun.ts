/** One training alone, from an opened run to its model: binds loop, folder and reporter. Prints nothing itself. */
import type { Executor } from "../../engine/executor.ts";
import { createRate } from "../../engine/schedule.ts";
import { type SoloResult, type SoloState, trainAlone } from "../../learning/soloTraining.ts";
import type { Hex } from "../../protocol/hex.ts";
import type { Context } from "../command.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { createReporter, type ScalarSink } from "./reporter.ts";
import type { RunFolder } from "./runFolder.ts";
import type { TrainFacts } from "./trainState.ts";

export interface SoloRun {
  readonly prepared: PreparedRun;
  readonly executor: Executor;
  readonly run: RunFolder;
  readonly scalars: ScalarSink | undefined;
  readonly targetAccuracy: number | undefined;
  /** What the data set and the executor are called. */
  readonly names: { readonly data: string; readonly engine: string };
}

export interface SoloOutcome {
  readonly result: SoloResult;
  /** Absent when the run was told to finish before its end. */
  readonly model: TrainedModel | undefined;
}

export interface TrainedModel {
  readonly file: string;
  readonly digest: Hex;
  /** The step whose weights it holds. */
  readonly step: number;
}

/** Reports a loss so many times between two evaluations. */
const REPORTS = 20;

/** @throws as `trainAlone`, and what the folder throws */
export async function runSolo(context: Context, solo: SoloRun): Promise<SoloOutcome> {
  const { prepared, executor, run, scalars, targetAccuracy } = solo;
  const { plan, steps, evaluateEvery, checkpointEvery, training, validation } = prepared;
  const reportEvery = Math.max(1, Math.floor(Math.min(evaluateEvery, steps) / REPORTS));
  const reporter = createReporter(context, { facts: factsOf(solo), run, reportEvery, scalars });
  try {
    await reporter.begun();
    const result = await trainAlone({
      ...{ executor, training, validation, steps, evaluateEvery, checkpointEvery, targetAccuracy },
      seed: plan.seed,
      earlyStop: plan.earlyStop,
      from: run.from,
      finish: context.finish,
      signal: context.signal,
      observer: {
        ...reporter,
        async checkpoint(state, isBest) {
          await reporter.saved(await run.save(state, isBest), isBest);
        },
      },
    });
    return { result, model: result.end === "finish" ? undefined : await writeModel(solo, result) };
  } finally {
    reporter.close();
  }
}

/** The best weights where the plan stops early, else the last: that is what each of the two is for. */
async function writeModel({ prepared, run, names }: SoloRun, result: SoloResult): Promise<TrainedModel> {
  const { plan, program, architectureName } = prepared;
  const best = plan.earlyStop === undefined ? undefined : await run.best();
  const { checkpoint }: SoloState = best ?? result;
  const name = `${names.data}-${architectureName.split(/[:./]/)[0]}`;
  const { vocabulary } = prepared;
  const words = vocabulary === undefined ? {} : { vocabulary };
  const document = { schema: "cairn/model/v1", name, architecture: program.architecture, ...words };
  return { ...(await run.writeModel(checkpoint.parameters, document)), step: checkpoint.step };
}

function factsOf({ prepared, run, names }: SoloRun): TrainFacts {
  const { program, plan, architectureName, parameterCount, steps, epochSteps } = prepared;
  const { type, learningRate, schedule } = program.optimiser;
  return {
    ...{ ...names, parameterCount, steps, epochSteps },
    architecture: architectureName,
    optimiser: type,
    batchSize: plan.batchSize,
    from: run.from?.checkpoint.step ?? 0,
    patience: plan.earlyStop?.patience,
    hasAccuracy: program.classes > 0,
    learningRateAt: createRate(learningRate, schedule),
  };
}
