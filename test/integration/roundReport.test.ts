/** Who is bad? The report that a round's auditors file: a copy, a forger and two honest trainers, over real nodes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { filedReports, tallyReports } from "../../trainer/src/chain/reports.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { createTestMachine, type TestMachine } from "../../trainer/src/cli/testing/memoryHost.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { decodeRoundReport, MAX_REPORT_BYTES, type RoundReport } from "../../trainer/src/protocol/roundReport.ts";
import { copyUpdate } from "./support/copier.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

/** Enough, and steps short enough, that honest trainers end close together: what they add then is no matter of chance. */
const RECORDS = 4_000;
const GENTLE = { type: "sgd", learningRate: 0.01, momentum: 0.9 } as const;

type Reported = Extract<NodeEvent, { event: "reported" }>;

describe("the report of a round in which one trainer copies and one forges", () => {
  let network: LocalNetwork;
  let machine: TestMachine;
  before(async () => {
    network = await openLocalNetwork({ records: RECORDS });
    machine = createTestMachine();
  });
  after(async () => {
    machine.remove();
    await network.stop();
  });

  /** As somebody who has nothing but the deployment record. */
  async function cairn(line: string): Promise<string> {
    const env = { CAIRN_NETWORK: join(network.directory, "deployment.json") };
    const { code, stdout, stderr } = await machine.run(line.split(" "), { env });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  it("is one document of all auditors, its digest on chain, the copy marked and the honest ranked above", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 4, committeeSize: 3 }, { optimiser: GENTLE });
    const made: Reported[] = [];
    const skipped: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "reported") made.push(event);
      if (event.event === "reportSkipped" || event.event === "error") skipped.push(event);
    };
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const nodes = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds: [taskId], onEvent }));
    await network.auditorsCount(auditors.length);
    const copier = await network.participant("copier");
    await network.enrol(copier, taskId);
    const [original, honest, forger] = await Promise.all(
      ["original", "honest", "forger"].map((name) => network.participant(name)),
    );
    for (const trainer of [original!, honest!]) nodes.push(network.start(trainer, ["trainer"], { taskIds: [taskId] }));
    nodes.push(network.start(forger!, ["trainer"], { taskIds: [taskId], misbehave: "forge" }));
    await copyUpdate(network, { taskId, copier, original: original! });
    await Promise.all(nodes.map(({ done }) => done));

    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final");
    const key = { taskId, round: 1, openedAtBlock: BigInt(round.openedAtBlock) };
    const filed = await filedReports(admin.chain, key, { signal });
    assert.deepEqual(skipped, []);
    assert.equal(made.length, 3, "every auditor makes it");
    assert.deepEqual([...new Set(made.map(({ digest }) => digest))], [made[0]!.digest], "and all write the same bytes");
    assert.deepEqual(
      filed.map(({ auditor }) => auditor),
      [round.aggregateProposer],
      "one word is enough where nobody objects: that of who proposed the aggregate",
    );
    const [agreed] = tallyReports(filed);
    assert.equal(agreed!.digest, made[0]!.digest);
    assert.ok(agreed!.byteLength <= MAX_REPORT_BYTES);
    const bytes = await admin.store.get(agreed!, { signal });
    const report = decodeRoundReport(bytes);
    assert.equal(report.contribution.method, "leaveOneOut");
    assert.equal(report.version, round.publishedVersion);
    assert.equal(report.contribution.records, network.dataset.test.count);

    const [one, two] = [entry(report, original!), entry(report, honest!)];
    const [copy, lie] = [entry(report, copier), entry(report, forger!)];
    assert.equal(copy.refusal, "duplicate");
    assert.equal(copy.repeats?.index, one.index);
    assert.ok(copy.repeats!.cosine > 0.98, `${copy.repeats!.cosine}`);
    assert.equal(lie.refusal, "noQuorum");
    for (const { refusal, repeats } of [one, two])
      assert.deepEqual({ refusal, repeats }, { refusal: null, repeats: null });
    const worst = Math.min(one.contribution!, two.contribution!);
    assert.ok(
      worst > lie.contribution!,
      `the honest add ${one.contribution} and ${two.contribution}, the lie ${lie.contribution}`,
    );
    assert.ok(lie.contribution! < 0, "the forged weights would have made the version worse");

    const status = await cairn("status");
    assert.match(status, /task 1, round 1: filed by 1 auditor; how much lower the loss on 800 test records/);
    assert.match(
      status,
      new RegExp(`${short(copy)} +a duplicate .*repeats ${short(one)} \\(cosine 0\\.9999|1\\.0000\\)`),
    );
    const [task] = JSON.parse(await cairn("status --json")).data.tasks;
    assert.deepEqual(task.report.filed, [{ ...agreed, auditors: [round.aggregateProposer] }]);
    assert.deepEqual(task.report.document, JSON.parse(new TextDecoder().decode(bytes)));

    const objector = auditors.find(({ chain }) => chain.account!.address !== round.aggregateProposer)!;
    const junk = await objector.store.put(new TextEncoder().encode("{}"), { signal });
    const word = [taskId, 1, junk.digest, junk.byteLength] as const;
    const { gasUsed } = await objector.chain.send("roundReports", "fileReport", word, { signal });
    assert.ok(gasUsed < 110_000n, `a word costs ${gasUsed} gas`);
    assert.match(await cairn("task show 1"), /filed by 1 auditor, 1 filed another one; how much lower/);
  });
});

const short = ({ trainer }: { readonly trainer: string }): string => `${trainer.slice(0, 6)}…${trainer.slice(-4)}`;

function entry({ trainers }: RoundReport, { chain }: Participant) {
  const address = chain.account!.address.toLowerCase();
  return trainers.find(({ trainer }) => trainer === address)!;
}
