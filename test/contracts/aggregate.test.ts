/**
 * Disputes about aggregates, tried: over real networks, with the node's own players on the contracts, one honest challenger wins
 * against a committee that agreed on a wrong mean, and an honest proposer wins whatever the challenger does.
 * `CAIRN_DISPUTE_GAMES` sets the games for each network and each theorem.
 *
 * Longer than usual: the players on both sides, and all the ways in which one of them strays.
 */
import { expect } from "chai";
import { before, describe, it } from "mocha";
import { levelOf, type MeanMove, type Side } from "../../trainer/src/audit/dispute/game.ts";
import { attackMean, type MeanGame } from "../../trainer/src/audit/dispute/mean/meanPlayer.ts";
import type { MeanFault, MeanRun } from "../../trainer/src/audit/dispute/mean/meanRun.ts";
import { createRandomStream, type RandomStream } from "../../trainer/src/engine/philox.ts";
import { tensorsRoot } from "../../trainer/src/engine/stateRoot.ts";
import { aggregate } from "../../trainer/src/learning/aggregate.ts";
import { computeContentRef } from "../../trainer/src/network/contentDigest.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import { agreeOn, type MeanScenario, playMean, setUpMean } from "./support/aggregate.ts";
import { AUDITOR_STAKE_WEI, type Cairn, setUp } from "./support/cairn.ts";
import { compare } from "./support/compareRebuilt.ts";
import { disputeWork } from "./support/disputeWork.ts";
import { audit, draw, Phase } from "./support/round.ts";

const GAMES = Number(process.env.CAIRN_DISPUTE_GAMES ?? 6);

