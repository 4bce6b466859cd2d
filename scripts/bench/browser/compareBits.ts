/** Trains the four models for a few steps in Node and in browsers, and compares the weights bit by bit. */
import { join } from "node:path";
import { encodeParameters, sha256Hex } from "../../../trainer/src/engine/checkpoint.ts";
import { createWasmExecutor } from "../../../trainer/src/engine/wasm/wasmExecutor.ts";
import { batchOf, type Workload } from "../decodeWorkload.ts";
import { benchModel, MODEL_NAMES } from "../models.ts";
import { createScratchFolder } from "../scratchFolder.ts";
import { createWorkload, writeWorkload } from "../workload.ts";
import { type Browser, openPage } from "./browsers.ts";
import type { Bundle } from "./bundle.ts";
import type { Job, PageResult } from "./protocol.ts";
import { servePage } from "./serve.ts";

/** The models' files, and what Node made of them. */
export interface Expectation extends Disposable {
  readonly folder: string;
  readonly job: Job;
  /** Hash of the weights after the job's steps, by model. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface ExpectOptions {
  /** Of each model. */
  readonly steps: number;
  readonly threads: readonly number[];
}

/** Writes the four workloads and trains them here, on one thread of the wasm executor. */
export async function expectHashes({ steps, threads }: ExpectOptions): Promise<Expectation> {
  const scratch = createScratchFolder("cairn-browsers-");
  const folder = scratch.path;
  const hashes: Record<string, string> = {};
  const models = MODEL_NAMES.map((name) => ({ name, steps }));
  for (const model of models) {
    const workload = createWorkload(benchModel(model.name));
    writeWorkload(join(folder, model.name), workload);
    hashes[model.name] = await hashAfter(workload, model.steps);
  }
  return {
    ...{ folder, hashes, job: { models, threads } },
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
}

async function hashAfter(workload: Workload, steps: number): Promise<string> {
  const executor = await createWasmExecutor(workload.program);
  executor.loadParameters(workload.weights);
  for (let step = 0; step < steps; step++) {
    const { inputs, targets } = batchOf(workload, step);
    executor.step(inputs, targets);
  }
  const hash = await sha256Hex(encodeParameters(executor.parameters()));
  executor.dispose();
  return hash;
}

/**
 * @returns what the browser's page posts.
 * @throws {Error} when the browser ends or the time is up before it does
 */
export async function runInBrowser(
  browser: Browser,
  { folder, job }: Pick<Expectation, "folder" | "job">,
  { bundle, limitSeconds }: { readonly bundle: Bundle; readonly limitSeconds: number },
): Promise<PageResult> {
  await using server = await servePage({ bundle, job, folder });
  await using page = openPage(browser, server.url);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it said nothing for ${limitSeconds} s`)), 1_000 * limitSeconds);
  const gone = page.ended.then((code) => {
    throw new Error(`it ended with exit code ${code}`);
  });
  try {
    return await Promise.race([server.result, gone, late.promise]);
  } finally {
    clearTimeout(timer);
    gone.catch(() => {});
  }
}

/** @returns the runs whose hash is another than Node's, as `cnn with 2 threads`. */
export function differences({ hashes }: Pick<Expectation, "hashes">, { runs }: PageResult): string[] {
  return runs.flatMap(({ model, threads, hash }) =>
    hash === hashes[model] ? [] : [`${model} with ${threads} ${threads === 1 ? "thread" : "threads"}`],
  );
}
