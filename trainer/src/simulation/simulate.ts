/**
 * Rounds of federated training in one process: the real path's training and aggregation, without chain and network.
 *
 * Equal scenarios give equal bits, on any number of threads. With an averaging rule memory grows with the model and not
 * with the trainers; robust rules hold one vector for every update of a round, error feedback one for every trainer.
 */
import { encodeParameters, sha256Hex } from "../engine/checkpoint.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import type { Parameters } from "../engine/tensor.ts";
import { layoutOf } from "../learning/aggregation/layout.ts";
import type { AggregationState } from "../learning/aggregation/round.ts";
import type { Hex } from "../protocol/hex.ts";
import type { Residuals } from "./compression.ts";
import { type Evaluated, evaluateVersion } from "./evaluation.ts";
import { playRound, type RoundTally } from "./playRound.ts";
import type { Scenario } from "./scenario.ts";
import { openWorld, type SimulationMeans } from "./world.ts";

/** What rounds go on from. */
export interface SimulationState {
  /** Rounds played. */
  readonly round: number;
  readonly parameters: Parameters;
  /** The aggregation's. */
  readonly state: AggregationState;
  /** What the last round changed, in the layout's order. */
  readonly change: Float32Array;
  readonly residuals: Residuals;
}

export interface RoundRecord extends RoundTally {
  readonly round: number;
  /** SHA-256 of the weights' canonical bytes after the round. */
  readonly weightsDigest: Hex;
  /** Absent in rounds that are not evaluated. */
  readonly evaluation?: Evaluated;
  /** On this machine. Unit: milliseconds. */
  readonly elapsed: RoundTally["elapsed"] & { readonly evaluationMs: number };
}

export interface SimulatedRound {
  readonly record: RoundRecord;
  readonly after: SimulationState;
}

/** @param weightsSeed 32 bytes. @default the plan's partition seed, as for a task */
export function firstState(
  { program }: Pick<SimulationMeans["executor"], "program">,
  weightsSeed: Uint8Array,
): SimulationState {
  const parameters = initialParameters(program, weightsSeed);
  return {
    round: 0,
    parameters,
    state: new Map(),
    change: new Float32Array(layoutOf(parameters).size),
    residuals: new Map(),
  };
}

/**
 * Plays the rounds after `from`.
 *
 * A round that cannot be aggregated (nothing came, or too little for the rule) fails, as on chain: the weights stay.
 *
 * @throws {SimulationError} `SIMULATION_SCENARIO_IMPOSSIBLE` | `SIMULATION_THREAD_LOST`
 * @throws {LearningError} for a plan whose rules and data do not fit; {EngineError}
 * @throws the signal's reason when aborted
 */
export async function* simulate(
  scenario: Scenario,
  means: SimulationMeans,
  from: SimulationState,
): AsyncGenerator<SimulatedRound, void> {
  const world = openWorld(scenario, means);
  let now = from;
  while (now.round < scenario.rounds) {
    const { tally, next } = await playRound(world, now);
    now = next;
    const start = performance.now();
    const isDue = now.round % scenario.evaluateEvery === 0 || now.round === scenario.rounds;
    const evaluation = isDue ? { evaluation: evaluateVersion(world, now.parameters) } : {};
    const elapsed = { ...tally.elapsed, evaluationMs: performance.now() - start };
    const weightsDigest = await sha256Hex(encodeParameters(now.parameters));
    yield { record: { ...tally, round: now.round, weightsDigest, ...evaluation, elapsed }, after: now };
  }
}