for (const index of [0, 1, 2]) {
  describe(`disputes about aggregates over network ${index + 1} of 3`, () => {
    let cairn: Cairn;
    let scenario: MeanScenario;
    let restore: () => Promise<void>;

    before(async () => {
      const { plan } = (await disputeWork())[index]!;
      cairn = await setUp();
      scenario = await setUpMean(cairn, plan, index + 2);
      restore = (await cairn.networkHelpers.takeSnapshot()).restore;
    });

    it("the game's mean is the rule's, bit by bit, and the machine's", () => {
      const { honest, base, accepted } = scenario;
      const contributions = honest.updates.map(({ parameters, sampleCount }, at) => ({
        address: accepted[at].trainer,
        ...{ parameters, sampleCount },
      }));
      const round = {
        base,
        state: new Map(),
        seed: new Uint8Array(32),
        local: { steps: 1, momentum: 0 },
        population: 4,
      };
      const { parameters } = aggregate({ kind: "fedavg" }, round as never, contributions);
      expect(toHex(tensorsRoot(parameters))).to.equal(toHex(honest.rootTree.root));
      honest.program.tensors.forEach(({ address }, tensor) => {
        for (const element of [0, address.length >> 1, address.length - 1]) {
          const { registers } = honest.machineRun(tensor, element).state;
          expect(registers[15]).to.equal(honest.words(tensor)[element]);
        }
      });
    });

    it("a wrong word of a mean is proven, wherever it is, and its proposer slashed", async () => {
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("lie", index, number);
        const lies = Array.from({ length: 1 + stream.nextBelow(3) }, () => randomFault(scenario.honest, stream));
        const liar = scenario.honest.lyingAt(...lies);
        if (toHex(liar.rootTree.root) === toHex(scenario.honest.rootTree.root)) continue; // two lies that undo each other
        const file = await agreeOn(scenario, liar);
        const played = await playMean(scenario, file, { defender: liar, challenger: scenario.honest });
        const where = `${JSON.stringify(lies)}: ${played.transcript.join(", ")}`;
        expect(played.outcome, where).to.equal("Disproven");
        await expectRefuted(scenario, played.winner, where);
        if (number === 0) await compare(cairn);
        await restore();
      }
    });

    it("a proposer that falls silent, or makes things up on the way, loses all the same", async () => {
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("opponent", index, number);
        const liar = scenario.honest.lyingAt(randomFault(scenario.honest, stream));
        const file = await agreeOn(scenario, liar);
        const corrupt = stream.nextBelow(2) === 0 ? silent("defender", 6, stream) : inventive(stream);
        const played = await playMean(scenario, file, { defender: liar, challenger: scenario.honest, corrupt });
        const where = `game ${number}: ${played.transcript.join(", ")}`;
        expect(["Disproven", "DefenderLate"], where).to.include(played.outcome);
        await expectRefuted(scenario, played.winner, where);
        await restore();
      }
    });

    it("a right mean that its proposer loses on purpose stands, and half of the challenger's bond goes to who stands in", async () => {
      const { aggregateGame: game, flContract, nodeRegistry, owner, token } = cairn;
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("accomplice", index, number);
        const file = await agreeOn(scenario, scenario.honest);
        const [proposer, volunteer] = scenario.committee;
        await token.connect(owner).transfer(volunteer, (await game.limits()).bondWei);
        await token.connect(volunteer).approve(game, (await game.limits()).bondWei);
        const played = await playMean(scenario, file, {
          defender: scenario.honest,
          challenger: scenario.honest.lyingAt(randomFault(scenario.honest, stream)),
          corrupt: number % 3 === 0 ? silent("defender", 4, stream) : accomplices(scenario.honest, stream),
          volunteer: { signer: volunteer!, answers: scenario.honest },
        });
        const where = `game ${number}: ${played.transcript.join(", ")}`;
        expect(played.transcript, where).to.include("takeUp");
        expect([played.outcome, played.winner], where).to.deep.equal(["Defended", volunteer!.address]);
        const { bondWei } = await game.limits();
        expect(await game.withdrawable(volunteer), where).to.equal(bondWei + bondWei / 2n);
        expect(await game.isRefuted(scenario.taskId, 1, 0), where).to.equal(false);
        expect(await nodeRegistry.slashableOf(proposer), where).to.equal(AUDITOR_STAKE_WEI);
        expect((await flContract.roundOf(scenario.taskId, 1)).phase, where).to.equal(Phase.Challenge);
        if (number < 2) await compare(cairn);
        await restore();
      }
    });

    it("a wrong mean is refuted whoever stands in for its proposer, and costs that a bond", async () => {
      const { aggregateGame: game } = cairn;
      const liar = scenario.honest.lyingAt(randomFault(scenario.honest, streamOf("friend", index, 0)));
      const file = await agreeOn(scenario, liar);
      const [, friend] = scenario.committee;
      const { bondWei, extensionSeconds } = await game.limits();
      await cairn.token.connect(cairn.owner).transfer(friend, bondWei);
      await cairn.token.connect(friend).approve(game, bondWei);
      const played = await playMean(scenario, file, {
        ...{ defender: liar, challenger: scenario.honest },
        volunteer: { signer: friend!, answers: liar },
      });
      expect([played.outcome, played.winner]).to.deep.equal(["Disproven", scenario.challenger.address]);
      expect(await game.isRefuted(scenario.taskId, 1, 0), "by a game in another's place").to.equal(false);
      await compare(cairn);
      await cairn.networkHelpers.time.increase(extensionSeconds);
      await game.timeout(1, played.vacated);
      expect(await game.withdrawable(scenario.challenger)).to.equal(bondWei + bondWei / 2n);
      expect(await game.isRefuted(scenario.taskId, 1, 0)).to.equal(true);
      await compare(cairn);
      await restore();
    });

    it("who challenges a right mean loses the bond, half of it to its proposer, however it plays", async () => {
      const { aggregateGame: game, flContract } = cairn;
      for (let number = 0; number < GAMES; number++) {
        const stream = streamOf("challenger", index, number);
        const file = await agreeOn(scenario, scenario.honest);
        const mistaken = scenario.honest.lyingAt(randomFault(scenario.honest, stream));
        const corrupt = [undefined, wandering(stream), silent("challenger", 5, stream)][number % 3];
        const players = { defender: scenario.honest, challenger: mistaken, corrupt };
        const played = await playMean(scenario, file, players);
        const where = `game ${number}: ${played.outcome} after ${played.transcript.join(", ")}`;
        expect(["Upheld", "ChallengerLate"], where).to.include(played.outcome);
        const [proposer] = scenario.committee;
        expect(played.winner, where).to.equal(proposer!.address);
        expect(await game.withdrawable(proposer), where).to.equal((await game.limits()).bondWei / 2n);
        expect(await game.isRefuted(scenario.taskId, 1, 0), where).to.equal(false);
        expect((await flContract.roundOf(scenario.taskId, 1)).phase, where).to.equal(Phase.Challenge);
        await restore();
      }
    });
  });
}

