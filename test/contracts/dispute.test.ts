/**
 * The theorem of disputes, tried: over real networks, with the node's own players on the contracts, the honest side wins
 * whatever the other does. `CAIRN_DISPUTE_GAMES` sets the games for each network and each theorem.
 *
 * Longer than usual: the players on both sides, and all the ways in which one of them strays.
 */
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { DisputeRun, Fault } from "../../trainer/src/audit/dispute/disputeRun.ts";
import {
  cutsOf,
  type GameState,
  levelOf,
  type Move,
  partsOf,
  type Side,
} from "../../trainer/src/audit/dispute/game.ts";
import { EngineError } from "../../trainer/src/engine/errors.ts";
import { slotRoot } from "../../trainer/src/engine/merkleModule.ts";
import { createRandomStream, type RandomStream } from "../../trainer/src/engine/philox.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import { type Cairn, STAKE_WEI, setUp } from "./support/cairn.ts";
import { compare } from "./support/compareRebuilt.ts";
import {
  acceptUpdate,
  type PlayedGame,
  playGame,
  runOf,
  type Scenario,
  setUpDispute,
  updateOf,
} from "./support/dispute.ts";
import { disputeWork, type Work } from "./support/disputeWork.ts";

const GAMES = Number(process.env.CAIRN_DISPUTE_GAMES ?? 10);

for (const index of [0, 1, 2]) {
  describe(`disputes over network ${index + 1} of 3`, () => {
    let work: Work;
    let cairn: Cairn;
    let scenario: Scenario;
    let honest: DisputeRun;
    let restore: () => Promise<void>;

    before(async () => {
      work = (await disputeWork())[index]!;
      cairn = await setUp();
      scenario = await setUpDispute(cairn, work.dataset, work.plan);
      honest = await runOf(scenario);
      const { restore: back } = await cairn.networkHelpers.takeSnapshot();
      restore = back;
    });
    after(() => honest.dispose());

    it("a lie in one word is proven, wherever it is, and its trainer is slashed", async () => {
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("lie", index, number);
        const { liar, fault } = findLie(scenario, honest, stream);
        const update = await updateOf(scenario, liar);
        await acceptUpdate(scenario, update);
        const played = await playGame(scenario, update, { defender: liar, challenger: honest });
        const where = whereOf(scenario, fault, played);
        expect(played.outcome, where).to.equal("Disproven");
        await expectWon(scenario, played, where);
        if (number === 0) await compare(cairn);
        await restore();
      }
    });

    it("a liar that falls silent, or makes things up on the way, loses all the same", async () => {
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("opponent", index, number);
        const { liar, fault } = findLie(scenario, honest, stream);
        const update = await updateOf(scenario, liar);
        await acceptUpdate(scenario, update);
        const corrupt = stream.nextBelow(2) === 0 ? silentDefender(stream) : inventiveDefender(stream);
        const played = await playGame(scenario, update, { defender: liar, challenger: honest, corrupt });
        const where = whereOf(scenario, fault, played);
        expect(["Disproven", "DefenderLate"], where).to.include(played.outcome);
        await expectWon(scenario, played, where);
        await restore();
      }
    });

    it("a false number of records is proven in one transaction, a right one is not", async () => {
      const { taskId, trainers, challenger, program } = scenario;
      const { disputeGame: game } = cairn;
      const { opening } = await updateOf(scenario, honest);
      const claimed = { opening: { ...opening, sampleCount: opening.sampleCount + 1 } };
      const shard = program.shards[0]!;
      const proof = [program.terms, shard.length, toHex(slotRoot(shard)), program.shardTree.path(0).map(toHex)];
      await acceptUpdate(scenario, claimed);
      await expect(game.connect(challenger).disproveSampleCount(taskId, trainers[0], claimed.opening, ...proof))
        .to.emit(game, "SampleCountDisproven")
        .withArgs(taskId, 1, trainers[0], challenger, opening.sampleCount + 1, shard.length, STAKE_WEI / 2n);
      expect(await game.isStruck(taskId, 1, trainers[0])).to.equal(true);
      await restore();
      await acceptUpdate(scenario, { opening });
      await expect(
        game.connect(challenger).disproveSampleCount(taskId, trainers[0], opening, ...proof),
      ).to.be.revertedWithCustomError(game, "DisputeGameRightSampleCount");
      await restore();
    });

    it("who challenges an honest trainer loses the bond, half of it to it, however it plays", async () => {
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("challenger", index, number);
        const update = await updateOf(scenario, honest);
        await acceptUpdate(scenario, update);
        const { liar: mistaken } = findLie(scenario, honest, stream);
        const corrupt = [undefined, randomChallenger(stream), silentChallenger(stream)][number % 3];
        const players = { defender: honest, challenger: mistaken, ...(corrupt === undefined ? {} : { corrupt }) };
        const played = await playGame(scenario, update, players);
        const where = `game ${number}: ${played.transcript.map(({ name }) => name).join(", ")}`;
        expect(["Upheld", "ChallengerLate"], where).to.include(played.outcome);
        expect(played.winner, where).to.equal(scenario.trainers[0].address);
        const { disputeGame: game } = cairn;
        const { bondWei } = await game.limits();
        expect(await game.withdrawable(played.winner), where).to.equal(bondWei / 2n);
        expect(await game.isStruck(scenario.taskId, 1, played.winner), where).to.equal(false);
        await restore();
      }
    });
  });
}

