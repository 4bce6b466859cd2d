/**
 * The training worker's side: opens a plan and its data, measures the machine, trains one slot of one round.
 *
 * Runs the trainer package's own code (`plannedTraining`, `trainLocally`) and adds nothing that could change a bit. Knows
 * no chain, no network and no wallet. Runs in Node too, which is how tests compare it.
 */
import type { Dataset } from "@cairn/trainer/data/dataset";
import { createGlyphs } from "@cairn/trainer/data/glyphs";
import { decodeVersion } from "@cairn/trainer/engine/checkpoint";
import type { Executor } from "@cairn/trainer/engine/executor";
import { initialParameters } from "@cairn/trainer/engine/initialParameters";
import type { TrainingProgram } from "@cairn/trainer/engine/program";
import { parseAggregationRule } from "@cairn/trainer/learning/aggregation/rule";
import { decodeState } from "@cairn/trainer/learning/aggregation/stateFile";
import { plannedCompression, requireReplayable } from "@cairn/trainer/learning/compression/compression";
import { requireFit } from "@cairn/trainer/learning/dataFit";
import { localCorrection } from "@cairn/trainer/learning/localCorrection";
import { trainLocally } from "@cairn/trainer/learning/localTraining";
import { plannedPart, plannedProgram, plannedShards } from "@cairn/trainer/learning/plannedTraining";
import { decodePlan, type TrainingPlan } from "@cairn/trainer/protocol/plan";
import { openLocalFiles } from "../data/localFiles.ts";
import { TrainError } from "../trainError.ts";
import { requireAffordable } from "./affordable.ts";
import { createPacer, type Yield } from "./pacer.ts";
import type { CallContext, Handlers } from "./rpc.ts";
import type { DataSource, OpenedPlan, OpenInput, Speed, TrainCalls, Trained, TrainInput } from "./trainCalls.ts";

/** What the worker lends the host. */
export interface HostTools {
  readonly createExecutor: (
    program: TrainingProgram,
    threads: number,
  ) => Promise<{ readonly executor: Executor; readonly threads: number }>;
  /** Lets messages in. */
  readonly yieldToMessages: Yield;
  readonly nowMs: () => number;
}

interface Opened {
  readonly plan: TrainingPlan;
  readonly dataset: Dataset;
  readonly shards: readonly Uint32Array[];
  readonly executor: Executor;
}

export function createTrainerHost(tools: HostTools): Handlers<TrainCalls> {
  let opened: Opened | undefined;
  const current = (): Opened => {
    if (opened === undefined) throw new TypeError("no plan is open");
    return opened;
  };
  return {
    open: async (input) => {
      opened?.executor.dispose();
      opened = undefined;
      const start = tools.nowMs();
      const { threads, ...rest } = await open(tools, input);
      opened = rest;
      return describe(rest, threads, tools.nowMs() - start);
    },
    measure: ({ seconds }, context) => measure(tools, current(), seconds, context),
    stateOf: async ({ weights }) => {
      const { plan, executor } = current();
      if (parseAggregationRule(plan.aggregation).kind !== "scaffold") return undefined;
      return decodeVersion(weights, executor.program).state;
    },
    train: (input, context) => train(tools, current(), input, context),
  };
}

async function open(tools: HostTools, input: OpenInput): Promise<Opened & { readonly threads: number }> {
  const plan = decodePlan(input.plan);
  requireReplayable(plannedCompression(plan)); // a tab keeps no residual
  const program = plannedProgram(plan);
  requireAffordable(program, input.threads);
  const dataset = await openData(input.data, plan.data.name);
  const actual = dataset.manifest.recordsRoot;
  if (actual !== plan.data.recordsRoot) {
    throw new TrainError(
      { code: "TRAIN_DATA_MISMATCH", actual, expected: plan.data.recordsRoot, name: plan.data.name },
      `these are not the records of ${plan.data.name} that the task is about`,
    );
  }
  const shards = plannedShards(plan, dataset.labels("train"));
  for (const shard of shards) requireFit(program, dataset.train, shard);
  return { plan, dataset, shards, ...(await tools.createExecutor(program, input.threads)) };
}

function openData(source: DataSource, name: string): Promise<Dataset> | Dataset {
  return source.kind === "glyphs" ? createGlyphs() : openLocalFiles(source.files, name);
}

function describe({ plan, dataset, shards, executor }: Opened, threads: number, openedInMs: number): OpenedPlan {
  const { parameters } = executor.program;
  return {
    localSteps: plan.localSteps,
    batchSize: plan.batchSize,
    shards: shards.length,
    parameters: parameters.reduce((sum, { value }) => sum + value.length, 0),
    records: dataset.train.count,
    threads,
    openedInMs,
  };
}

/** Steps before the clock starts: the first ones also pay for compiling. */
const WARM_UP_STEPS = 3;

/** The same steps as a training takes, on weights that nobody keeps. */
async function measure(tools: HostTools, opened: Opened, seconds: number, { signal }: CallContext): Promise<Speed> {
  const { executor, dataset } = opened;
  const { batchSize, inputSize, targetSize } = executor.program;
  const inputs = new Float32Array(batchSize * inputSize);
  const targets = new Float32Array(batchSize * targetSize);
  const batch = Uint32Array.from({ length: batchSize }, (_, i) => i % dataset.train.count);
  const takeStep = (): void => {
    dataset.train.read(batch, inputs, targets);
    executor.step(inputs, targets);
  };
  const breathe = createPacer(tools, () => {});
  signal.throwIfAborted();
  executor.loadParameters(initialParameters(executor.program, new Uint8Array(32)), new Uint8Array(32));
  for (let step = 0; step < WARM_UP_STEPS; step++) takeStep();
  const start = tools.nowMs();
  let steps = 0;
  do {
    takeStep();
    steps++;
    await breathe({ step: steps, loss: 0 });
    signal.throwIfAborted();
  } while (tools.nowMs() - start < 1_000 * seconds);
  const stepsPerSecond = (1_000 * steps) / (tools.nowMs() - start);
  return { stepsPerSecond, samplesPerSecond: stepsPerSecond * batchSize };
}

async function train(tools: HostTools, opened: Opened, input: TrainInput, context: CallContext): Promise<Trained> {
  const { plan, dataset, shards, executor } = opened;
  const { parameters: base } = decodeVersion(input.weights, executor.program);
  const state = input.state === undefined ? new Map() : decodeState(input.state, base);
  const correction = localCorrection(parseAggregationRule(plan.aggregation), state, input.address);
  const start = tools.nowMs();
  const { bytes, digest, traceRoot, sampleCount, loss } = await trainLocally({
    ...plannedPart(plan, shards, input),
    executor,
    base,
    correction,
    records: dataset.train,
    signal: context.signal,
    onStep: createPacer(tools, context.progress, plan.localSteps),
  });
  return { bytes, digest, traceRoot, sampleCount, loss, seconds: (tools.nowMs() - start) / 1_000 };
}