describe("a game about an aggregate", () => {
  it("opens over all accepted updates alone, in their order, each as it was opened", async () => {
    const { plan } = (await disputeWork())[0]!;
    const cairn = await setUp();
    const scenario = await setUpMean(cairn, plan, 3);
    const { aggregateGame: game, flContract } = cairn;
    const { taskId, accepted, honest, challenger } = scenario;
    await agreeOn(scenario, honest);
    const [first, second, third] = accepted;
    const other = { ...second, opened: { ...second.opened, sampleCount: second.opened.sampleCount + 1 } };
    const wrong = [[], [first, second], [first, third, second], [first, first, second, third], [first, first, third]];
    for (const updates of [...wrong, [first, other, third]]) {
      await expect(game.connect(challenger).open(taskId, updates, honest.program.terms)).to.be.revertedWithCustomError(
        flContract,
        "FLContractNotTheAccepted",
      );
    }
    const terms = { ...honest.program.terms, slots: 1 };
    await expect(game.connect(challenger).open(taskId, accepted, terms)).to.be.revertedWithCustomError(
      cairn.disputeGame,
      "DisputeGameWrongTerms",
    );
    await expect(flContract.connect(challenger).holdAggregate(taskId, "0x")).to.be.revertedWithCustomError(
      flContract,
      "FLContractNotAGame",
    );
  });

  it("is lost where an accepted update has a number so large that it had to be left out", async () => {
    const { plan } = (await disputeWork())[0]!;
    const scenario = await setUpMean(await setUp(), plan, 2, (parameters, number) => {
      if (number === 1) [...parameters.values()].at(-1)!.data[0] = 2 ** 50;
    });
    const { honest } = scenario;
    const file = await agreeOn(scenario, honest.lyingAt({ tensor: 0, element: 0, mask: 1 }));
    const played = await playMean(scenario, file, { defender: honest, challenger: honest });
    expect([played.outcome, played.transcript]).to.deep.equal(["Upheld", ["open", "excuse"]]);
  });

  it("is lost likewise where the base has such a number, but not by an ordinary one", async () => {
    const { plan } = (await disputeWork())[0]!;
    const unchanged = () => undefined;
    const scenario = await setUpMean(await setUp(), plan, 2, unchanged, (base) => {
      [...base.values()].at(-1)!.data[1] = -(2 ** 49);
    });
    const { honest, cairn } = scenario;
    const file = await agreeOn(scenario, honest.lyingAt({ tensor: 0, element: 0, mask: 1 }));
    const restore = (await cairn.networkHelpers.takeSnapshot()).restore;
    const moved: Corruption = (_, { name, args }) => {
      return { name, args: args.map((arg, i) => (name === "excuse" && i === 7 ? 0 : arg)) } as unknown as MeanMove;
    };
    const refused = await playMean(scenario, file, { defender: honest, challenger: honest, corrupt: moved });
    expect([refused.outcome, refused.transcript]).to.deep.equal(["DefenderLate", ["open"]]);
    await restore();
    const played = await playMean(scenario, file, { defender: honest, challenger: honest });
    expect([played.outcome, played.transcript]).to.deep.equal(["Upheld", ["open", "excuse"]]);
  });

  it("has the round's second committee decide, which can't agree on the same, and anew where that lies too", async () => {
    const { plan } = (await disputeWork())[0]!;
    const cairn = await setUp();
    const scenario = await setUpMean(cairn, plan, 2);
    const { taskId, honest, committee } = scenario;
    const { flContract } = cairn;
    const liar = honest.lyingAt({ tensor: 0, element: 3, mask: 1 << 20 });
    const file = await agreeOn(scenario, liar);
    await playMean(scenario, file, { defender: liar, challenger: honest });
    expect((await flContract.roundOf(taskId, 1)).attempt).to.equal(1);
    const reported = committee.slice(0, 2);
    for (const member of reported) {
      await expect(flContract.reportSilentAuditor(taskId, 1, 0, member)).to.emit(flContract, "SilentAuditorReported");
    }
    const innocent = flContract.reportSilentAuditor(taskId, 1, 0, committee[2]);
    await expect(innocent).to.be.revertedWithCustomError(flContract, "FLContractNotSilent");

    const redrawn = { ...scenario, committee: await draw(cairn, taskId) };
    await audit(cairn, taskId, redrawn.committee, 0b11n);
    const again = flContract.connect(redrawn.committee[0]).proposeAggregate(taskId, ...(await refOf(file)));
    await expect(again).to.be.revertedWithCustomError(flContract, "FLContractRefutedAggregate");
    const other = honest.lyingAt({ tensor: 0, element: 4, mask: 1 << 20 });
    const second = await agreeOn(redrawn, other);
    await playMean(redrawn, second, { defender: other, challenger: honest });
    await cairn.networkHelpers.time.increase(3_001);
    await flContract.advance(taskId);
    const { phase, reruns } = await flContract.roundOf(taskId, 1);
    expect([Number(phase), Number(reruns)]).to.deep.equal([Phase.Aggregate, 1]);
    await compare(cairn);
    const lied = flContract.connect(redrawn.committee[0]).proposeAggregate(taskId, ...(await refOf(second)));
    await expect(lied).to.be.revertedWithCustomError(flContract, "FLContractRefutedAggregate");
    // Who proposes anew needs its whole stake, and nobody knows beforehand whom the second draw seats again.
    const bonded = redrawn.committee.slice(1).find(({ address }) => reported.every((it) => it.address !== address))!;
    const others = redrawn.committee.filter(({ address }) => address !== bonded.address);
    await agreeOn({ ...redrawn, committee: [bonded, ...others] }, honest);
    await compare(cairn);
    await cairn.networkHelpers.time.increase(3_001);
    await flContract.advance(taskId);
    expect((await flContract.roundOf(taskId, 1)).phase).to.equal(Phase.Final);
    await compare(cairn);
  });

  it("has the round published where the second committee agrees on the right mean", async () => {
    const { plan } = (await disputeWork())[0]!;
    const cairn = await setUp();
    const scenario = await setUpMean(cairn, plan, 2);
    const { taskId, honest } = scenario;
    const { flContract } = cairn;
    const liar = honest.lyingAt({ tensor: 0, element: 3, mask: 1 << 20 });
    await playMean(scenario, await agreeOn(scenario, liar), { defender: liar, challenger: honest });
    const redrawn = { ...scenario, committee: await draw(cairn, taskId) };
    await audit(cairn, taskId, redrawn.committee, 0b11n);
    await agreeOn(redrawn, honest);
    await cairn.networkHelpers.time.increase(3_001);
    await flContract.advance(taskId);
    expect((await flContract.roundOf(taskId, 1)).phase).to.equal(Phase.Final);
  });

  it("holds the round until it is over, and ends with no loser where another was won", async () => {
    const { plan } = (await disputeWork())[0]!;
    const cairn = await setUp();
    const scenario = await setUpMean(cairn, plan, 2);
    const { taskId, honest, accepted, challenger } = scenario;
    const { aggregateGame: game, flContract } = cairn;
    const liar = honest.lyingAt({ tensor: 0, element: 3, mask: 1 << 20 });
    const file = await agreeOn(scenario, liar);
    await game.connect(challenger).open(taskId, accepted, honest.program.terms);
    await expect(game.close(1)).to.be.revertedWithCustomError(cairn.disputeGame, "DisputeGameNotMoot");
    await playMean(scenario, file, { defender: liar, challenger: honest });
    const { bondWei } = await game.limits();
    await expect(game.close(1)).to.emit(game, "GameEnded").withArgs(1, 5, challenger, 0);
    expect(await game.withdrawable(challenger)).to.equal(2n * bondWei);
    await expect(game.connect(challenger).withdraw()).to.emit(game, "BondsWithdrawn");
    expect((await flContract.roundOf(taskId, 1)).attempt).to.equal(1);
  });
});