describe("an interval of a dispute", () => {
  it("is cut by players into as many parts as by the contract, and is one step after five cuts at most", async () => {
    const { disputeGame } = await setUp();
    const powers = Array.from({ length: 32 }, (_, i) => 2 ** i).flatMap((power) => [power - 1, power, power + 1]);
    const lengths = [...Array.from({ length: 300 }, (_, i) => i), ...powers, 2 ** 32 - 1];
    for (const length of new Set(lengths)) {
      expect(await disputeGame.partsOf(length), `${length}`).to.equal(BigInt(partsOf({ low: 0, high: length })));
      let cuts = 0;
      for (let left = length; left > 1; left = Math.ceil(left / partsOf({ low: 0, high: left }))) cuts++;
      expect(cuts, `${length}`).to.be.at.most(length <= 64 ? 1 : length <= 2 ** 13 ? 2 : 5);
    }
  });
});

describe("a dispute over a data set that was registered with too few records", () => {
  it("is not lost by an honest trainer, whose records lie beyond that number", async () => {
    const work = (await disputeWork())[0]!;
    const scenario = await setUpDispute(await setUp(), work.dataset, work.plan, 1);
    const honest = await runOf(scenario);
    const update = await updateOf(scenario, honest);
    await acceptUpdate(scenario, update);
    const played = await playGame(scenario, update, {
      defender: honest,
      challenger: honest,
      corrupt: towardsAByte(honest),
    });
    expect(played.transcript.map(({ name }) => name)).to.include("openElement");
    expect([played.outcome, played.winner]).to.deep.equal(["ChallengerLate", scenario.trainers[0].address]);
    honest.dispose();
  });
});

/** Leads the game to the first instruction that reads a byte which is not 0, of an element of the first input. */
function towardsAByte(run: DisputeRun): Corruption {
  const write = run.program.writes[0]!;
  const { before, after } = run.writeView(0, 0);
  const element = after.findIndex((word) => word !== 0);
  const world = run.world(0, before);
  const counts = Array.from({ length: run.machineRun(write, world, element).steps }, (_, i) => i);
  const states = run.machineStates(write, world, element, counts);
  const target = states.findIndex(({ pc }) => write.code[pc]!.op === "BYTE");
  return (side, move, { position }) => {
    if (side === "defender") return move;
    const { low, high } = position;
    const args = [...move.args] as unknown[];
    if (move.name === "pickElement") args[2] = element;
    else if (move.name === "pickNode") args[3] = 0n;
    else if (move.name === "pick") {
      const place = levelOf(position) === "Machine" ? target : 0;
      const ends = [...cutsOf({ low, high }), high];
      args[3] = BigInt(ends.findIndex((end) => end > place));
    }
    return { name: move.name, args } as unknown as Move;
  };
}

