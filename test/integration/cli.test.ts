/** The command line against a real local chain: what it says of it, what it does to it, and how it refuses. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Deployment } from "../../trainer/src/chain/deployment.ts";
import type { TestMachine } from "../../trainer/src/cli/testing/memoryHost.ts";
import { type CommandLine, OWNER_KEY, openCommandLine } from "./support/commandLine.ts";

/** Second account of Hardhat's published development mnemonic. */
const POOR_KEY = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
/** Holds nothing at all. */
const BROKE_KEY = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

let line: CommandLine;
let machine: TestMachine;
let deployment: Deployment;
let cairn: CommandLine["cairn"];
let dataOf: CommandLine["dataOf"];

before(async () => {
  line = await openCommandLine({ poor: POOR_KEY, broke: BROKE_KEY });
  ({ machine, deployment, cairn, dataOf } = line);
  line.write("elsewhere.json", { ...deployment, chainId: 1 });
  const nowhere = Object.fromEntries(Object.keys(deployment.contracts).map((name) => [name, `0x${"11".repeat(20)}`]));
  line.write("nowhere.json", { ...deployment, contracts: nowhere });
});

after(() => line.close());

describe("cairn on a local chain", () => {
  for (const [line, code, exit] of [
    ["status --network elsewhere.json", "CHAIN_WRONG_CHAIN", 5],
    ["status --network nowhere.json", "CHAIN_NOT_DEPLOYED", 5],
    ["stake add 1 --network elsewhere.json", "CHAIN_WRONG_CHAIN", 5],
    ["stake add 1 --account broke", "CHAIN_INSUFFICIENT_FUNDS", 6],
    ["stake add 1 --account poor", "NODE_STAKE_SHORT", 6],
    ["register --account broke", "CHAIN_INSUFFICIENT_FUNDS", 6],
    ["stake remove 5", "CHAIN_REVERTED", 6],
    ["stake withdraw", "CHAIN_REVERTED", 7],
    ["task show 99", "CLI_TASK_UNKNOWN", 2],
    ["relay start --task 99 --port 0", "NODE_TASK_UNKNOWN", 2],
    ["task join 99", "CHAIN_REVERTED", 7],
    ["model show 99", "CLI_MODEL_UNKNOWN", 2],
    ["task create --data glyphs --trainers 1 --committee 1", "CLI_INPUT_NEEDED", 2],
    ["task create --data glyphs --yes --account broke", "CHAIN_INSUFFICIENT_FUNDS", 6],
  ] as const) {
    it(`ends \`${line}\` with ${code} and exit ${exit}, and sends nothing`, async () => {
      const before = await dataOf("status");
      const ran = await cairn(line);
      assert.equal(ran.code, exit, ran.stderr);
      assert.ok(ran.stderr.includes(`error[${code}] `), ran.stderr);
      assert.match(ran.stderr, /\nnext: \S/);
      assert.ok(!/\n\s+at /.test(ran.stderr), "no stack");
      assert.equal(ran.stdout, "");
      assert.deepEqual((await dataOf("status")).account, before.account, "nothing lost");
    });
  }

  it("opens a task, serves it, and everything that is listed agrees", async () => {
    const interrupt = new AbortController();
    const serving = Promise.withResolvers<void>();
    const onWrite = (_: string, text: string): void => {
      if (text.includes("serving plan and weights")) serving.resolve();
    };
    const line =
      "task create --data glyphs --rounds 2 --trainers 1 --committee 1 --seed 5 --model-name first --yes --serve --json";
    const creating = cairn(line, { interrupt: interrupt.signal, onWrite });
    const early = creating.then(({ stderr }) => assert.fail(stderr));
    await Promise.race([serving.promise, early]);
    early.catch(() => {});

    const [task] = await dataOf("task list");
    assert.deepEqual(
      [task.taskId, task.model.name, task.phase, task.rounds, task.escrow.cairn],
      ["1", "first", "waiting", 2, "5"],
    );
    const [dataset] = await dataOf("data list");
    assert.equal(dataset.recordsRoot, (await dataOf("data inspect glyphs")).manifest.recordsRoot);
    assert.deepEqual(await dataOf("data register glyphs"), {
      datasetId: "1",
      registered: false,
      recordsRoot: dataset.recordsRoot,
    });
    assert.equal((await dataOf("task show 1")).dataset.name, "glyphs");

    const pulled = await dataOf("model pull 1 -o first.safetensors");
    assert.equal((await dataOf("model show 1")).versions[0].weightsDigest, pulled.digest);
    const tested = await dataOf(`model test ${join(machine.home, "first.safetensors")} --data glyphs --model 1`);
    assert.equal(tested.verified, true);
    assert.ok(tested.accuracy < 0.3, "an untrained model");

    interrupt.abort();
    const { code, stdout } = await creating;
    assert.equal(code, 0, "Ctrl-C is how serving ends");
    assert.equal(JSON.parse(stdout).data.taskId, "1");
  });

  it("refuses a file whose hash is not the chain's, and does not overwrite what is there", async () => {
    writeFileSync(join(machine.home, "forged.safetensors"), new Uint8Array(100));
    const forged = await cairn("model test forged.safetensors --data glyphs --model 1");
    assert.equal(forged.code, 8, forged.stderr);
    assert.match(forged.stderr, /CLI_HASH_MISMATCH/);
  });

  it("stakes, shows the stake, and takes it out again", async () => {
    assert.equal((await dataOf("register --role trainer")).sent, true);
    assert.equal((await dataOf("register --role trainer")).sent, false, "a second time there is nothing to send");
    assert.equal((await dataOf("stake add 2.5")).stake.cairn, "2.5");
    assert.equal((await dataOf("stake remove 0.5")).stake.cairn, "2");
    const status = await dataOf("stake status");
    assert.deepEqual([status.stake.cairn, status.unbonding.cairn, status.registered], ["2", "0.5", true]);
  });

  it("serves as a relay until Ctrl-C, with one event a line", async () => {
    const interrupt = new AbortController();
    const onWrite = (_: string, text: string): void => void (text.includes('"ready"') && interrupt.abort());
    const line = "relay start --task 1 --port 0 --data-dir relay --json";
    const { code, stdout } = await cairn(line, { interrupt: interrupt.signal, onWrite });
    assert.equal(code, 0);
    assert.deepEqual(stdout.match(/"event":"(?!transaction)\w+"/g), ['"event":"ready"', '"event":"stopped"']);
  });

  it("shows a task once without a terminal, and live on one", async () => {
    const once = await cairn("watch 1 --once");
    assert.equal(once.code, 0);
    assert.match(once.stdout, /^Task 1 first · round 0 of 2 · waiting\n/);
    const interrupt = new AbortController();
    const live = await cairn("watch 1", { isTTY: true, interrupt: interrupt.signal, onWrite: () => interrupt.abort() });
    assert.equal(live.code, 0);
    assert.match(live.stdout, /Task 1 first/);
  });

  it("closes a task only when told so, and gives its budget back", async () => {
    const asked = await cairn("task close 1");
    assert.equal(asked.code, 2, "nobody answered");
    assert.equal((await dataOf("task close 1 --yes")).refund.cairn, "5");
    assert.equal((await dataOf("task list"))[0].phase, "closed");
    assert.equal((await cairn("task close 1 --yes")).code, 7, "a second time the contract refuses");
  });

  it("finds everything in order with doctor", async () => {
    const findings = await dataOf("doctor --data glyphs");
    const failed = findings.filter(({ state }: { state: string }) => state === "failed");
    assert.deepEqual(failed, []);
  });
});

