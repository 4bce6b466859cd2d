/** One round: who is drawn, who comes, what they send, and what the rule makes of it. */
import type { Parameters } from "../engine/tensor.ts";
import { type Aggregation, openAggregation } from "../learning/aggregate.ts";
import { flatten, layoutOf, unflatten } from "../learning/aggregation/layout.ts";
import type { UpdateProblem } from "../learning/aggregation/round.ts";
import { difference, lowerMedian } from "../learning/aggregation/vectors.ts";
import { LearningError } from "../learning/errors.ts";
import { localTerms, ROOT_SLOT } from "../learning/federatedTerms.ts";
import { localCorrection } from "../learning/localCorrection.ts";
import { fromHex } from "../protocol/hex.ts";
import { trainingSeed } from "../protocol/plan.ts";
import { type Espionage, needsTraining, type Scheme, spyFor } from "./attacks.ts";
import { addressOf, drawTrainers, dropsOut, noiseStream, roundSeeds, seedOfTrainer, taskOf, traits } from "./chance.ts";
import type { ClientWork, Poison } from "./client.ts";
import { afterTransfer, type Residuals } from "./compression.ts";
import type { RoundSeeds } from "./scenario.ts";
import type { SimulationState } from "./simulate.ts";
import { type Timing, timingOf } from "./timing.ts";
import { trainInOrder } from "./trainingPool.ts";
import type { World } from "./world.ts";

/** What a round counts. */
export interface RoundTally {
  readonly drawn: number;
  /** Updates that came in time. */
  readonly arrived: number;
  readonly droppedOut: number;
  /** Trainers that gave up, since they would have been too late. */
  readonly late: number;
  /** Trainings that ended in numbers that are none, and updates too large to be compressed: they were not sent. */
  readonly diverged: number;
  /** Updates left out by the aggregation, by reason. */
  readonly leftOut: Readonly<Partial<Record<UpdateProblem, number>>>;
  /** Of the updates that were used. */
  readonly medianNorm: number | null;
  /** Mean loss of the honest trainers' steps. Unit: nats. */
  readonly trainingLoss: number | null;
  /** Unit: bytes, all trainers together. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** By the network model: until the last update came. Unit: seconds. */
  readonly modelledSeconds?: number;
  /** Code of why there is no new version. */
  readonly failed?: string;
  readonly elapsed: RoundTimes;
}

/** On this machine. Unit: milliseconds. */
export interface RoundTimes {
  /** The whole round but for the evaluation. */
  readonly roundMs: number;
  /** From the first training's begin to the last one's update handed over. */
  readonly trainingMs: number;
  /** Sum over trainings of the training alone, on whichever thread. */
  readonly clientMs: number;
  /** Of this thread, while others train and after. */
  readonly aggregationMs: number;
}

interface Participant {
  readonly number: number;
  readonly isBad: boolean;
  readonly steps: number;
}

export async function playRound(world: World, before: SimulationState) {
  const { scenario, means, firstBad } = world;
  const round = before.round + 1;
  const seeds = roundSeeds(scenario, round);
  const drawn = drawTrainers(scenario, round);
  const present = drawn.filter((number) => !dropsOut(scenario, round, number));
  const timings = present.map((number) => timing(world, number));
  const participants = present
    .map((number, i): Participant => ({ number, isBad: number >= firstBad, steps: timings[i]!.steps }))
    .filter(({ steps }) => steps > 0);

  const start = performance.now();
  means.pool.begin(before.parameters);
  const aggregation = openAggregation(world.rule, {
    base: before.parameters,
    state: before.state,
    seed: fromHex(seeds.committeeSeed, 32),
    local: localTerms(means.executor.program.optimiser, scenario.plan.localSteps),
    population: scenario.trainers,
    root: await trainRoot(world, before.parameters, seeds, round),
  });
  const sent = await collect({ world, before, round, seeds, aggregation }, participants);
  const trained = performance.now();
  const outcome = conclude(aggregation, before);
  const aggregationMs = performance.now() - trained + sent.aggregationMs;

  const modelled =
    scenario.network === undefined ? {} : { modelledSeconds: Math.max(0, ...timings.map(({ seconds }) => seconds)) };
  const norms = outcome.report.filter(({ problem }) => problem === undefined).map(({ norm }) => norm);
  const leftOut: Partial<Record<UpdateProblem, number>> = {};
  for (const { problem } of outcome.report) if (problem !== undefined) leftOut[problem] = (leftOut[problem] ?? 0) + 1;
  const tally: RoundTally = {
    drawn: drawn.length,
    arrived: participants.length - sent.diverged,
    droppedOut: drawn.length - present.length,
    late: present.length - participants.length,
    diverged: sent.diverged,
    leftOut,
    medianNorm: norms.length === 0 ? null : lowerMedian(norms),
    trainingLoss: sent.losses === 0 ? null : sent.lossSum / sent.losses,
    sentBytes: (participants.length - sent.diverged) * world.updateBytes,
    receivedBytes: present.length * world.versionBytes,
    ...modelled,
    ...(outcome.failed === undefined ? {} : { failed: outcome.failed }),
    elapsed: {
      roundMs: performance.now() - start,
      trainingMs: trained - start,
      clientMs: sent.clientMs,
      aggregationMs,
    },
  };
  return { tally, next: { ...outcome.next, round, residuals: sent.residuals } };
}

