/** Runs in a browser: trains the server's models for a few steps and posts the weights' hashes. Draws nothing. */
import { encodeParameters, sha256Hex } from "../../../trainer/src/engine/checkpoint.ts";
import { createWasmExecutor } from "../../../trainer/src/engine/wasm/wasmExecutor.ts";
import { batchOf, decodeWorkload, type Workload, type WorkloadDocument } from "../decodeWorkload.ts";
import { createPageSpawner } from "./pageWorkers.ts";
import type { Job, PageResult, PageRun } from "./protocol.ts";

/** After so many the browser gets its turn, or it takes the page for one that hangs. */
const STEPS_IN_A_ROW = 20;

const result = await runJob();
await fetch("/result", { method: "POST", body: JSON.stringify(result) });

async function runJob(): Promise<PageResult> {
  const runs: PageRun[] = [];
  const about = { userAgent: navigator.userAgent, isIsolated: crossOriginIsolated };
  try {
    const { models, threads } = (await (await fetch("/job")).json()) as Job;
    for (const model of models) {
      const workload = await fetchWorkload(`/workloads/${model.name}`);
      for (const count of threads) runs.push(await train(workload, { ...model, threads: count }));
    }
    return { ...about, runs };
  } catch (error) {
    return { ...about, runs, problem: String(error) };
  }
}

async function fetchWorkload(folder: string): Promise<Workload> {
  const floats = async (name: string): Promise<Float32Array> =>
    new Float32Array(await (await fetch(`${folder}/${name}.bin`)).arrayBuffer());
  const document = (await (await fetch(`${folder}/model.json`)).json()) as WorkloadDocument;
  const [weights, inputs, targets] = [await floats("weights"), await floats("inputs"), await floats("targets")];
  return decodeWorkload(document, { weights, inputs, targets });
}

interface RunOptions {
  readonly name: string;
  readonly steps: number;
  readonly threads: number;
}

async function train(workload: Workload, { name, steps, threads }: RunOptions): Promise<PageRun> {
  const spawn = threads > 1 ? createPageSpawner("/worker.js") : undefined;
  const executor = await createWasmExecutor(workload.program, { threads, spawn, maySleep: false });
  executor.loadParameters(workload.weights);
  const start = performance.now();
  for (let step = 0; step < steps; step++) {
    const { inputs, targets } = batchOf(workload, step);
    executor.step(inputs, targets);
    if (step % STEPS_IN_A_ROW === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const seconds = (performance.now() - start) / 1_000;
  const hash = await sha256Hex(encodeParameters(executor.parameters()));
  executor.dispose();
  return { model: name, threads, hash, samplesPerSecond: (steps * workload.program.batchSize) / seconds };
}