describe("cairn node start", () => {
  it("trains and audits until the task is done, one JSON event a line, and rewards can be claimed", async () => {
    const created = await dataOf("task create --data glyphs --rounds 1 --trainers 1 --committee 1 --yes");
    const task = created.taskId;
    const { nodeEvents, finish } = startAuditor(task);
    await nodeEvents.ready;
    const trainer = await cairn(`node start --role trainer --task ${task} --no-claim --json`);
    assert.equal(trainer.code, 0, trainer.stderr);
    const events = trainer.stdout
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text));
    assert.ok(events.every(({ time, event }) => !Number.isNaN(Date.parse(time)) && typeof event === "string"));
    const names = new Set(events.map(({ event }) => event));
    for (const name of ["transaction", "ready", "joined", "phase", "trained", "stopped"])
      assert.ok(names.has(name), name);
    const auditor = await finish();
    assert.equal(auditor.code, 0, auditor.stderr);
    assert.match(auditor.stdout, /replayed .*✔ match/);
    assert.match(auditor.stdout, /settled .* 0\.5 CAIRN claimed/, "it fetched the pay of its verdict by itself");

    const before = (await dataOf("rewards show")).total.cairn;
    assert.equal(before, "1", "one accepted update");
    const { claimed, outcomes } = await dataOf("rewards claim");
    assert.deepEqual([claimed.cairn, outcomes], ["1", 1]);
    assert.equal((await dataOf("rewards show")).total.cairn, "0");
    const { claimable, reputation } = (await dataOf("status")).account;
    assert.deepEqual([claimable.cairn, reputation], ["0", 1 / 32]);
    assert.match((await cairn("status")).stdout, /reputation 0\.03/);
  });

  it("refuses a way to lie that it does not know", async () => {
    const other = await cairn("node start --misbehave sleep");
    assert.equal(other.code, 2);
    assert.match(other.stderr, /CLI_USAGE/);
  });
});

/** The auditor is a second account on the same machine, with a folder of its own and stake from the owner. */
function startAuditor(task: string) {
  const ready = Promise.withResolvers<void>();
  const onWrite = (_: string, text: string): void => {
    if (text.startsWith("ready")) ready.resolve();
  };
  const running = fund().then(() =>
    cairn(`node start --role auditor --task ${task} --account poor --data-dir auditor --stake 30`, { onWrite }),
  );
  running.then(
    ({ stderr }) => ready.reject(new Error(`the auditor ended before it was ready: ${stderr}`)),
    ready.reject,
  );
  return { nodeEvents: { ready: ready.promise }, finish: () => running };
}

/** There is no command that gives CAIRN away, so the test does it itself. */
async function fund(): Promise<void> {
  const { connectChain } = await import("../../trainer/src/chain/connection.ts");
  const { privateKeyToAccount } = await import("viem/accounts");
  const signal = AbortSignal.timeout(30_000);
  const chain = await connectChain({ deployment, account: privateKeyToAccount(`0x${OWNER_KEY}`), signal });
  const to = privateKeyToAccount(`0x${POOR_KEY}`).address;
  await chain.send("cairnToken", "transfer", [to, 100n * 10n ** 18n], { signal });
}
