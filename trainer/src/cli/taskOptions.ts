/** The options of `task create`, from flags and from a file, into choices. Every refusal is coded and names the option. */
import { createHash, randomBytes } from "node:crypto";
import type { Dataset } from "../data/dataset.ts";
import { isInteger } from "../engine/fields.ts";
import { nearest } from "../engine/nearest.ts";
import { type Optimiser, parseOptimiser } from "../engine/optimiser.ts";
import { type AggregationRule, parseAggregationRule } from "../learning/aggregation/rule.ts";
import { type Compression, parseCompression } from "../learning/compression/compression.ts";
import type { PartitionRule } from "../learning/partition.ts";
import { chooseArchitecture } from "./architectureChoice.ts";
import { CliError } from "./cliError.ts";
import { type DocumentFile, readDocumentFile } from "./documentFile.ts";
import { parseUnits18 } from "./jsonText.ts";
import { placed } from "./placed.ts";
import { readSimulation, type SimulationChoices } from "./simulationChoices.ts";
import type { TrainingChoices } from "./taskPlan.ts";
import { DEFAULT_TERMS, OFFERED_MODES, type OfferedMode, type TaskTerms } from "./taskTerms.ts";

/** By their long names; amounts in wei. */
export interface TaskOptions {
  readonly data?: string;
  readonly mode?: string;
  readonly model?: string;
  readonly modelName?: string;
  readonly rounds?: number;
  readonly trainers?: number;
  readonly minTrainers?: number;
  /** Tasks that train one model together; places are of all of them. Of `task create` alone. */
  readonly cohorts?: number;
  /** Of a group: how long the first cohort to be ready waits for the others. Unit: seconds. */
  readonly gatherSeconds?: number;
  readonly committee?: number;
  readonly quorum?: number;
  readonly reward?: bigint;
  readonly verdictReward?: bigint;
  readonly minStake?: bigint;
  readonly batch?: number;
  readonly localEpochs?: number;
  readonly learningRate?: number;
  readonly momentum?: number;
  /** Of a file alone; in place of learningRate and momentum. */
  readonly optimiser?: Optimiser;
  readonly partition?: string;
  /** Of a file, or the name of a kind. */
  readonly aggregation?: AggregationRule | string;
  /** Of a file alone. @default updates are whole weights */
  readonly compression?: Compression;
  /** Of a file alone; in place of localEpochs. */
  readonly localSteps?: number;
  /** Of a file alone: what `cairn simulate` does beside the task; `task create` only checks it. */
  readonly simulation?: SimulationChoices;
  readonly seed?: number;
  readonly phaseSeconds?: number;
}

const KINDS = {
  data: "text",
  mode: "text",
  model: "text",
  modelName: "text",
  partition: "text",
  rounds: "number",
  trainers: "number",
  minTrainers: "number",
  cohorts: "number",
  gatherSeconds: "number",
  committee: "number",
  quorum: "number",
  batch: "number",
  localEpochs: "number",
  localSteps: "number",
  learningRate: "number",
  momentum: "number",
  optimiser: "optimiser",
  aggregation: "rule",
  compression: "compression",
  simulation: "simulation",
  seed: "number",
  phaseSeconds: "number",
  reward: "amount",
  verdictReward: "amount",
  minStake: "amount",
} as const satisfies Record<keyof TaskOptions, Kind>;

type Kind = "text" | "number" | "amount" | "optimiser" | "rule" | "compression" | "simulation";

const DEFAULT_MODEL = "mlp:128";

/**
 * @param flags what was typed; it wins over the file.
 * @throws {CliError} `CLI_FILE_UNREADABLE` | `CLI_USAGE` naming the key; {EngineError} with the line of an optimiser that is none
 */
export async function readTaskFile<T extends TaskOptions>(path: string, flags: T): Promise<T> {
  const document = await readDocumentFile(path);
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CliError({ code: "CLI_FILE_UNREADABLE", path }, `${path} does not hold a list of named fields`);
  }
  const entries = Object.entries(value).filter(([key]) => key !== "$schema");
  return { ...Object.fromEntries(entries.map(([key, field]) => [key, readField(document, key, field)])), ...flags };
}

type Field = string | number | bigint | Optimiser | AggregationRule | Compression | SimulationChoices;

