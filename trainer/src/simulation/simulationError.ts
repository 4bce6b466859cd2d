/** Every expected failure of a simulation, as data. Must not hold behaviour. */
import { TaggedError } from "../protocol/errors.ts";

export type SimulationDetail =
  | { readonly code: "SIMULATION_THREAD_LOST" }
  | { readonly code: "SIMULATION_SCENARIO_IMPOSSIBLE"; readonly field: string };

export class SimulationError extends TaggedError<SimulationDetail> {}
