/** From a plan file and a data set to a scenario: the task's own plan, and the simulation block around it. */
import type { Dataset } from "../../data/dataset.ts";
import { parseOptimiser } from "../../engine/optimiser.ts";
import { compile, type TrainingProgram } from "../../engine/program.ts";
import { requireReplayable } from "../../learning/compression/compression.ts";
import { decodePlan } from "../../protocol/plan.ts";
import type { Scenario } from "../../simulation/scenario.ts";
import type { SimulationChoices } from "../simulationChoices.ts";
import { type TaskOptions, taskTerms, trainingChoices } from "../taskOptions.ts";
import { prepareTraining } from "../taskPlan.ts";

export interface PreparedSimulation {
  readonly scenario: Scenario;
  readonly choices: SimulationChoices;
  readonly program: TrainingProgram;
  readonly modelName: string;
}

/** A simulation is there to be done again; a task without a seed draws one. */
const DEFAULT_SEED = 0;

/** @throws {CliError} | {EngineError} | {LearningError} as for a task of the same file */
export async function prepareSimulation(
  options: TaskOptions,
  dataset: Dataset,
  folder: string,
): Promise<PreparedSimulation> {
  const training = await trainingChoices({ ...options, seed: options.seed ?? DEFAULT_SEED }, dataset, folder);
  const { planBytes } = prepareTraining(dataset, training);
  const plan = decodePlan(planBytes); // as nodes of the task read it
  const { rounds, trainers: places, mode } = taskTerms(options);
  if (mode !== "Private") requireReplayable(training.compression);
  const { simulation: choices = {} } = options;
  const trainers = choices.trainers ?? places;
  const { architecture, optimiser, batchSize, modelName, seed } = training;
  return {
    scenario: {
      plan,
      rounds,
      trainers,
      perRound: choices.perRound ?? trainers,
      seed,
      evaluateEvery: choices.evaluateEvery ?? 1,
      dropout: choices.dropout ?? 0,
      attack: choices.attack,
      network: choices.network,
    },
    choices,
    program: compile(architecture, { batchSize, optimiser: parseOptimiser(optimiser) }),
    modelName,
  };
}
