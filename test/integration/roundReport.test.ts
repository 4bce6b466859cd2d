/** Who is bad? The report that a round's auditors file: a copy, a forger and two honest trainers, over real nodes. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { filedReports, tallyReports } from "../../trainer/src/chain/reports.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { decodeRoundReport, MAX_REPORT_BYTES, type RoundReport } from "../../trainer/src/protocol/roundReport.ts";
import { copyUpdate } from "./support/copier.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

type Reported = Extract<NodeEvent, { event: "reported" }>;

describe("the report of a round in which one trainer copies and one forges", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("is one document of all auditors, its digest on chain, the copy marked and the honest ranked above", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 4, committeeSize: 3 });
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
  });
});

function entry({ trainers }: RoundReport, { chain }: Participant) {
  const address = chain.account!.address.toLowerCase();
  return trainers.find(({ trainer }) => trainer === address)!;
}