function readField(document: DocumentFile, key: string, field: unknown): Field {
  const place = document.place(`$.${key}`);
  const kind = Object.hasOwn(KINDS, key) ? KINDS[key as keyof TaskOptions] : undefined;
  if (kind === undefined) {
    const like = nearest(key, Object.keys(KINDS));
    throw new CliError(
      { code: "CLI_USAGE" },
      `${place}: unknown key "${key}"${like === undefined ? "" : `; did you mean ${like}?`}`,
    );
  }
  if (kind === "rule") {
    const value = typeof field === "string" ? { kind: field } : field;
    return placed(document, "$.aggregation", () => parseAggregationRule(value));
  }
  if (kind === "compression") return placed(document, "$.compression", () => parseCompression(field));
  if (kind === "simulation") return readSimulation(document, field);
  if (kind === "optimiser") return placed(document, "$.optimiser", () => parseOptimiser(field));
  const value = kind === "amount" ? parseUnits18(String(field)) : field;
  if (kind === "amount" ? value !== undefined : typeof field === (kind === "text" ? "string" : "number")) {
    return value as string | number | bigint;
  }
  throw new CliError({ code: "CLI_USAGE" }, `${place}: "${key}" must be ${kind === "text" ? "a text" : `a ${kind}`}`);
}

/** @throws {CliError} `CLI_USAGE` naming what is wrong | `CLI_FILE_UNREADABLE`; {EngineError} for an architecture that is none */
export async function trainingChoices(
  options: TaskOptions,
  { manifest, train }: Dataset,
  cwd: string,
): Promise<TrainingChoices> {
  const model = options.model ?? DEFAULT_MODEL;
  const { aggregation, compression, localSteps, localEpochs } = options;
  if (localSteps !== undefined && localEpochs !== undefined) {
    throw new CliError({ code: "CLI_USAGE" }, "give either localSteps or localEpochs");
  }
  if (localSteps !== undefined && !isInteger(localSteps, 1, 1_000_000)) {
    throw new CliError({ code: "CLI_USAGE" }, `localSteps must be a whole number from 1 to 1000000, not ${localSteps}`);
  }
  return {
    modelName: options.modelName ?? `${manifest.name}-${model.split(/[:./]/)[0]}`,
    architecture: await chooseArchitecture(model, {
      data: { input: manifest.inputShape, classes: manifest.classes, targetSize: train.targetSize },
      folder: cwd,
      what: "--model",
    }),
    optimiser: chooseOptimiser(options),
    batchSize: options.batch ?? 32,
    localEpochs: localEpochs ?? 1,
    localSteps,
    aggregation: typeof aggregation === "string" ? parseAggregationRule({ kind: aggregation }) : aggregation,
    compression,
    partition: readPartition(options.partition ?? "iid"),
    trainers: options.trainers ?? DEFAULT_TERMS.trainers,
    seed: taskSeed(options.seed),
  };
}

function chooseOptimiser({ optimiser, learningRate, momentum }: TaskOptions): Optimiser {
  if (optimiser === undefined) return { type: "sgd", learningRate: learningRate ?? 0.1, momentum: momentum ?? 0.9 };
  if (learningRate === undefined && momentum === undefined) return optimiser;
  throw new CliError({ code: "CLI_USAGE" }, "give either optimiser or learningRate and momentum");
}

/** @returns the money, people and clock that the options ask for. */
export function taskTerms(options: TaskOptions): TaskTerms {
  const { minTrainers, quorum, minStake } = options;
  return {
    ...(options.mode === undefined ? {} : { mode: readMode(options.mode) }),
    rounds: options.rounds ?? DEFAULT_TERMS.rounds,
    trainers: options.trainers ?? DEFAULT_TERMS.trainers,
    committeeSize: options.committee ?? DEFAULT_TERMS.committeeSize,
    rewardPerUpdateWei: options.reward ?? DEFAULT_TERMS.rewardPerUpdateWei,
    rewardPerVerdictWei: options.verdictReward ?? DEFAULT_TERMS.rewardPerVerdictWei,
    phaseSeconds: options.phaseSeconds ?? DEFAULT_TERMS.phaseSeconds,
    ...(minTrainers === undefined ? {} : { minTrainers }),
    ...(quorum === undefined ? {} : { quorum }),
    ...(minStake === undefined ? {} : { minStakeWei: minStake }),
  };
}

function readMode(text: string): OfferedMode {
  const mode = OFFERED_MODES.find((offered) => offered.toLowerCase() === text.toLowerCase());
  if (mode !== undefined) return mode;
  throw new CliError({ code: "CLI_USAGE" }, `mode must be replayable or private, not "${text}"`);
}

/** @returns 32 bytes: `SHA-256("cairn.task.seed.v1" ‖ decimal n)`, or random ones. */
export function taskSeed(n: number | undefined): Uint8Array {
  if (n === undefined) return new Uint8Array(randomBytes(32));
  return new Uint8Array(createHash("sha256").update(`cairn.task.seed.v1${n}`).digest());
}

function readPartition(text: string): PartitionRule {
  const [kind, parameter] = text.split(":");
  if (kind === "iid" && parameter === undefined) return { kind };
  if (kind === "dirichlet") return { kind, alpha: Number(parameter) };
  if (kind === "class") return { kind, classesPerShard: Number(parameter) };
  throw new CliError({ code: "CLI_USAGE" }, `--partition must be iid, dirichlet:ALPHA or class:N, not "${text}"`);
}
