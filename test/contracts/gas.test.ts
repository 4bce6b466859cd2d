/**
 * What whole transactions cost, calldata and cold slots included, against the goals of the protocol's design.
 *
 * Who claims holds some CAIRN already: a first balance costs 17,100 more with any token. CAIRN_PRINT_GAS=1 prints all.
 */
import { expect } from "chai";
import type { ContractTransactionReceipt, ContractTransactionResponse } from "ethers";
import { describe, it } from "mocha";
import { announce, type Signer, setUp } from "./support/cairn.ts";
import { createGroup } from "./support/group.ts";
import {
  BYTE_LENGTH,
  commitVerdicts,
  createTask,
  DIGEST,
  makeUpdate,
  passDeadline,
  runRound,
  seedHeader,
  type Update,
} from "./support/round.ts";

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = (await (await sent).wait()) as ContractTransactionReceipt;
  return Number(receipt.gasUsed);
}

describe("gas of a whole transaction", () => {
  it("stays within the design's goals in a round where every slot was used before", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 3);
    const { taskId } = await createTask(cairn);
    const gas: Record<string, number> = { announce: await gasOf(announce(cairn, cairn.stranger, { capabilities: 3 })) };
    for (const trainer of trainers) gas.join = await gasOf(flContract.connect(trainer).join(taskId));
    gas.openRound = await gasOf(flContract.openRound(taskId));
    await runRound(cairn, taskId, trainers, 0b101n);
    gas.openNextRound = await gasOf(flContract.openRound(taskId));

    const updates: Update[] = [];
    for (const trainer of trainers) updates.push(await makeUpdate(cairn, taskId, trainer));
    const commits: number[] = [];
    for (const { trainer, commitment } of updates) {
      commits.push(await gasOf(flContract.connect(trainer).commitUpdate(taskId, commitment)));
    }
    const reveals: number[] = [];
    for (const { trainer, opening } of updates) {
      reveals.push(await gasOf(flContract.connect(trainer).revealUpdate(taskId, opening)));
    }
    gas.drawCommittee = await gasOf(flContract.drawCommittee(taskId, await seedHeader(cairn, taskId)));
    const names: string[] = await flContract.committeeOf(taskId, 2);
    const committee = (await Promise.all(names.map((name) => cairn.ethers.getSigner(name)))) as [
      Signer,
      Signer,
      Signer,
    ];
    const verdicts = await commitVerdicts(cairn, taskId, committee, () => 0b111n);
    const opened: number[] = [];
    for (const { auditor, acceptedBitmap, evidence, salt } of verdicts) {
      opened.push(await gasOf(flContract.connect(auditor).revealVerdict(taskId, acceptedBitmap, evidence, salt)));
    }
    gas.proposeAggregate = await gasOf(flContract.connect(committee[0]).proposeAggregate(taskId, DIGEST, BYTE_LENGTH));
    gas.attestAggregate = await gasOf(flContract.connect(committee[1]).attestAggregate(taskId, DIGEST, BYTE_LENGTH));
    await passDeadline(cairn);
    gas.close = await gasOf(flContract.advance(taskId));
    for (const node of [trainers[0], committee[0]]) await cairn.token.connect(cairn.owner).transfer(node, 1n);
    gas.claimAsTrainer = await gasOf(flContract.connect(trainers[0]).claim(taskId));
    gas.claimAsAuditor = await gasOf(flContract.connect(committee[0]).claim(taskId));
    Object.assign(gas, { commit: Math.max(...commits.slice(0, -1)), lastCommit: commits.at(-1) });
    Object.assign(gas, { reveal: Math.max(...reveals.slice(0, -1)), lastReveal: reveals.at(-1) });
    Object.assign(gas, { revealVerdict: Math.max(...opened.slice(0, -1)), lastRevealVerdict: opened.at(-1) });
    if (process.env.CAIRN_PRINT_GAS !== undefined) process.stdout.write(`${JSON.stringify(gas, null, 2)}\n`);

    expect(gas.announce).to.be.at.most(150_000);
    expect(gas.commit).to.be.at.most(45_000);
    expect(gas.reveal).to.be.at.most(60_000);
    expect(gas.revealVerdict).to.be.at.most(60_000);
    expect(gas.close).to.be.at.most(250_000);
    expect(gas.claimAsTrainer).to.be.at.most(60_000);
    expect(gas.claimAsAuditor).to.be.at.most(60_000);
  });

  it("lets a trainer's first commitment in a task cost no more than the next", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 3);
    const { taskId } = await createTask(cairn);
    for (const trainer of trainers) await flContract.connect(trainer).join(taskId);
    await flContract.openRound(taskId);
    const update = await makeUpdate(cairn, taskId, trainers[0] as Signer);
    expect(await gasOf(flContract.connect(trainers[0]).commitUpdate(taskId, update.commitment))).to.be.at.most(45_000);
  });

  it("lets a claim cost the same for many rounds as for one", async () => {
    const cairn = await setUp();
    const { flContract } = cairn;
    const trainers = cairn.trainers.slice(0, 1) as [Signer];
    const { taskId } = await createTask(cairn, { rounds: 12 });
    await flContract.connect(trainers[0]).join(taskId);
    for (let round = 0; round < 12; round++) {
      await flContract.openRound(taskId);
      await runRound(cairn, taskId, trainers, 1n);
    }
    await cairn.token.connect(cairn.owner).transfer(trainers[0], 1n);
    expect(await gasOf(flContract.connect(trainers[0]).claim(taskId))).to.be.at.most(60_000);
  });
});

