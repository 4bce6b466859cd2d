/**
 * `npm run bench:gpu`: trains on the graphics card of this machine, and beside it PyTorch on the same card where there is one.
 *
 * Prints tables; `--json FILE` writes the figures. A measurement, not a test: other work on the card makes it lower.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDevice } from "../../trainer/src/compute/gpuAdapter.ts";
import { type TileTrial, tryTiles } from "../../trainer/src/engine/webgpu/tileTrial.ts";
import { RING_BYTES } from "../../trainer/src/engine/webgpu/uploadRing.ts";
import { GPU_MODELS, gpuModel } from "./gpu/models.ts";
import { measureProducts } from "./gpu/products.ts";
import { measureTraining, type TrainingFigures, type TrainingOptions } from "./gpu/training.ts";
import { createScratchFolder } from "./scratchFolder.ts";
import { createWorkload, writeWorkload } from "./workload.ts";

const USAGE = `npm run bench:gpu -- [options]

  --gpu NAME|N       which adapter                                     [the first]
  --models A,B       of ${GPU_MODELS.join(", ")}    [all]
  --variants         measure every tile of the products
  --trial            also with products cut as a short trial finds best on this card, as a node does
  --sweep            LeNet-5 and the MLP at batch sizes up to 4,096, and with batches sent by writeBuffer alone
  --compile          let PyTorch compile, too (a minute for each model)
  --profile          what each kernel of a step takes
  --seconds S        time for each measurement                         [1]
  --json FILE
`;

const { values } = parseArgs({
  options: {
    gpu: { type: "string" },
    models: { type: "string" },
    variants: { type: "boolean", default: false },
    trial: { type: "boolean", default: false },
    sweep: { type: "boolean", default: false },
    compile: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    seconds: { type: "string", default: "1" },
    json: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (values.help) print(USAGE);
else await run();

async function run(): Promise<void> {
  const seconds = Number(values.seconds);
  const started = performance.now();
  const { device, adapter } = await openDevice(values.gpu);
  const openMs = performance.now() - started;
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = device.limits;
  print(
    `${adapter.name}${adapter.isSoftware ? " (computed on the processor)" : ""}, opened in ${openMs.toFixed(0)} ms`,
  );
  print(
    `buffers to ${maxBufferSize} bytes, bindings to ${maxStorageBufferBindingSize}, ${maxComputeWorkgroupStorageSize} bytes shared`,
  );
  const products = await measureProducts(device, {
    seconds,
    allTiles: values.variants,
    print,
    isSoftware: adapter.isSoftware,
  });
  const models: (TrainingFigures & { readonly tried: unknown; readonly torch: unknown })[] = [];
  for (const name of values.models?.split(",").filter(Boolean) ?? GPU_MODELS) {
    const workload = createWorkload(gpuModel(name));
    const figures = await measureTraining(device, { name, workload, seconds, profile: values.profile, print });
    const tried = values.trial ? await measureTrial(device, { name, workload, seconds }) : undefined;
    const torch = measureTorch(name, workload, seconds);
    models.push({ ...figures, tried, torch });
    for (const [mode, rate] of Object.entries(torch ?? {})) {
      print(`  PyTorch ${mode.padEnd(22)} ${describeRate(rate)}${ratioText(figures, rate)}`);
    }
  }
  const sweep = values.sweep ? await measureSweep(device, seconds) : [];
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      `${JSON.stringify({ adapter: adapter.name, openMs, products, models, sweep }, null, 2)}\n`,
    );
  }
  device.destroy();
}

/** What a trial takes, and what training gains by it. */
async function measureTrial(
  device: GPUDevice,
  { name, workload, seconds }: Pick<TrainingOptions, "name" | "workload" | "seconds">,
): Promise<TrainingFigures & { readonly trialMs: number; readonly trial: TileTrial }> {
  const started = performance.now();
  const trial = await tryTiles(workload.program, device, { nowMs: () => performance.now() });
  const trialMs = performance.now() - started;
  const { measured, changed, left } = trial;
  print(
    `  trial: ${trialMs.toFixed(0)} ms, ${measured} products, ${changed} cut otherwise than estimated, ${left} left`,
  );
  const executor = { tiles: trial.record };
  const title = `${name}, after the trial`;
  const figures = await measureTraining(device, { name: title, workload, seconds, profile: false, executor, print });
  return { ...figures, trialMs, trial };
}

/** Whether more examples a step are ever slower, example by example. */
async function measureSweep(device: GPUDevice, seconds: number): Promise<TrainingFigures[]> {
  const figures: TrainingFigures[] = [];
  for (const name of ["mlp", "lenet"]) {
    for (const batchSize of [32, 128, 512, 2_048, 4_096]) {
      const workload = createWorkload({ ...gpuModel(name), batchSize });
      for (const ringBytes of [RING_BYTES, Number.POSITIVE_INFINITY]) {
        const title = `${name}, batches of ${batchSize}${ringBytes === RING_BYTES ? "" : " by writeBuffer"}`;
        const options = { name: title, workload, seconds: seconds / 2, profile: false, print };
        figures.push(await measureTraining(device, { ...options, executor: { ringBytes } }));
      }
    }
  }
  return figures;
}

function describeRate(rate: unknown): string {
  return typeof rate === "number" ? `${Math.round(rate).toLocaleString("en")} samples/s` : String(rate);
}

function ratioText({ samplesPerSecond }: TrainingFigures, rate: unknown): string {
  return typeof rate === "number" ? `, ours ${(samplesPerSecond / rate).toFixed(2)} times` : "";
}

/** @returns samples a second by mode, or `undefined` where there is no PyTorch on a card. */
function measureTorch(
  name: string,
  workload: ReturnType<typeof createWorkload>,
  seconds: number,
): Record<string, unknown> | undefined {
  using folder = createScratchFolder("cairn-bench-gpu-");
  const path = join(folder.path, name);
  writeWorkload(path, workload);
  const script = new URL("gpu/peer.py", import.meta.url).pathname;
  const options = values.compile ? ["--compile"] : [];
  const { status, stdout, stderr } = spawnSync("python3", [script, path, `${seconds}`, ...options], {
    encoding: "utf8",
  });
  if (status !== 0) {
    print(`  no PyTorch on a card: ${stderr.trim().split("\n").at(-1) ?? "python3 is not there"}`);
    return undefined;
  }
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<string, unknown>;
}
