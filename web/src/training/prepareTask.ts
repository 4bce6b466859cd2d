/**
 * Everything that is looked at before a visitor is asked for a signature: the task, its plan, the data, the speed of this
 * machine. Costs nothing and tells nobody.
 */
import type { CallOptions, Chain } from "@cairn/trainer/chain/connection";
import { readRound, readTask } from "@cairn/trainer/chain/task";
import { parseAggregationRule } from "@cairn/trainer/learning/aggregation/rule";
import type { ContentRef } from "@cairn/trainer/protocol/contentRef";
import { decodePlan, MAX_PLAN_BYTES, type TrainingPlan } from "@cairn/trainer/protocol/plan";
import type { Engine } from "./engine.ts";
import { TrainError } from "./trainError.ts";
import { cardRefusal, type TabMode } from "./worker/deviceChoice.ts";
import type { OpenedPlan, OpenInput, Speed } from "./worker/trainCalls.ts";

export interface FoundPlan {
  readonly plan: TrainingPlan;
  readonly bytes: Uint8Array;
  readonly modelId: bigint;
  readonly mode: TabMode;
  /** Why no graphics card may train in the task. */
  readonly cardRefusal: TrainError | undefined;
}

export interface PlanSources {
  readonly chain: Chain;
  readonly fetchContent: (
    ref: ContentRef,
    options: { readonly maxBytes: number; readonly signal: AbortSignal },
  ) => Promise<Uint8Array>;
}

/**
 * Fetches the plan and holds it against the chain.
 *
 * @throws {TrainError} `TRAIN_TASK_UNKNOWN` | `TRAIN_TASK_UNSUPPORTED` | `TRAIN_TASK_OVER` | `TRAIN_PLAN_MISMATCH`, and
 *   whatever chain and content find
 */
export async function findPlan(
  { chain, fetchContent }: PlanSources,
  taskId: bigint,
  options: CallOptions,
): Promise<FoundPlan> {
  const { mode, parameters, closed, round } = await readTask(chain, taskId, options);
  if (mode === "None")
    throw new TrainError({ code: "TRAIN_TASK_UNKNOWN", taskId: `${taskId}` }, `there is no task ${taskId}`);
  if (mode === "Sealed") {
    throw new TrainError(
      { code: "TRAIN_TASK_UNSUPPORTED", mode },
      `task ${taskId} is ${mode}; a tab trains in Replayable and Private tasks`,
    );
  }
  if (closed || (round >= parameters.rounds && (await isRoundOver(chain, taskId, round, options)))) {
    throw new TrainError({ code: "TRAIN_TASK_OVER" }, `task ${taskId} has no round left`);
  }
  const { planDigest: digest, planByteLength: byteLength, datasetId, modelId } = parameters;
  const bytes = await fetchContent({ digest, byteLength }, { maxBytes: MAX_PLAN_BYTES, signal: options.signal });
  const plan = decodePlan(bytes);
  const { recordsRoot } = await chain.read("dataRegistry", "datasetOf", [datasetId], options);
  if (recordsRoot === plan.data.recordsRoot) {
    const refusal = cardRefusal(mode, parseAggregationRule(plan.aggregation));
    return { plan, bytes, modelId, mode, cardRefusal: refusal };
  }
  throw new TrainError(
    { code: "TRAIN_PLAN_MISMATCH", actual: plan.data.recordsRoot, expected: recordsRoot },
    `the plan of task ${taskId} names other data than its registered data set ${datasetId}`,
  );
}

async function isRoundOver(chain: Chain, taskId: bigint, round: number, options: CallOptions): Promise<boolean> {
  const { phase } = await readRound(chain, taskId, round, options);
  return phase === "Final" || phase === "Failed";
}

/** How long the machine's speed is measured. Unit: seconds. */
const MEASURE_SECONDS = 1.5;

export interface Readied {
  readonly input: OpenInput;
  readonly opened: OpenedPlan;
  readonly speed: Speed;
}

/** Opens plan and data in the worker and measures. @throws {RemoteError} what the worker finds */
export async function readyEngine(engine: Engine, input: OpenInput, signal: AbortSignal): Promise<Readied> {
  const opened = await engine.open(input, signal);
  return { input, opened, speed: await engine.measure(MEASURE_SECONDS, signal) };
}
