/** A commitment made in one place and opened by `cairn reveal` in another, which then serves the update: it is accepted. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { type Chain, connectChain } from "../../trainer/src/chain/connection.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound, readTask } from "../../trainer/src/chain/task.ts";
import { createTestMachine, type TestMachine } from "../../trainer/src/cli/testing/memoryHost.ts";
import { decodeParameters } from "../../trainer/src/engine/checkpoint.ts";
import { createWasmExecutor } from "../../trainer/src/engine/wasm/wasmExecutor.ts";
import { trainLocally } from "../../trainer/src/learning/localTraining.ts";
import { plannedPart, plannedProgram, plannedShards } from "../../trainer/src/learning/plannedTraining.ts";
import { newSalt } from "../../trainer/src/node/journal.ts";
import { fileRef } from "../../trainer/src/protocol/fileRef.ts";
import { decodePlan } from "../../trainer/src/protocol/plan.ts";
import {
  encodeRevealPackage,
  packageCommitment,
  type RevealPackage,
} from "../../trainer/src/protocol/revealPackage.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

const CAIRN_EACH = 100n * 10n ** 18n;

describe("cairn reveal", () => {
  let network: LocalNetwork;
  let machine: TestMachine;
  before(async () => {
    network = await openLocalNetwork();
    machine = createTestMachine();
    writeFileSync(join(machine.home, "local.json"), JSON.stringify(network.deployment));
    writeFileSync(join(machine.home, "pw"), "secret\n");
  });
  after(async () => {
    machine.remove();
    await network.stop();
  });

  const cairn = (line: string, account: string, stdin?: string) =>
    machine.run(line.split(" "), {
      env: { CAIRN_NETWORK: "local.json", CAIRN_ACCOUNT: account, CAIRN_PASSWORD_FILE: "pw" },
      ...(stdin === undefined ? {} : { stdin }),
    });

  /** An account in a keystore of the machine, with coins. */
  async function account(name: string): Promise<Chain> {
    const { admin, deployment, signal } = network;
    const key = generatePrivateKey();
    const { address } = privateKeyToAccount(key);
    const balance = [address, "0xde0b6b3a7640000"];
    await admin.chain.client.request({ method: "hardhat_setBalance" as never, params: balance as never });
    await admin.chain.send("cairnToken", "transfer", [address, CAIRN_EACH], { signal });
    const made = await cairn(`keys import ${name} --key-stdin --fast-scrypt`, name, key.slice(2));
    assert.equal(made.code, 0, made.stderr);
    return connectChain({ deployment, account: privateKeyToAccount(key), signal });
  }

  /** Trains as the task asks and commits, as a tab does; nobody but the package knows the salt and the bytes. */
  async function trainAndCommit(chain: Chain, taskId: bigint): Promise<RevealPackage> {
    const { admin, dataset, signal } = network;
    const { parameters } = await readTask(chain, taskId, { signal });
    const plan = decodePlan(
      await admin.store.get({ digest: parameters.planDigest, byteLength: parameters.planByteLength }, { signal }),
    );
    const round = await readRound(chain, taskId, 1, { signal });
    const address = chain.account!.address;
    const { slot } = await chain.read("flContract", "dutyOf", [taskId, 1, address], { signal });
    const version = await chain.read("modelRegistry", "versionOf", [parameters.modelId, round.baseVersion], { signal });
    const weights = { digest: version.weightsDigest, byteLength: version.weightsByteLength };
    const executor = await createWasmExecutor(plannedProgram(plan));
    const base = decodeParameters(await admin.store.get(weights, { signal }), executor.program);
    const part = plannedPart(plan, plannedShards(plan, dataset.labels("train")), {
      roundSeed: round.seed,
      taskId,
      round: 1,
      slot,
    });
    const { bytes, traceRoot, sampleCount } = await trainLocally({ ...part, executor, base, records: dataset.train });
    const { digest: updateDigest, byteLength } = await fileRef(bytes);
    const { chainId, contracts } = network.deployment;
    const made: RevealPackage = {
      ...{ chainId, flContract: contracts.flContract, taskId, round: 1, roundSeed: round.seed, trainer: address },
      opening: { updateDigest, byteLength, traceRoot, sampleCount, salt: newSalt() },
      update: bytes,
    };
    await chain.send("flContract", "commitUpdate", [taskId, packageCommitment(made)], { signal });
    return made;
  }

  async function reach(taskId: bigint, phases: readonly string[]): Promise<void> {
    const { admin, signal } = network;
    while (!phases.includes((await readRound(admin.chain, taskId, 1, { signal })).phase)) await pause(100, signal);
  }

  it("opens a tab's commitment, serves the update, and the auditors accept it", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 1 });
    const auditors: Participant[] = [];
    for (const i of [0, 1, 2]) auditors.push(await network.participant(`auditor-${i}`));
    const settings = { taskIds: [taskId], reports: false }; // which would be fetching when the test ends
    const nodes = auditors.map((auditor) => network.start(auditor, ["auditor"], settings));
    await network.auditorsCount(auditors.length);
    const chain = await account("tab");
    await account("other");
    const participant: Participant = { chain, store: admin.store, dataDir: join(machine.home, "tab-node") };
    await network.enrol(participant, taskId);
    await reach(taskId, ["Commit"]);
    const made = await trainAndCommit(chain, taskId);
    writeFileSync(join(machine.home, "mine.reveal"), encodeRevealPackage(made));

    const foreign = await cairn("reveal --package mine.reveal", "other");
    assert.equal(foreign.code, 8, foreign.stderr);
    assert.match(foreign.stderr, /CLI_PACKAGE_FOREIGN/);
    const lost = { ...made, roundSeed: `0x${randomBytes(32).toString("hex")}` } as const;
    writeFileSync(join(machine.home, "lost.reveal"), encodeRevealPackage(lost));
    assert.match((await cairn("reveal --package lost.reveal", "tab")).stderr, /another round/);

    const done = await cairn("reveal --package mine.reveal --json", "tab"); // returns when the round is over
    assert.equal(done.code, 0, done.stderr);
    assert.equal(JSON.parse(done.stdout).data.sent, true);
    await reach(taskId, ["Final", "Failed"]);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final", `failure ${round.failure}`);
    assert.equal(round.acceptedBitmap, 1n);

    const late = await cairn("reveal --package mine.reveal", "tab");
    assert.equal(late.code, 0, "an open commitment needs no opening");
    assert.match(late.stderr, /open already/);
    for (const node of nodes) node.stop();
  });
});
