/** From a plan, a data set and flags to everything that a training alone needs. Trains nothing, and opens no run. */
import { dirname } from "node:path";
import type { Dataset } from "../../data/dataset.ts";
import { type Architecture, parseArchitecture } from "../../engine/architecture.ts";
import { parseOptimiser } from "../../engine/optimiser.ts";
import { compile, type TrainingProgram } from "../../engine/program.ts";
import { requireFit } from "../../learning/dataFit.ts";
import type { Selection } from "../../learning/evaluateInParts.ts";
import { splitForValidation } from "../../learning/soloTraining.ts";
import type { Json } from "../../protocol/canonicalJson.ts";
import { toHex } from "../../protocol/hex.ts";
import { chooseArchitecture } from "../architectureChoice.ts";
import { CliError } from "../cliError.ts";
import type { DocumentFile } from "../documentFile.ts";
import { placed } from "../placed.ts";
import { bytesText } from "../table.ts";
import { type Vocabulary, vocabularyOf } from "../vocabulary.ts";
import type { RunIdentity } from "./runRecord.ts";
import type { RunLength, SoloPlan } from "./soloPlan.ts";

export interface PreparedRun {
  readonly plan: SoloPlan;
  readonly program: TrainingProgram;
  readonly training: Selection;
  readonly validation: Selection;
  readonly steps: number;
  /** Steps of one pass over the training records, rounded up. */
  readonly epochSteps: number;
  readonly evaluateEvery: number;
  readonly checkpointEvery: number;
  readonly identity: RunIdentity;
  /** As the plan names it: `mlp:128`, a file, or `own`. */
  readonly architectureName: string;
  readonly parameterCount: number;
  /** What the tokens of a text stand for. */
  readonly vocabulary: Vocabulary | undefined;
}

/**
 * @throws {CliError} `CLI_USAGE` | `CLI_FILE_UNREADABLE`; {EngineError} with the plan's line where it is the plan's
 * @throws {LearningError} `LEARNING_DATA_MISMATCH`
 */
export async function prepareRun(document: DocumentFile, plan: SoloPlan, dataset: Dataset): Promise<PreparedRun> {
  const architecture = await readArchitecture(document, plan, dataset);
  const optimiser = placed(document, "$.optimiser", () => parseOptimiser(plan.optimiser));
  const { batchSize, seed } = plan;
  const program = compile(architecture, { batchSize, optimiser });
  const { training, validation } = splitForValidation(dataset, plan.validation, seed);
  requireFit(program, training.records, training.indices);
  const epochSteps = Math.max(1, Math.ceil(training.indices.length / batchSize));
  const steps = stepsOf(plan.length, training.indices.length / batchSize);
  const evaluateEvery = plan.evaluateEvery ?? Math.min(steps, epochSteps);
  return {
    plan,
    program,
    training,
    validation,
    steps,
    epochSteps,
    evaluateEvery,
    checkpointEvery: plan.checkpointEvery ?? evaluateEvery,
    identity: {
      architecture: program.architecture as unknown as Json,
      optimiser: optimiser as unknown as Json,
      batchSize,
      seed: toHex(seed),
      validation: plan.validation,
      recordsRoot: dataset.manifest.recordsRoot,
    },
    architectureName: typeof plan.architecture === "string" ? plan.architecture : "own architecture",
    parameterCount: program.parameters.reduce((sum, { value }) => sum + value.length, 0),
    vocabulary: vocabularyOf(dataset),
  };
}

/**
 * Refuses a training that cannot end well, before it takes the memory.
 *
 * @param freeBytes what the process may still take.
 * @throws {CliError} `CLI_MEMORY_SHORT`
 */
export function requireMemory(
  program: ProgramSizes,
  { freeBytes, threads }: { readonly freeBytes: number; readonly threads: number },
): void {
  const neededBytes = memoryOf(program, threads);
  if (neededBytes <= freeBytes) return;
  throw new CliError(
    { code: "CLI_MEMORY_SHORT", neededBytes, freeBytes },
    `the training needs ${bytesText(neededBytes)} of memory, and ${bytesText(freeBytes)} are free`,
  );
}

type ProgramSizes = Pick<TrainingProgram, "arenaLength" | "scratchLength" | "parameters" | "optimiserState">;

/** The planned buffers, what each thread works with, and a checkpoint being copied out and written. Unit: bytes. */
function memoryOf({ arenaLength, scratchLength, parameters, optimiserState }: ProgramSizes, threads: number): number {
  const state = [...parameters, ...optimiserState].reduce((sum, { value }) => sum + value.length, 0);
  return 4 * (arenaLength + threads * scratchLength + 2 * state);
}

/** @returns the steps of a run; `epoch` is how many batches one pass over the data has, a fraction included. */
function stepsOf({ unit, count }: RunLength, epoch: number): number {
  return unit === "steps" ? count : Math.max(1, Math.ceil(count * epoch));
}

async function readArchitecture(
  document: DocumentFile,
  { architecture }: SoloPlan,
  { manifest, train }: Dataset,
): Promise<Architecture> {
  if (typeof architecture !== "string")
    return placed(document, "$.architecture", () => parseArchitecture(architecture));
  return chooseArchitecture(architecture, {
    data: { input: manifest.inputShape, classes: manifest.classes, targetSize: train.targetSize },
    folder: dirname(document.path),
    what: `${document.place("$.architecture")}: architecture`,
  });
}
