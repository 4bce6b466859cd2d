/** From a task file to what the trainer's own plan code takes. Pure; a test holds it against the command line's reading. */

import type { TrainingChoices } from "@cairn/trainer/cli/taskPlan";
import { DEFAULT_TERMS, type TaskTerms } from "@cairn/trainer/cli/taskTerms";
import { type Optimiser, parseOptimiser } from "@cairn/trainer/engine/optimiser";
import { type AggregationRule, parseAggregationRule } from "@cairn/trainer/learning/aggregation/rule";
import { namedArchitecture } from "@cairn/trainer/learning/namedArchitectures";
import type { PartitionRule } from "@cairn/trainer/learning/partition";
import { parseUnits, sha256, stringToBytes } from "viem";
import type { TaskFile } from "./taskFile.ts";

/** What is wrong with a choice, with the file's key. */
export class ChoiceError extends Error {
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.name = "ChoiceError";
    this.key = key;
  }
}

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
    partition: partitionOf(textOf(file, "partition") ?? "iid"),
    trainers: whole(file, "trainers", { least: 1, most: 256 }) ?? DEFAULT_TERMS.trainers,
    seed: seedOf(numberOf(file, "seed") ?? 0),
  };
}

/** Unit of amounts in the file: CAIRN. @throws {ChoiceError} */
export function taskTerms(file: TaskFile): TaskTerms {
  const minTrainers = whole(file, "minTrainers", { least: 1, most: 256 });
  const quorum = whole(file, "quorum", { least: 1, most: 32 });
  const minStakeWei = amountOf(file, "minStake");
  return {
    rounds: whole(file, "rounds", { least: 1, most: 65_534 }) ?? DEFAULT_TERMS.rounds,
    trainers: whole(file, "trainers", { least: 1, most: 256 }) ?? DEFAULT_TERMS.trainers,
    committeeSize: whole(file, "committee", { least: 1, most: 32 }) ?? DEFAULT_TERMS.committeeSize,
    rewardPerUpdateWei: amountOf(file, "reward") ?? DEFAULT_TERMS.rewardPerUpdateWei,
    rewardPerVerdictWei: amountOf(file, "verdictReward") ?? DEFAULT_TERMS.rewardPerVerdictWei,
    phaseSeconds: whole(file, "phaseSeconds", { least: 1, most: 86_400 }) ?? DEFAULT_TERMS.phaseSeconds,
    ...(minTrainers === undefined ? {} : { minTrainers }),
    ...(quorum === undefined ? {} : { quorum }),
    ...(minStakeWei === undefined ? {} : { minStakeWei }),
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

function partitionOf(text: string): PartitionRule {
  const [kind, parameter] = text.split(":");
  if (kind === "iid" && parameter === undefined) return { kind };
  if (kind === "dirichlet") return { kind, alpha: Number(parameter) };
  if (kind === "class") return { kind, classesPerShard: Number(parameter) };
  throw new ChoiceError("partition", "must be iid, dirichlet:ALPHA or class:N");
}

type TextKey = "model" | "modelName" | "partition";
type NumberKey = Exclude<keyof TaskFile, TextKey | "data" | "optimiser" | "aggregation" | "localSteps">;

function textOf(file: TaskFile, key: TextKey): string | undefined {
  const value = file[key];
  return value === undefined || value === "" ? undefined : String(value);
}

function numberOf(file: TaskFile, key: NumberKey): number | undefined {
  const value = file[key];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "number" || !(value >= 0)) throw new ChoiceError(key, "is not a number");
  return value;
}

function whole(
  file: TaskFile,
  key: NumberKey,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const value = numberOf(file, key);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ChoiceError(key, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function amountOf(file: TaskFile, key: "reward" | "verdictReward" | "minStake"): bigint | undefined {
  const value = file[key];
  if (value === undefined || value === "") return undefined;
  const text = String(value);
  if (!/^\d{1,30}(\.\d{1,18})?$/.test(text)) throw new ChoiceError(key, "is not an amount such as 12.5");
  return parseUnits(text, 18);
}