async function refOf(file: Uint8Array): Promise<[string, number]> {
  const { digest, byteLength } = await computeContentRef(file);
  return [digest, byteLength];
}

async function expectRefuted(scenario: MeanScenario, winner: string, where: string): Promise<void> {
  const { cairn, taskId, challenger, committee } = scenario;
  const { aggregateGame: game, flContract, nodeRegistry } = cairn;
  expect(winner, where).to.equal(challenger.address);
  expect(await game.withdrawable(challenger), where).to.equal((await game.limits()).bondWei);
  expect(await game.isRefuted(taskId, 1, 0), where).to.equal(true);
  const { minStakeWei } = (await flContract.taskOf(taskId)).parameters;
  const taken = minStakeWei < AUDITOR_STAKE_WEI ? minStakeWei : AUDITOR_STAKE_WEI;
  expect(await nodeRegistry.bountyOf(challenger), where).to.equal(taken / 2n);
  expect(await nodeRegistry.slashableOf(committee[0]), where).to.equal(AUDITOR_STAKE_WEI - taken);
  expect((await flContract.roundOf(taskId, 1)).phase, where).to.equal(Phase.Draw);
}

function streamOf(what: string, index: number, number: number): RandomStream {
  return createRandomStream(new Uint8Array(32).fill(number % 256), `mean ${what} ${index} ${number}`);
}