function timing({ scenario, versionBytes, updateBytes }: World, number: number): Timing {
  const steps = scenario.plan.localSteps;
  if (scenario.network === undefined) return { seconds: 0, steps };
  return timingOf(scenario.network, traits(scenario, number), {
    steps,
    versionBytes,
    updateBytes,
  });
}

async function trainRoot(
  { scenario, means, root }: World,
  base: Parameters,
  seeds: RoundSeeds,
  round: number,
): Promise<Parameters | undefined> {
  if (root === undefined) return undefined;
  const seed = trainingSeed(seeds.seed, taskOf(scenario), round, ROOT_SLOT);
  const { values, problem } = await means.pool.train({ shard: root, seed, steps: scenario.plan.localSteps });
  if (problem === undefined) return unflatten(layoutOf(base), values);
  throw new LearningError({ code: "LEARNING_ROOT_MISSING" }, `the training on the root records ended with ${problem}`);
}

interface RoundWork {
  readonly world: World;
  readonly before: SimulationState;
  readonly round: number;
  readonly seeds: RoundSeeds;
  readonly aggregation: Aggregation;
}

interface Collected {
  readonly residuals: Residuals;
  readonly diverged: number;
  readonly losses: number;
  readonly lossSum: number;
  readonly clientMs: number;
  readonly aggregationMs: number;
}

/** Trains those who train, in the order of their addresses, and hands their updates to the aggregation as they come. */
async function collect(work: RoundWork, participants: readonly Participant[]): Promise<Collected> {
  const { world, before, round, aggregation } = work;
  const { scenario, means, compression } = world;
  const { attack } = scenario;
  const residuals = new Map(before.residuals); // whose values are replaced, never changed: `before` stays as it is
  const base = flatten(aggregation.layout, before.parameters);
  const spy: Espionage | undefined = attack === undefined ? undefined : spyFor(attack, before.change);
  const badTrain = attack === undefined || needsTraining(attack);
  const training = participants.filter(({ isBad }) => !isBad || badTrain);
  let [diverged, losses, lossSum, clientMs, aggregationMs] = [0, 0, 0, 0, 0];
  let scheme: Scheme | undefined;
  const hand = ({ number, isBad, steps }: Participant, own: Float32Array): void => {
    const start = performance.now();
    const seed = seedOfTrainer(scenario, work.seeds, round, number);
    const values = afterTransfer({ compression, residuals, number, seed }, own, base);
    if (values === undefined) {
      diverged++;
      return;
    }
    const sampleCount = world.shards[number % world.shards.length]!.length;
    aggregation.addFlat({ address: addressOf(scenario, number), sampleCount, steps, values });
    means.onUpdate?.({ round, number, isBad, sampleCount, values });
    aggregationMs += performance.now() - start;
  };
  const handBad = (participant: Participant, own: Float32Array | undefined): void => {
    scheme ??= spy!.plan();
    const change = scheme.craft(own, () => noiseStream(scenario, round, participant.number));
    for (let i = 0; i < change.length; i++) change[i] = base[i]! + change[i]!;
    hand(participant, change);
  };
  for await (const [{ participant }, result] of trainInOrder(means.pool, worksOf(work, training), means.signal)) {
    clientMs += result.trainingMs;
    if (result.problem !== undefined) diverged++;
    else if (participant.isBad) handBad(participant, difference(result.values, base));
    else {
      losses++;
      lossSum += result.loss;
      if (spy !== undefined) spy.see(difference(result.values, base));
      hand(participant, result.values);
    }
  }
  if (!badTrain) for (const participant of participants) if (participant.isBad) handBad(participant, undefined);
  return { residuals, diverged, losses, lossSum, clientMs, aggregationMs };
}

/** Made as they are asked for, so that a thousand trainers are not a thousand pieces of work in memory. */
function* worksOf(
  { world, before, round, seeds }: RoundWork,
  participants: readonly Participant[],
): Generator<ClientWork & { readonly participant: Participant }, void> {
  const { scenario, shards, rule } = world;
  for (const participant of participants) {
    const { number, steps, isBad } = participant;
    yield {
      participant,
      shard: shards[number % shards.length]!,
      seed: seedOfTrainer(scenario, seeds, round, number),
      steps,
      poison: isBad ? poisonOf(world) : undefined,
      correction: localCorrection(rule, before.state, addressOf(scenario, number)),
    };
  }
}

function poisonOf({ scenario: { attack } }: World): Poison | undefined {
  if (attack?.kind === "labelFlip") return { kind: "labelFlip" };
  if (attack?.kind === "backdoor") return { kind: "backdoor", target: attack.target, share: attack.share };
  return undefined;
}

const ROUND_FAILURES = [
  "LEARNING_NO_UPDATES",
  "LEARNING_TOO_FEW_UPDATES",
  "LEARNING_NONE_TRUSTED",
  "LEARNING_NOT_FINITE",
];

function conclude(aggregation: Aggregation, before: SimulationState) {
  try {
    const { parameters, state, report } = aggregation.finish();
    const { layout } = aggregation;
    const change = difference(flatten(layout, parameters), flatten(layout, before.parameters));
    return { next: { parameters, state, change }, report };
  } catch (error) {
    if (!(error instanceof LearningError) || !ROUND_FAILURES.includes(error.code)) throw error;
    const { parameters, state, change } = before;
    return { next: { parameters, state, change }, report: [], failed: error.code };
  }
}
