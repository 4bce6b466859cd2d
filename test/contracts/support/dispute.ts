/** Whole dispute games over real networks on the real contracts: both sides are the production players. Asserts nothing. */
import { hexlify, randomBytes } from "ethers";
import { DisputeError } from "../../../trainer/src/audit/dispute/disputeError.ts";
import type { DisputeProgram } from "../../../trainer/src/audit/dispute/disputeProgram.ts";
import { hashTerms } from "../../../trainer/src/audit/dispute/disputeProgram.ts";
import type { DisputeRun, RunAnswers } from "../../../trainer/src/audit/dispute/disputeRun.ts";
import { fileTail } from "../../../trainer/src/audit/dispute/fileTail.ts";
import { type GameState, type Move, type Side, stageOf } from "../../../trainer/src/audit/dispute/game.ts";
import { attack, defend } from "../../../trainer/src/audit/dispute/player.ts";
import type { Dataset } from "../../../trainer/src/data/dataset.ts";
import { encodeParameters } from "../../../trainer/src/engine/checkpoint.ts";
import { initialParameters } from "../../../trainer/src/engine/initialParameters.ts";
import type { Parameters } from "../../../trainer/src/engine/tensor.ts";
import { computeContentRef, computeRootBlock } from "../../../trainer/src/network/contentDigest.ts";
import { openDisputeRun, recordPathOf } from "../../../trainer/src/node/disputeRun.ts";
import { disputeTerms } from "../../../trainer/src/node/disputeTerms.ts";
import { updateOf as claimOf } from "../../../trainer/src/node/lateBitFlip.ts";
import { updateCommitment } from "../../../trainer/src/protocol/commitment.ts";
import type { Hex } from "../../../trainer/src/protocol/hex.ts";
import { type TrainingPlan, trainingSeed } from "../../../trainer/src/protocol/plan.ts";
import type { Cairn, Signer } from "./cairn.ts";
import { playOut } from "./playOut.ts";
import { audit, createTask, draw, lastRound, makeUpdate, scopeOf } from "./round.ts";

export interface Scenario {
  readonly cairn: Cairn;
  readonly dataset: Dataset;
  readonly plan: TrainingPlan;
  readonly program: DisputeProgram;
  readonly base: Parameters;
  readonly baseBytes: Uint8Array;
  readonly taskId: bigint;
  /** Slots 0 and 1; the first is the one that is disputed. */
  readonly trainers: readonly [Signer, Signer];
  readonly challenger: Signer;
}

/**
 * A task over the plan that both trainers joined, with its terms fixed, its first round open.
 *
 * @param recordCount that the data set is registered with.
 */
export async function setUpDispute(
  cairn: Cairn,
  dataset: Dataset,
  plan: TrainingPlan,
  recordCount = dataset.manifest.recordCount,
): Promise<Scenario> {
  const { modelRegistry, dataRegistry, flContract, owner, token } = cairn;
  const { disputeGame: game } = cairn;
  const program = disputeTerms({ plan, dataset })!;
  const base = initialParameters(program.program, new Uint8Array(32).fill(5));
  const baseBytes = encodeParameters(base);
  const weights = await computeContentRef(baseBytes);
  await modelRegistry.connect(owner).registerModel("disputed", DIGEST, 10, weights.digest, weights.byteLength, 0, 0);
  const modelId = await modelRegistry.modelCount();
  await modelRegistry.connect(owner).setPublisher(modelId, flContract, true);
  const { recordsRoot } = dataset.manifest;
  await dataRegistry.connect(owner).registerDataset("disputed", DIGEST, 10, recordsRoot, recordCount, true);
  const datasetId = await dataRegistry.datasetCount();
  const terms = { modelId, datasetId, maxUpdateBytes: baseBytes.length, ...LONG_PHASES };
  const { taskId } = await createTask(cairn, terms);
  await game.connect(owner).fixTerms(taskId, hashTerms(program.terms));
  const trainers = cairn.trainers.slice(0, 2) as [Signer, Signer];
  for (const trainer of trainers) await flContract.connect(trainer).join(taskId);
  await flContract.openRound(taskId);
  const challenger = cairn.stranger;
  await token.connect(owner).transfer(challenger, 1_000n * 10n ** 18n);
  await token.connect(challenger).approve(game, 1_000n * 10n ** 18n);
  return { cairn, dataset, plan, program, base, baseBytes, taskId, trainers, challenger };
}

/** The chain's clock is the machine's, and a side thinks for as long as its training takes. Unit: seconds. */
const LONG_PHASES = {
  ...{ commitSeconds: 3_000, revealSeconds: 3_000, drawSeconds: 3_000, auditCommitSeconds: 3_000 },
  ...{ auditRevealSeconds: 3_000, aggregateSeconds: 3_000, challengeSeconds: 3_000 },
};

const DIGEST = `0x${"44".repeat(32)}`;

/** The training of the first trainer in the open round. */
export async function runOf(scenario: Scenario): Promise<DisputeRun> {
  const { cairn, taskId, program, dataset, base } = scenario;
  const { seed } = await lastRound(cairn, taskId);
  return openDisputeRun({ program, dataset, base, slot: 0, seed: trainingSeed(seed, taskId, 1, 0) });
}