function randomFault({ program }: MeanRun, stream: RandomStream): MeanFault {
  const tensor = stream.nextBelow(program.tensors.length);
  const element = stream.nextBelow(program.tensors[tensor]!.address.length);
  return { tensor, element, mask: 1 << stream.nextBelow(23), from: 1 + stream.nextBelow(20) };
}

type Corruption = (side: Side, move: MeanMove, game: MeanGame) => MeanMove | undefined;

function silent(who: Side, most: number, stream: RandomStream): Corruption {
  let left = stream.nextBelow(most);
  return (side, move) => (side === who && left-- === 0 ? undefined : move);
}

/** Shows one made-up node, word or point somewhere. */
function inventive(stream: RandomStream): Corruption {
  return (side, move) => {
    return side !== "defender" || stream.nextBelow(3) > 0 ? move : madeUp(move, stream);
  };
}

function madeUp(move: MeanMove, stream: RandomStream): MeanMove {
  const points = move.args.at(-1);
  if (!Array.isArray(points) || points.length === 0) return move;
  const at = stream.nextBelow(points.length);
  const made = toHex(Uint8Array.from({ length: 32 }, () => stream.nextBelow(256)));
  const shown = points.map((point, i) => (i === at ? made : point));
  return { name: move.name, args: [...move.args.slice(0, -1), shown] } as unknown as MeanMove;
}

/** A challenger that finds its way down by a mistake of its own, and a proposer whose machine makes things up there. */
function accomplices(honest: MeanRun, stream: RandomStream): Corruption {
  return (side, move, game) => {
    if (side === "challenger") return levelOf(game.position) === "Machine" ? attackMean(honest, game) : move;
    return move.name === "openElement" ? madeUp(move, stream) : move;
  };
}

/** Picks any part, node or element that there is. */
function wandering(stream: RandomStream): Corruption {
  return (side, move, { position }) => {
    if (side !== "challenger") return move;
    const args = [...move.args] as unknown[];
    if (move.name === "pick") args[3] = BigInt(stream.nextBelow(move.args[2].length + 1));
    else if (move.name === "pickNode") args[3] = BigInt(stream.nextBelow(move.args[2].length));
    else if (move.name === "pickElement") args[2] = 32 * position.low + stream.nextBelow(32);
    return { name: move.name, args } as unknown as MeanMove;
  };
}
