/** What hashing the trace costs a training: the same steps with and without, in turns. */
import { createBestExecutor } from "../../../trainer/src/compute/createExecutor.ts";
import { stateHash } from "../../../trainer/src/engine/checkpoint.ts";
import { initialParameters } from "../../../trainer/src/engine/initialParameters.ts";
import { takeSteps } from "../../../trainer/src/learning/localSteps.ts";
import { plannedProgram, plannedShards } from "../../../trainer/src/learning/plannedTraining.ts";
import { isTraced, traceLength } from "../../../trainer/src/learning/trace.ts";
import type { DisputeModel } from "./models.ts";

export interface TraceFigure {
  readonly title: string;
  readonly leaves: number;
  readonly trainSeconds: number;
  /** Time of the trace's leaves, divided by that of the steps. */
  readonly overhead: number;
}

const REPEATS = 3;

export async function measureTrace({ title, plan, dataset }: DisputeModel): Promise<TraceFigure> {
  const program = plannedProgram(plan);
  const executor = await createBestExecutor(program, { threads: 1 });
  const [shard] = plannedShards(plan, dataset.labels("train"));
  const seed = new Uint8Array(32).fill(1);
  const { localSteps, traceStride } = plan;
  const job = {
    executor,
    base: initialParameters(program, seed),
    records: dataset.train,
    shard: shard!,
    seed,
    localSteps,
  };
  const [steps, hashes]: [number[], number[]] = [[], []];
  for (let run = 0; run < REPEATS; run++) {
    let hashMs = 0;
    let step = 0;
    const start = performance.now();
    for (const _ of takeSteps(job)) {
      if (!isTraced(++step, traceStride, localSteps)) continue;
      const from = performance.now();
      stateHash(executor.checkpoint());
      hashMs += performance.now() - from;
    }
    steps.push(performance.now() - start - hashMs);
    hashes.push(hashMs);
  }
  executor.dispose();
  const middle = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]!;
  const trainMs = middle(steps);
  const leaves = traceLength(localSteps, traceStride);
  return { title, leaves, trainSeconds: trainMs / 1_000, overhead: middle(hashes) / trainMs };
}