/** Calls of a group, in gas. */
const GROUP_GOALS = {
  enterFirstCohort: 140_000,
  enterLastCohort: 125_000,
  attestMerge: 110_000,
  attestLastMerge: 210_000,
  adoptMerge: 165_000,
};

describe("gas of a group of cohorts", () => {
  it("is the same for each call, however many cohorts there are", async () => {
    const small = await groupGas(2);
    const large = await groupGas(5);
    if (process.env.CAIRN_PRINT_GAS === "1") process.stdout.write(`${JSON.stringify({ small, large }, null, 2)}\n`);
    for (const [call, goal] of Object.entries(GROUP_GOALS)) {
      const [few, many] = [small[call] as number, large[call] as number];
      expect(many, call).to.be.at.most(goal);
      expect(Math.abs(many - few), `${call} of 5 cohorts against 2`).to.be.at.most(200); // zeros in the calldata
    }
  });
});

/** The second epoch of a group, whose slots were used before. */
async function groupGas(count: number): Promise<Record<string, number>> {
  const cairn = await setUp();
  const { cohorts, flContract, trainers } = cairn;
  const { groupId, taskIds } = await createGroup(cairn, count);
  const gas: Record<string, number> = {};
  for (let epoch = 1; epoch <= 2; epoch++) {
    const committees: Signer[][] = [];
    for (const [cohort, taskId] of taskIds.entries()) {
      await flContract.openRound(taskId);
      committees.push(await runRound(cairn, taskId, [trainers[cohort] as Signer], 1n));
    }
    for (const cohort of taskIds.keys()) {
      const used = await gasOf(cohorts.enterCohort(groupId, cohort));
      if (cohort === 0) gas.enterFirstCohort = used;
      else if (cohort === count - 1) gas.enterLastCohort = used;
    }
    for (const [cohort, committee] of committees.entries()) {
      for (const [at, member] of committee.slice(0, 2).entries()) {
        const isLast = cohort === count - 1 && at === 1;
        const used = await gasOf(cohorts.connect(member).attestMerge(groupId, cohort, DIGEST, BYTE_LENGTH));
        gas[isLast ? "attestLastMerge" : "attestMerge"] = used;
      }
    }
    for (const cohort of taskIds.keys()) gas.adoptMerge = await gasOf(cohorts.adoptMerge(groupId, cohort));
  }
  return gas;
}
