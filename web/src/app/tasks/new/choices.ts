/** From a task file to what the trainer's own plan code takes. Pure; a test holds it against the command line's reading. */

import type { TrainingChoices } from "@cairn/trainer/cli/taskPlan";
import { DEFAULT_TERMS } from "@cairn/trainer/cli/taskTerms";
import { type Optimiser, parseOptimiser } from "@cairn/trainer/engine/optimiser";
import { type AggregationRule, parseAggregationRule } from "@cairn/trainer/learning/aggregation/rule";
import { type Compression, parseCompression, requireReplayable } from "@cairn/trainer/learning/compression/compression";
import { namedArchitecture } from "@cairn/trainer/learning/namedArchitectures";
import type { PartitionRule } from "@cairn/trainer/learning/partition";
import { sha256, stringToBytes } from "viem";
import type { TaskFile } from "./taskFile.ts";
import { ChoiceError, numberOf, textOf, whole } from "./terms.ts";

/** What the data asks of a model. */
export interface DataShape {
  readonly name: string;
  readonly input: readonly number[];
  readonly classes: number;
}

/**
 * @throws {ChoiceError} naming the key | {EngineError} | {LearningError} what architecture, optimiser and rule find
 */
export function trainingChoices(file: TaskFile, data: DataShape): TrainingChoices {
  const model = textOf(file, "model") ?? "mlp:128";
  const architecture = namedArchitecture(model, data);
  if (architecture === undefined) throw new ChoiceError("model", `no architecture is called ${model}`);
  if (file.localSteps !== undefined && file.localEpochs !== undefined) {
    throw new ChoiceError("localSteps", "give either localSteps or localEpochs");
  }
  return {
    modelName: textOf(file, "modelName") ?? `${data.name}-${model.split(/[:./]/)[0]}`,
    architecture,
    optimiser: optimiserOf(file),
    batchSize: whole(file, "batch", { least: 1, most: 4_096 }) ?? 32,
    localEpochs: numberOf(file, "localEpochs") ?? 1,
    localSteps: file.localSteps === undefined ? undefined : Number(file.localSteps),
    aggregation: ruleOf(file.aggregation),
    compression: compressionOf(file.compression),
    partition: partitionOf(textOf(file, "partition") ?? "iid"),
    trainers: whole(file, "trainers", { least: 1, most: 256 }) ?? DEFAULT_TERMS.trainers,
    seed: seedOf(numberOf(file, "seed") ?? 0),
  };
}

/** `SHA-256("cairn.task.seed.v1" ‖ decimal n)`. */
export function seedOf(n: number): Uint8Array {
  return sha256(stringToBytes(`cairn.task.seed.v1${n}`), "bytes");
}

function optimiserOf(file: TaskFile): Optimiser {
  const learningRate = numberOf(file, "learningRate");
  const momentum = numberOf(file, "momentum");
  if (file.optimiser === undefined) {
    return { type: "sgd", learningRate: learningRate ?? 0.1, momentum: momentum ?? 0.9 };
  }
  if (learningRate !== undefined || momentum !== undefined) {
    throw new ChoiceError("optimiser", "give either optimiser or learningRate and momentum");
  }
  return parseOptimiser(file.optimiser);
}

function ruleOf(value: unknown): AggregationRule | undefined {
  if (value === undefined) return undefined;
  return parseAggregationRule(typeof value === "string" ? { kind: value } : value);
}

/** Tasks of this page are replayed. @throws {LearningError} `LEARNING_RULE_MALFORMED` | `LEARNING_FEEDBACK_NOT_REPLAYABLE` */
function compressionOf(value: unknown): Compression | undefined {
  if (value === undefined) return undefined;
  const compression = parseCompression(value);
  requireReplayable(compression);
  return compression;
}

function partitionOf(text: string): PartitionRule {
  const [kind, parameter] = text.split(":");
  if (kind === "iid" && parameter === undefined) return { kind };
  if (kind === "dirichlet") return { kind, alpha: Number(parameter) };
  if (kind === "class") return { kind, classesPerShard: Number(parameter) };
  throw new ChoiceError("partition", "must be iid, dirichlet:ALPHA or class:N");
}
