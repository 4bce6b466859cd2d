/** Groups of cohorts on the command line, against a real local chain. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type CommandLine, openCommandLine } from "./support/commandLine.ts";

describe("cairn with cohorts", () => {
  let line: CommandLine;
  let cairn: CommandLine["cairn"];
  let dataOf: CommandLine["dataOf"];
  before(async () => {
    line = await openCommandLine();
    ({ cairn, dataOf } = line);
  });
  after(() => line.close());

  const TERMS = "--data glyphs --rounds 2 --trainers 4 --committee 1 --reward 2 --seed 5";

  it("opens a group with one command, its places and its budget split evenly", async () => {
    const dry = await dataOf(`task create ${TERMS} --cohorts 2 --dry-run`);
    assert.equal(dry.escrow.cairn, "22", "2 tasks x 2 rounds x (2 updates x 2 + 3 seats x 0.5)");
    const created = await dataOf(`task create ${TERMS} --cohorts 2 --yes`);
    assert.equal(created.tasks.length, 2);
    for (const [cohort, { taskId }] of created.tasks.entries()) {
      const task = await dataOf(`task show ${taskId}`);
      assert.deepEqual([task.trainers.max, task.escrow.cairn, task.phase], [2, "11", "waiting"]);
      const { groupId, modelId, epoch, stage, active } = task.group;
      const said = [groupId, modelId, task.group.cohort, epoch, stage, active];
      assert.deepEqual(said, [created.groupId, created.modelId, cohort, 1, "Gather", 2]);
    }
    const [first, second] = created.tasks.map(({ taskId }: { taskId: string }) => taskId);
    const shown = await cairn(`task show ${second}`);
    assert.match(shown.stdout, /group .*1 \(model \d+\), cohort 1 of 2\n.*epoch 1: 0 of 2 cohorts ready/);
    assert.match((await cairn("status")).stdout, new RegExp(`group 1 \\(tasks ${first}, ${second}\\): epoch 1`));
  });

  it("refuses places that cannot be split, and more than a task has", async () => {
    for (const [options, why] of [
      ["--trainers 5 --cohorts 2", "5 trainers cannot be split evenly between 2 cohorts"],
      ["--trainers 600 --cohorts 2", "300 places are more than a task's 256"],
      ["--trainers 257", "257 places are more than a task's 256"],
    ] as const) {
      const refused = await cairn(`task create --data glyphs ${options} --yes`);
      assert.equal(refused.code, 2);
      assert.ok(refused.stderr.includes(why), refused.stderr);
    }
  });

  it("closes a cohort's task, and its group waits for it no more", async () => {
    const { tasks } = await dataOf(`task create ${TERMS} --cohorts 2 --yes`);
    const [first, second] = tasks.map(({ taskId }: { taskId: string }) => taskId);
    assert.equal((await dataOf(`task close ${second} --yes`)).refund.cairn, "11");
    const { group } = await dataOf(`task show ${first}`);
    assert.deepEqual([group.cohorts, group.active], [2, 1]);
    assert.equal((await dataOf(`task show ${second}`)).group.retired, true);
  });

  it("says which group there is not", async () => {
    const { code, stderr } = await cairn("node start --group 9");
    assert.equal(code, 2);
    assert.match(stderr, /CLI_GROUP_UNKNOWN/);
  });
});
