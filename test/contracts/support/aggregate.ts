/** Whole games about aggregates on the real contracts: both sides are the production players. Asserts nothing. */
import { hexlify, randomBytes } from "ethers";
import { fileTail } from "../../../trainer/src/audit/dispute/fileTail.ts";
import type { MeanMove, Position, Side } from "../../../trainer/src/audit/dispute/game.ts";
import {
  attackMean,
  defendMean,
  type MeanFiles,
  type MeanGame,
} from "../../../trainer/src/audit/dispute/mean/meanPlayer.ts";
import { hashMeanTerms, meanProgram } from "../../../trainer/src/audit/dispute/mean/meanProgram.ts";
import { type MeanAnswers, MeanRun, type MeanUpdate } from "../../../trainer/src/audit/dispute/mean/meanRun.ts";
import { encodeParameters } from "../../../trainer/src/engine/checkpoint.ts";
import { initialParameters } from "../../../trainer/src/engine/initialParameters.ts";
import type { Parameters } from "../../../trainer/src/engine/tensor.ts";
import { plannedProgram } from "../../../trainer/src/learning/plannedTraining.ts";
import { computeContentRef, computeRootBlock } from "../../../trainer/src/network/contentDigest.ts";
import { updateCommitment } from "../../../trainer/src/protocol/commitment.ts";
import type { Hex } from "../../../trainer/src/protocol/hex.ts";
import type { TrainingPlan } from "../../../trainer/src/protocol/plan.ts";
import type { Cairn, Signer, Untyped } from "./cairn.ts";
import { playOut } from "./playOut.ts";
import { audit, createTask, draw, Phase, scopeOf } from "./round.ts";

export interface MeanScenario {
  readonly cairn: Cairn;
  readonly taskId: bigint;
  readonly base: Parameters;
  /** The right mean. */
  readonly honest: MeanRun;
  /** As the challenge's opening takes them. */
  readonly accepted: readonly Untyped[];
  readonly committee: readonly Signer[];
  readonly challenger: Signer;
}

/** A round in `Aggregate`, in which all updates are accepted; `shape` and `shapeBase` may change an update, or the base, before they are. */
export async function setUpMean(
  cairn: Cairn,
  plan: TrainingPlan,
  trainerCount: number,
  shape: (parameters: Parameters, number: number) => void = () => undefined,
  shapeBase: (base: Parameters) => void = () => undefined,
): Promise<MeanScenario> {
  const { modelRegistry, flContract, aggregateGame: game, owner, token } = cairn;
  const training = plannedProgram(plan);
  const base = initialParameters(training, new Uint8Array(32).fill(5));
  shapeBase(base);
  const weights = await computeContentRef(encodeParameters(base));
  await modelRegistry.connect(owner).registerModel("mean", ZERO, 10, weights.digest, weights.byteLength, 0, 0);
  const modelId = await modelRegistry.modelCount();
  await modelRegistry.connect(owner).setPublisher(modelId, flContract, true);
  const { taskId } = await createTask(cairn, { modelId, maxUpdateBytes: weights.byteLength, ...LONG_PHASES });
  const program = meanProgram(training);
  await game.connect(owner).fixTerms(taskId, hashMeanTerms(program.terms));
  const trainers = cairn.trainers.slice(0, trainerCount);
  for (const trainer of trainers) await flContract.connect(trainer).join(taskId);
  await flContract.openRound(taskId);
  const made = [];
  for (const [number, trainer] of trainers.entries()) {
    const parameters = initialParameters(training, new Uint8Array(32).fill(50 + number));
    shape(parameters, number);
    const bytes = encodeParameters(parameters);
    const { digest: updateDigest, byteLength } = await computeContentRef(bytes);
    const random = () => hexlify(randomBytes(32)) as Hex;
    const opening = { updateDigest, byteLength, traceRoot: random(), sampleCount: 17 + 1_000 * number, salt: random() };
    const tail = fileTail(bytes, await computeRootBlock(bytes));
    made.push({ trainer, opening, update: { ...opening, parameters, tail } satisfies MeanUpdate });
  }
  for (const { trainer, opening } of made) {
    const commitment = updateCommitment(await scopeOf(cairn, taskId, trainer), opening);
    await flContract.connect(trainer).commitUpdate(taskId, commitment);
  }
  for (const { trainer, opening } of made) await flContract.connect(trainer).revealUpdate(taskId, opening);
  const committee = await draw(cairn, taskId);
  await audit(cairn, taskId, committee, (1n << BigInt(trainerCount)) - 1n);
  const ordered = made.toSorted((left, right) =>
    left.trainer.address.toLowerCase() < right.trainer.address.toLowerCase() ? -1 : 1,
  );
  const challenger = cairn.stranger;
  await token.connect(owner).transfer(challenger, 1_000n * 10n ** 18n);
  await token.connect(challenger).approve(game, 1_000n * 10n ** 18n);
  return {
    ...{ cairn, taskId, base, committee, challenger },
    honest: new MeanRun({ program, updates: ordered.map(({ update }) => update) }),
    accepted: ordered.map(({ trainer, opening }) => ({ trainer: trainer.address, opened: opening })),
  };
}

