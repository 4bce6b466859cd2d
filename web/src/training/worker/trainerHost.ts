/**
 * The training worker's side: opens a plan and its data, measures the machine, trains one slot of one round.
 *
 * Runs the trainer package's own code (`plannedTraining`, `trainLocally`) and adds nothing that could change a bit. Knows
 * no chain, no network and no wallet. Runs in Node too, which is how tests compare it.
 */
import type { Dataset } from "@cairn/trainer/data/dataset";
import { createGlyphs } from "@cairn/trainer/data/glyphs";
import { decodeVersion } from "@cairn/trainer/engine/checkpoint";
import type { TrainingProgram } from "@cairn/trainer/engine/program";
import { parseAggregationRule } from "@cairn/trainer/learning/aggregation/rule";
import { decodeState } from "@cairn/trainer/learning/aggregation/stateFile";
import { plannedCompression, requireReplayable } from "@cairn/trainer/learning/compression/compression";
import { requireFit } from "@cairn/trainer/learning/dataFit";
import { localCorrection } from "@cairn/trainer/learning/localCorrection";
import { plannedPart, plannedProgram, plannedShards } from "@cairn/trainer/learning/plannedTraining";
import type { Records } from "@cairn/trainer/learning/records";
import { decodePlan, type TrainingPlan } from "@cairn/trainer/protocol/plan";
import { openLocalFiles } from "../data/localFiles.ts";
import { TrainError } from "../trainError.ts";
import { requireAffordable } from "./affordable.ts";
import { cardRefusal, type TabMode } from "./deviceChoice.ts";
import { type Machine, type MachineTools, openMachine } from "./machine.ts";
import { createPacer } from "./pacer.ts";
import type { CallContext, Handlers } from "./rpc.ts";
import type { DataSource, OpenedPlan, OpenInput, TrainCalls, Trained, TrainInput } from "./trainCalls.ts";

interface Opened {
  readonly plan: TrainingPlan;
  readonly program: TrainingProgram;
  readonly dataset: Dataset;
  readonly isOwnData: boolean;
  readonly shards: readonly Uint32Array[];
  readonly machine: Machine;
}

export function createTrainerHost(tools: MachineTools): Handlers<TrainCalls> {
  let opened: Opened | undefined;
  const current = (): Opened => {
    if (opened === undefined) throw new TypeError("no plan is open");
    return opened;
  };
  return {
    open: async (input) => {
      opened?.machine.dispose();
      opened = undefined;
      const start = tools.nowMs();
      opened = await open(tools, input);
      return describe(opened, tools.nowMs() - start);
    },
    measure: ({ seconds }, { signal }) => {
      const { machine, dataset } = current();
      return machine.measure({ records: dataset.train, seconds, signal });
    },
    stateOf: async ({ weights }) => {
      const { plan, program } = current();
      if (parseAggregationRule(plan.aggregation).kind !== "scaffold") return undefined;
      return decodeVersion(weights, program).state;
    },
    train: (input, context) => train(tools, current(), input, context),
    leaveCard: async () => current().machine.leaveCard(),
  };
}

async function open(tools: MachineTools, { plan: bytes, mode, data, threads, device }: OpenInput): Promise<Opened> {
  const plan = decodePlan(bytes);
  requireNoResidual(plan, mode);
  const program = plannedProgram(plan);
  requireAffordable(program, threads);
  const dataset = await openData(data, plan.data.name);
  const actual = dataset.manifest.recordsRoot;
  const isOwnData = mode === "Private" && actual !== plan.data.recordsRoot;
  if (!isOwnData && actual !== plan.data.recordsRoot) {
    throw new TrainError(
      { code: "TRAIN_DATA_MISMATCH", actual, expected: plan.data.recordsRoot, name: plan.data.name },
      `these are not the records of ${plan.data.name} that the task is about`,
    );
  }
  const shards = isOwnData ? [allOf(dataset.train)] : plannedShards(plan, dataset.labels("train"));
  for (const shard of shards) requireFit(program, dataset.train, shard);
  const refusal = cardRefusal(mode, parseAggregationRule(plan.aggregation));
  const machine = await openMachine(tools, { program, threads, wish: device, refusal });
  return { plan, program, dataset, isOwnData, shards, machine };
}

/** A tab keeps no residual from one round to the next. */
function requireNoResidual(plan: TrainingPlan, mode: TabMode): void {
  const compression = plannedCompression(plan);
  if (mode === "Replayable") requireReplayable(compression);
  if (compression?.errorFeedback !== true) return;
  throw new TrainError({ code: "TRAIN_FEEDBACK_UNSUPPORTED" }, "a tab keeps no residual, which error feedback needs");
}

function allOf({ count }: Records): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

function openData(source: DataSource, name: string): Promise<Dataset> | Dataset {
  return source.kind === "glyphs" ? createGlyphs() : openLocalFiles(source.files, name);
}

function describe({ plan, program, dataset, isOwnData, shards }: Opened, openedInMs: number): OpenedPlan {
  return {
    localSteps: plan.localSteps,
    batchSize: plan.batchSize,
    shards: shards.length,
    parameters: program.parameters.reduce((sum, { value }) => sum + value.length, 0),
    records: dataset.train.count,
    isOwnData,
    openedInMs,
  };
}

async function train(tools: MachineTools, opened: Opened, input: TrainInput, context: CallContext): Promise<Trained> {
  const { plan, program, dataset, shards, machine } = opened;
  const { parameters: base } = decodeVersion(input.weights, program);
  const state = input.state === undefined ? new Map() : decodeState(input.state, base);
  const correction = localCorrection(parseAggregationRule(plan.aggregation), state, input.address);
  const start = tools.nowMs();
  const { bytes, digest, traceRoot, sampleCount, loss, device } = await machine.train(
    {
      ...plannedPart(plan, shards, input),
      base,
      correction,
      records: dataset.train,
      signal: context.signal,
      onStep: createPacer(tools, context.progress, plan.localSteps),
    },
    (fellBack) => context.progress({ fellBack }),
  );
  const seconds = (tools.nowMs() - start) / 1_000;
  return { bytes, digest, traceRoot, sampleCount, loss, seconds, device };
}
