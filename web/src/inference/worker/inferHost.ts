/**
 * The inference worker's side: opens a version's weights, predicts, and measures on the built-in test records.
 *
 * The same engine and the same evaluation as `cairn model test`, so the figures are the same to the last bit. Knows no
 * chain and no network.
 */
import type { Dataset } from "@cairn/trainer/data/dataset";
import { createGlyphs } from "@cairn/trainer/data/glyphs";
import { decodeVersion } from "@cairn/trainer/engine/checkpoint";
import type { Executor } from "@cairn/trainer/engine/executor";
import { compile, type TrainingProgram } from "@cairn/trainer/engine/program";
import { requireFit } from "@cairn/trainer/learning/dataFit";
import { evaluateInParts } from "@cairn/trainer/learning/evaluateInParts";
import type { CallContext, Handlers } from "../../training/worker/rpc.ts";
import { InferError } from "../inferError.ts";
import type { InferCalls, OpenModel, Prediction, Sample, VersionEvaluation } from "./inferCalls.ts";

export interface InferTools {
  readonly createExecutor: (program: TrainingProgram) => Promise<Executor>;
  readonly yieldToMessages: () => Promise<void>;
  readonly nowMs: () => number;
}

/** Records at a time: the size at which `cairn model test` gets its mean of means, so that the last bits agree. */
const BATCH_SIZE = 256;

/** A tab shares its process with others. Unit: bytes. */
const MAX_PROGRAM_BYTES = 512 * 2 ** 20;

export function createInferHost(tools: InferTools): Handlers<InferCalls> {
  let executor: Executor | undefined;
  let glyphs: Dataset | undefined;
  const current = (): Executor => {
    if (executor === undefined) throw new TypeError("no model is open");
    return executor;
  };
  const builtIn = (): Dataset => {
    glyphs ??= createGlyphs();
    return glyphs;
  };
  return {
    async open(input) {
      executor?.dispose();
      executor = undefined;
      executor = await open(tools, input);
      const { program } = executor;
      return {
        inputShape: input.architecture.input,
        classes: program.classes,
        parameters: program.parameters.reduce((sum, { value }) => sum + value.length, 0),
      };
    },
    predict: async ({ record }) => predict(tools, current(), record),
    evaluate: ({ recordsRoot }, context) => measure(tools, current(), { dataset: builtIn(), recordsRoot }, context),
    samples: async ({ count }) => oneOfEach(builtIn(), count),
  };
}

async function open(tools: InferTools, { architecture, weights }: OpenModel): Promise<Executor> {
  const program = programOf(architecture);
  const { parameters } = decodeVersion(weights, program);
  const executor = await tools.createExecutor(program);
  executor.loadParameters(parameters);
  return executor;
}

/** As many records at a time as memory takes. @throws {InferError} `INFER_MODEL_TOO_LARGE` */
function programOf(architecture: OpenModel["architecture"]): TrainingProgram {
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  for (let batchSize = BATCH_SIZE; batchSize >= 1; batchSize /= 2) {
    const program = compile(architecture, { batchSize, optimiser });
    if (4 * (program.arenaLength + program.scratchLength) <= MAX_PROGRAM_BYTES) return program;
  }
  throw new InferError(
    { code: "INFER_MODEL_TOO_LARGE", maxBytes: MAX_PROGRAM_BYTES },
    "the model needs too much memory",
  );
}

function predict({ nowMs }: InferTools, executor: Executor, record: Float32Array): Prediction {
  const { program } = executor;
  if (program.classes === 0 || program.vocabulary > 0 || program.targetSize !== 1) {
    throw new InferError({ code: "INFER_NOT_AN_IMAGE_MODEL" }, "the model does not tell classes of images");
  }
  const inputs = new Float32Array(program.batchSize * program.inputSize);
  inputs.set(record.subarray(0, program.inputSize));
  const start = nowMs();
  const logits = executor.outputs(inputs, 1);
  return { probabilities: softmax(logits), computedInMs: nowMs() - start };
}

/** `exp(xᵢ − max) / Σ exp(xⱼ − max)` in binary64: for people, not for the chain. */
function softmax(logits: Float32Array): Float32Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const shares = Array.from(logits, (value) => Math.exp(value - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return Float32Array.from(shares, (share) => share / sum);
}

interface TestSet {
  readonly dataset: Dataset;
  /** Of the data that the model's tasks are about. */
  readonly recordsRoot: string;
}

async function measure(
  tools: InferTools,
  executor: Executor,
  { dataset, recordsRoot }: TestSet,
  { progress, signal }: CallContext,
): Promise<VersionEvaluation> {
  const actual = dataset.manifest.recordsRoot;
  if (actual !== recordsRoot) {
    throw new InferError(
      { code: "INFER_NO_TEST_DATA", actual, expected: recordsRoot },
      "the test records are not here",
    );
  }
  const { test: records } = dataset;
  const start = tools.nowMs();
  const indices = Uint32Array.from({ length: records.count }, (_, i) => i);
  requireFit(executor.program, records, indices);
  const evaluation = await evaluateInParts(executor, { records, indices }, async (done) => {
    progress({ done, count: records.count });
    await tools.yieldToMessages();
    signal.throwIfAborted();
    return true;
  });
  return { ...evaluation!, count: records.count, seconds: (tools.nowMs() - start) / 1_000 };
}

/** The first test record of each class, and so on until there are enough. */
function oneOfEach({ test, manifest }: Dataset, count: number): Sample[] {
  const samples: Sample[] = [];
  const seen = new Map<number, number>();
  const inputs = new Float32Array(test.inputSize);
  const targets = new Float32Array(1);
  for (let index = 0; index < test.count && samples.length < count; index++) {
    test.read([index], inputs, targets);
    const label = targets[0]!;
    const times = seen.get(label) ?? 0;
    if (times >= Math.ceil(count / manifest.classes)) continue;
    seen.set(label, times + 1);
    samples.push({ label, grey: Uint8Array.from(inputs, (value) => Math.round(255 * value)) });
  }
  return samples.sort((a, b) => a.label - b.label);
}