const ZERO = `0x${"44".repeat(32)}`;

/** The chain's clock is the machine's. Unit: seconds. */
const LONG_PHASES = {
  ...{ commitSeconds: 3_000, revealSeconds: 3_000, drawSeconds: 3_000, auditCommitSeconds: 3_000 },
  ...{ auditRevealSeconds: 3_000, aggregateSeconds: 3_000, challengeSeconds: 3_000 },
};

/** @returns the parameters that the run ends in. */
export function resultOf(run: MeanRun): Parameters {
  return new Map(
    run.program.tensors.map(({ name }, at) => {
      const { shape } = run.updates[0]!.parameters.get(name)!;
      return [name, { shape, data: new Float32Array(run.words(at).buffer) }];
    }),
  );
}

/** The committee, bribed or not, agrees on what the run ends in. @returns its file. */
export async function agreeOn({ cairn, taskId, committee }: MeanScenario, run: MeanRun): Promise<Uint8Array> {
  const file = encodeParameters(resultOf(run));
  const { digest, byteLength } = await computeContentRef(file);
  const [proposer, ...witnesses] = committee;
  const { flContract } = cairn;
  await flContract.connect(proposer).proposeAggregate(taskId, digest, byteLength);
  for (const witness of witnesses) {
    const { phase } = await flContract.roundOf(taskId, 1);
    if (Number(phase) === Phase.Aggregate)
      await flContract.connect(witness).attestAggregate(taskId, digest, byteLength);
  }
  return file;
}

export interface MeanPlayers {
  readonly defender: MeanAnswers;
  readonly challenger: MeanAnswers;
  /** Changes a move before it is sent, or leaves it out: then the side runs out of time. */
  readonly corrupt?: ((side: Side, move: MeanMove, game: MeanGame) => MeanMove | undefined) | undefined;
  /** Takes the game up where the proposer is late or has lost, once; plays its own game straight. */
  readonly volunteer?: Volunteer | undefined;
}

export interface Volunteer {
  readonly signer: Signer;
  readonly answers: MeanAnswers;
}

export interface PlayedMean {
  readonly gameId: bigint;
  readonly outcome: string;
  readonly winner: string;
  readonly transcript: readonly string[];
  /** Where the game was when a volunteer took it up. */
  readonly vacated: Position | undefined;
  readonly gas: number;
}

/** Opens a game against the agreed aggregate and plays it to its end. */
export async function playMean(scenario: MeanScenario, file: Uint8Array, players: MeanPlayers): Promise<PlayedMean> {
  const { cairn, taskId, challenger, committee, accepted, honest, base } = scenario;
  const { aggregateGame: contract } = cairn;
  const opening = [taskId, accepted, honest.program.terms];
  const receipt: Untyped = await (await contract.connect(challenger).open(...opening)).wait();
  let gas = Number(receipt.gasUsed);
  const transcript = ["open"];
  const files = await filesOf(file, base);
  const signers = { defender: committee[0]!, challenger };
  let { corrupt } = players;
  let answers = players.defender;
  let vacated: Position | undefined;
  const played = await playOut<"aggregate">(receipt, {
    ...{ cairn, contract, signers, graceSeconds: Number((await contract.limits()).extensionSeconds) },
    decide: async (side, game) => {
      const own = side === "defender" ? defendMean(answers, game, files) : attackMean(players.challenger, game);
      return corrupt === undefined ? own : corrupt(side, own, game);
    },
    standIn: async (side, { gameId, claim, position }) => {
      const { volunteer } = players;
      if (side === "challenger" || volunteer === undefined || vacated !== undefined) return undefined;
      vacated = position;
      const call = contract.connect(volunteer.signer).takeUp(gameId, claim, honest.program.terms, position);
      const taken = await (await call).wait();
      transcript.push("takeUp");
      [signers.defender, answers, corrupt] = [volunteer.signer, volunteer.answers, undefined];
      return taken;
    },
    onMove: (_side, { name }, _game, gasUsed) => {
      transcript.push(name);
      gas += gasUsed;
    },
  });
  return { ...played, transcript, vacated, gas };
}

async function filesOf(file: Uint8Array, base: Parameters): Promise<MeanFiles> {
  const before = encodeParameters(base);
  return {
    aggregate: fileTail(file, await computeRootBlock(file)),
    base: { parameters: base, tail: fileTail(before, await computeRootBlock(before)) },
  };
}
