/** How good a model is on a data set: what `cairn eval` and `cairn model test` both do. */

import { setImmediate } from "node:timers/promises";
import type { ExecutorKind } from "../compute/createExecutor.ts";
import type { Dataset } from "../data/dataset.ts";
import type { TrainingProgram } from "../engine/program.ts";
import type { Evaluation } from "../learning/evaluate.ts";
import { counted } from "../protocol/counted.ts";
import { oneOf } from "./arguments.ts";
import type { Context, Outcome } from "./command.ts";
import { confusionText } from "./confusionText.ts";
import { loadDataset } from "./loadDataset.ts";
import { type ModelSubject, openSubject, type SubjectOptions } from "./modelSubject.ts";
import type { Paint } from "./output.ts";
import { requireSameVocabulary, vocabularyOf } from "./vocabulary.ts";

export interface EvaluationOptions extends SubjectOptions {
  readonly data: string;
  readonly split: string;
  readonly engine?: ExecutorKind;
  readonly threads?: number | undefined;
}

type Split = "test" | "train";

/** Records at a time; the result does not depend on it. Halved until the buffers are at most this long. Unit: bytes. */
const BATCH_SIZE = 256;
const MAX_BUFFER_BYTES = 2 ** 29;

/** @throws as {@link openSubject} and `evaluate`; {LearningError} `LEARNING_DATA_MISMATCH` */
export async function evaluateModel(context: Context, what: string, options: EvaluationOptions): Promise<Outcome> {
  const split = oneOf<Split>("--split", options.split, ["test", "train"]);
  const subject = await openSubject(context, what, options);
  const dataset = await loadDataset(context, options.data);
  context.output.progress("evaluating …");
  const measured = measure(context, { subject, dataset, split, options });
  const evaluation = await measured.finally(() => dataset.close());
  const { count, targetSize } = dataset[split];
  const { accuracy = null, loss, confusion = null } = evaluation;
  const perplexity = accuracy === null ? null : Math.exp(loss);
  const { label, verified, digest } = subject;
  const facts = { model: label, digest, verified, data: options.data, split, records: count };
  return {
    data: { ...facts, accuracy, loss, perplexity, confusion },
    text: (paint) =>
      [
        summary(evaluation, {
          records: counted(count, `${split} record`),
          isText: isSequence(dataset, targetSize),
          paint,
        }),
        paint("dim", `${label} · ${digest}${verified ? " · as on chain" : ""}`),
        ...(confusion === null || targetSize > 1
          ? []
          : ["", confusionText(confusion, dataset.manifest.classNames, paint)]),
      ].join("\n"),
  };
}

/** Text: a class a position. */
function isSequence({ manifest }: Dataset, targetSize: number): boolean {
  return manifest.classes > 0 && targetSize > 1;
}

function summary(
  { accuracy, loss }: Evaluation,
  { records, isText, paint }: { readonly records: string; readonly isText: boolean; readonly paint: Paint },
): string {
  if (accuracy === undefined) return `mean squared error ${paint("bold", loss.toPrecision(5))} on ${records}`;
  const right = paint("bold", `${(100 * accuracy).toFixed(2)} %`);
  if (!isText) return `${right} of ${records} right · loss ${loss.toFixed(4)}`;
  const perplexity = paint("bold", Math.exp(loss).toPrecision(4));
  return `perplexity ${perplexity} · loss ${loss.toFixed(4)} · ${right} of the tokens of ${records} right`;
}

interface Measurement {
  readonly subject: ModelSubject;
  readonly dataset: Dataset;
  readonly split: Split;
  readonly options: EvaluationOptions;
}

async function measure(context: Context, { subject, dataset, split, options }: Measurement): Promise<Evaluation> {
  const [{ readParameters }, { createChosenExecutor }, { evaluateInParts }, { requireFit }] = await Promise.all([
    import("./modelFile.ts"),
    import("./chosenExecutor.ts"),
    import("../learning/evaluateInParts.ts"),
    import("../learning/dataFit.ts"),
  ]);
  const program = await compileForEvaluation(await subject.architectureOf(dataset.manifest.inputShape));
  requireFit(program, dataset[split], Uint32Array.of(0));
  const words = vocabularyOf(dataset);
  if (subject.vocabulary !== undefined && words !== undefined) requireSameVocabulary(subject.vocabulary, words);
  const parameters = readParameters(subject.bytes, program);
  const { engine = "auto", threads } = options;
  const { executor } = await createChosenExecutor(program, { engine, threads, signal: context.signal });
  try {
    executor.loadParameters(parameters);
    const records = dataset[split];
    const indices = Uint32Array.from({ length: records.count }, (_, i) => i);
    const evaluation = await evaluateInParts(executor, { records, indices }, async (done) => {
      context.output.progress(`evaluating … ${Math.floor((100 * done) / records.count)} %`);
      await setImmediate(); // so that Ctrl-C is heard
      context.signal.throwIfAborted();
      return true;
    });
    return evaluation!; // nothing ends it but the signal, which throws
  } finally {
    executor.dispose();
  }
}

/**
 * @param value an architecture.
 * @returns its program for as many records at a time as memory takes.
 * @throws {EngineError} what `compile` throws for one record at a time
 */
export async function compileForEvaluation(value: unknown): Promise<TrainingProgram> {
  const [{ compile }, { parseArchitecture }] = await Promise.all([
    import("../engine/program.ts"),
    import("../engine/architecture.ts"),
  ]);
  const architecture = parseArchitecture(value);
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  for (let batchSize = BATCH_SIZE; batchSize > 1; batchSize /= 2) {
    try {
      const program = compile(architecture, { batchSize, optimiser });
      if (4 * program.arenaLength <= MAX_BUFFER_BYTES) return program;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "ENGINE_ARCHITECTURE_TOO_LARGE") throw error;
    }
  }
  return compile(architecture, { batchSize: 1, optimiser });
}
