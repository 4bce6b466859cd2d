/**
 * This project's side of the speed comparison: `worker.ts FOLDER THREADS KIND [LANES]`, KIND one of native, wasm,
 * reference, LANES the numbers in a vector of native kernels that are not the widest. One JSON line in, one out, as the workers of the other engines (`commands.ts`). Imports nothing that training does not
 * need, because its start and its memory are measured.
 */
import { createInterface } from "node:readline";
import { createBestExecutor, type ExecutorKind, engineOf } from "../../../trainer/src/compute/createExecutor.ts";
import { loadNativeModules } from "../../../trainer/src/compute/nativeAddon.ts";
import { encodeParameters, sha256Hex } from "../../../trainer/src/engine/checkpoint.ts";
import { createExecutor, type Executor } from "../../../trainer/src/engine/executor.ts";
import type { TrainingProgram } from "../../../trainer/src/engine/program.ts";
import { batchOf, type Workload } from "../decodeWorkload.ts";
import { readWorkload } from "../workload.ts";
import type { Answer, Command } from "./commands.ts";

const [folder = "", threads = "1", kind = "wasm", lanes] = process.argv.slice(2);

function say(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Hashes of the weights after the wanted numbers of steps, as far as the budget goes. */
async function hashes(
  executor: Executor,
  workload: Workload,
  { steps, budgetSeconds }: Command["hash"] & object,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const start = performance.now();
  executor.loadParameters(workload.weights);
  for (let step = 1; step <= Math.max(...steps); step++) {
    if (performance.now() - start > 1_000 * budgetSeconds) break;
    const { inputs, targets } = batchOf(workload, step - 1);
    executor.step(inputs, targets);
    if (steps.includes(step)) found[step] = await sha256Hex(encodeParameters(executor.parameters()));
  }
  return found;
}

/** Training steps alone, from the first weights on, after up to three that do not count. */
function samplesPerSecond(executor: Executor, workload: Workload, seconds: number): number {
  executor.loadParameters(workload.weights);
  const secondsOf = (from: number, isEnough: (steps: number, elapsed: number) => boolean): [number, number] => {
    const start = performance.now();
    for (let steps = 1; ; steps++) {
      const { inputs, targets } = batchOf(workload, from + steps);
      executor.step(inputs, targets);
      const elapsed = (performance.now() - start) / 1_000;
      if (isEnough(steps, elapsed)) return [steps, elapsed];
    }
  };
  const [warmUp, elapsed] = secondsOf(0, (steps, elapsed) => steps === 3 || elapsed >= seconds);
  const isSlow = elapsed >= seconds; // the reference on a large model: then the warm-up is measurement enough
  const [steps, time] = isSlow ? [warmUp, elapsed] : secondsOf(3, (_, elapsed) => elapsed >= seconds);
  return (steps * executor.program.batchSize) / time;
}

async function open({ program }: Workload): Promise<Executor> {
  try {
    if (lanes !== undefined) return openNarrow(program, Number(lanes));
    return await createBestExecutor(program, { threads: Number(threads), kind: kind as ExecutorKind });
  } catch (error) {
    say({ unavailable: error instanceof Error ? error.message : String(error) });
    process.exit(0);
  }
}

/** Native kernels with shorter vectors than this machine's longest. */
function openNarrow(program: TrainingProgram, wanted: number): Executor {
  const [, ...narrower] = loadNativeModules().kernels;
  const kernels = narrower.find((one) => one.lanes === wanted);
  if (kernels === undefined) throw new Error("no narrower native kernels");
  engine = `native ${kernels.name}, ${threads} thread`;
  return createExecutor(program, kernels.openBackend(program, { threads: Number(threads) }));
}

let engine: string | undefined;
const workload = readWorkload(folder);
const executor = await open(workload);
executor.loadParameters(workload.weights);
const { inputs, targets } = batchOf(workload, 0);
say({ ready: { engine: engine ?? engineOf(executor)?.text ?? kind, firstLoss: executor.step(inputs, targets) } });

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  if (command.hash !== undefined) say({ hashes: await hashes(executor, workload, command.hash) });
  else if (command.measure !== undefined) {
    say({ samplesPerSecond: samplesPerSecond(executor, workload, command.measure.seconds) });
  } else {
    say({ peakRssBytes: 1_024 * process.resourceUsage().maxRSS });
    break;
  }
}
executor.dispose();
process.exit(0);