async function expectWon(scenario: Scenario, played: PlayedGame, where: string): Promise<void> {
  const { cairn, taskId, trainers, challenger } = scenario;
  const { disputeGame: game } = cairn;
  const { bondWei } = await game.limits();
  expect(played.winner, where).to.equal(challenger.address);
  expect(await game.withdrawable(challenger), where).to.equal(bondWei);
  expect(await game.isStruck(taskId, 1, trainers[0]), where).to.equal(true);
  const { minStakeWei } = (await cairn.flContract.taskOf(taskId)).parameters;
  expect(await cairn.nodeRegistry.bountyOf(challenger), where).to.equal(minStakeWei / 2n);
}

function streamOf(what: string, index: number, number: number): RandomStream {
  return createRandomStream(new Uint8Array(32).fill(number % 256), `${what} ${index} ${number}`);
}

/** A run with one wrong word whose end is another than the honest one's. */
function findLie(scenario: Scenario, honest: DisputeRun, stream: RandomStream) {
  const { localSteps } = scenario.plan;
  for (;;) {
    const fault = randomFault(scenario, honest, stream);
    const liar = honest.lyingAt(fault);
    try {
      if (toHex(liar.stateRoot(localSteps)) !== toHex(honest.stateRoot(localSteps))) return { liar, fault };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error; // it ends in no numbers: such an update nobody can read
    }
    // a wrong word that nothing reads, or that is made good
  }
}

/** Any step, write and element; what names a class or a token names another, other numbers change in one bit. */
function randomFault({ plan, program }: Scenario, honest: DisputeRun, stream: RandomStream): Fault {
  const step = stream.nextBelow(plan.localSteps);
  const write = stream.nextBelow(program.writes.length);
  const { slot } = program.writes[write]!;
  const element = stream.nextBelow(slot.length);
  const { targets, input, classes, vocabulary } = program.program;
  const kinds = slot === targets ? classes : slot === input ? vocabulary : 0;
  if (kinds === 0) return { step, write, element, mask: 1 << (stream.nextBelow(8) === 0 ? 31 : stream.nextBelow(23)) };
  const [value, other] = [new Float32Array(1), new Float32Array(1)];
  const word = honest.writeView(step, write).after[element]!;
  new Uint32Array(value.buffer)[0] = word;
  other[0] = (value[0]! + 1) % kinds;
  return { step, write, element, mask: word ^ new Uint32Array(other.buffer)[0]! };
}

function whereOf(
  { program }: Scenario,
  { step, write, element, mask }: Fault,
  { transcript, outcome }: PlayedGame,
): string {
  const place = `step ${step}, ${program.writes[write]!.title}[${element}] ^ ${(mask >>> 0).toString(16)}`;
  return `${place}: ${outcome} after ${transcript.map(({ name }) => name).join(", ")}`;
}

type Corruption = (side: Side, move: Move, game: GameState<"update">) => Move | undefined;

function silentDefender(stream: RandomStream): Corruption {
  let left = stream.nextBelow(8);
  return (side, move) => (side === "defender" && left-- === 0 ? undefined : move);
}

function silentChallenger(stream: RandomStream): Corruption {
  let left = stream.nextBelow(6);
  return (side, move) => (side === "challenger" && left-- === 0 ? undefined : move);
}

/** Shows one made-up point somewhere, as an interval's liar would that has lost its thread. */
function inventiveDefender(stream: RandomStream): Corruption {
  return (side, move) => {
    if (side !== "defender" || stream.nextBelow(3) > 0) return move;
    const args = [...move.args] as unknown[];
    const points = args.at(-1) as unknown[];
    if (!Array.isArray(points) || points.length === 0) return move;
    const at = stream.nextBelow(points.length);
    const made = toHex(Uint8Array.from({ length: 32 }, () => stream.nextBelow(256)));
    args[args.length - 1] = points.map((point, i) => (i === at ? made : point));
    return { name: move.name, args } as unknown as Move;
  };
}

/** Picks any part that there is. */
function randomChallenger(stream: RandomStream): Corruption {
  return (side, move) => {
    if (side !== "challenger") return move;
    if (move.name === "pick") {
      const [gameId, position, points] = move.args;
      return { name: "pick", args: [gameId, position, points, BigInt(stream.nextBelow(points.length + 1))] };
    }
    if (move.name === "pickNode") {
      const [gameId, position, nodes] = move.args;
      return { name: "pickNode", args: [gameId, position, nodes, BigInt(stream.nextBelow(nodes.length))] };
    }
    return move;
  };
}