export interface ClaimedUpdate {
  readonly opening: Awaited<ReturnType<typeof makeUpdate>>["opening"];
}

/** What a trainer with this run commits to and opens. */
export async function updateOf({ plan }: Scenario, run: RunAnswers): Promise<ClaimedUpdate> {
  const { bytes, traceRoot } = claimOf(run, plan.traceStride);
  const { digest: updateDigest, byteLength } = await computeContentRef(bytes);
  return {
    opening: {
      updateDigest,
      byteLength,
      traceRoot,
      sampleCount: run.program.shards[run.shard]!.length,
      salt: hexlify(randomBytes(32)) as Hex,
    },
  };
}

/** Takes the round to `Challenge`, its committee bribed: it accepts whatever was revealed. */
export async function acceptUpdate(scenario: Scenario, { opening }: ClaimedUpdate): Promise<void> {
  const { cairn, taskId, trainers } = scenario;
  const { flContract } = cairn;
  const [first, second] = trainers;
  const other = await makeUpdate(cairn, taskId, second);
  const commitment = updateCommitment(await scopeOf(cairn, taskId, first), opening);
  const small = { ...other.opening, byteLength: 100 };
  await flContract.connect(first).commitUpdate(taskId, commitment);
  await flContract.connect(second).commitUpdate(taskId, updateCommitment(await scopeOf(cairn, taskId, second), small));
  await flContract.connect(first).revealUpdate(taskId, opening);
  await flContract.connect(second).revealUpdate(taskId, small);
  const committee = await draw(cairn, taskId);
  await audit(cairn, taskId, committee, 0b11n);
  const [proposer, witness] = committee as [Signer, Signer];
  await flContract.connect(proposer).proposeAggregate(taskId, DIGEST, 4_096);
  await flContract.connect(witness).attestAggregate(taskId, DIGEST, 4_096);
}

export interface PlayedGame {
  readonly gameId: bigint;
  readonly outcome: string;
  readonly winner: string;
  readonly moves: number;
  readonly gas: Readonly<Record<Side, number>>;
  /** Processor time in which the challenger made up its mind. */
  readonly challengerSeconds: number;
  /** Of each move in order: what it was and what it took. */
  readonly transcript: readonly PlayedMove[];
}

export interface PlayedMove {
  readonly name: string;
  readonly side: Side;
  readonly gas: number;
  readonly stage: string;
}

/** Who decides on a side's moves; by default the production player over that side's run. */
export interface Players {
  readonly defender: RunAnswers;
  readonly challenger: RunAnswers;
  /** Changes a move before it is sent, or leaves it out: then the side runs out of time. */
  readonly corrupt?: (side: Side, move: Move, game: GameState<"update">) => Move | undefined;
}

/** Opens a game against the first trainer's update and plays it to its end. */
export async function playGame(scenario: Scenario, update: ClaimedUpdate, players: Players): Promise<PlayedGame> {
  const { cairn, taskId, trainers, challenger, plan, dataset, baseBytes, program } = scenario;
  const { disputeGame: contract } = cairn;
  const rootBlock = await computeRootBlock(baseBytes);
  const opening = [taskId, trainers[0].address, update.opening, program.terms, fileTail(baseBytes, rootBlock)];
  const receipt = await (await contract.connect(challenger).open(...opening)).wait();
  const gas = { challenger: Number(receipt.gasUsed), defender: 0 };
  const transcript: PlayedMove[] = [{ name: "open", side: "challenger", gas: gas.challenger, stage: "" }];
  let challengerSeconds = 0;
  const recordPath = recordPathOf(dataset);
  const defence = { traceStride: plan.traceStride, rootBlockOf: computeRootBlock };
  const { extensionSeconds } = await contract.limits(); // nobody takes the game up
  const played = await playOut<"update">(receipt, {
    ...{ cairn, contract, signers: { defender: trainers[0], challenger }, graceSeconds: Number(extensionSeconds) },
    decide: async (side, game) => {
      const thinking = process.cpuUsage();
      const own = await nextMove(() =>
        side === "defender" ? defend(players.defender, game, defence) : attack(players.challenger, game, recordPath),
      );
      const { user, system } = process.cpuUsage(thinking);
      if (side === "challenger") challengerSeconds += (user + system) / 1e6;
      return own === undefined || players.corrupt === undefined ? own : players.corrupt(side, own, game);
    },
    onMove: (side, { name }, { position }, gasUsed) => {
      gas[side] += gasUsed;
      transcript.push({ name, side, gas: gasUsed, stage: stageOf(position) });
    },
  });
  return { ...played, moves: transcript.length, gas, challengerSeconds, transcript };
}

/** @returns undefined where a side has led itself to where it knows nothing: it can't move. */
async function nextMove(decide: () => Move | Promise<Move>): Promise<Move | undefined> {
  try {
    return await decide();
  } catch (error) {
    if (error instanceof DisputeError) return undefined;
    throw error;
  }
}
