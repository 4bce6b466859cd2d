/** Runs `npm start`'s program for real: chain, contracts, processes, three rounds, and reads the report. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Report } from "../../scripts/start/report/report.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = "scripts/start/main.ts";

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo to its end; `onLine` sees its talk as it comes. */
function start(args: readonly string[], onLine: (line: string, pid: number) => void = () => {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env: { ...process.env, INIT_CWD: ROOT } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
    for (const line of String(chunk).split("\n")) onLine(line, child.pid ?? 0);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

describe("npm start", () => {
  const directory = mkdtempSync(join(tmpdir(), "cairn-start-"));
  const reportFile = join(directory, "report.json");
  let ended: Ended;
  let report: Report;
  before(
    async () => {
      ended = await start(["--rounds", "3", "--trainers", "3", "--auditors", "3", "--report", reportFile]);
      assert.equal(ended.exitCode, 0, ended.stderr);
      report = JSON.parse(readFileSync(reportFile, "utf8")) as Report;
    },
    { timeout: 180_000 },
  );
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("publishes a better version every round of three", () => {
    const accuracy = report.rounds.map((round) => round.accuracy ?? 0);
    assert.deepEqual(
      report.rounds.map(({ outcome }) => outcome),
      ["final", "final", "final"],
    );
    assert.ok(accuracy[0]! > 0.7, `10 classes by chance are 0.1; after one round ${accuracy[0]}`);
    assert.ok(accuracy[2]! > accuracy[0]!, `accuracy ${accuracy.join(", ")}`);
  });

  it("rejects the liar in every round and pays it nothing", () => {
    const { liar } = report;
    assert.deepEqual(liar?.lied, [1, 2, 3]);
    assert.deepEqual(liar.rejected, [1, 2, 3]);
    assert.equal(liar.accepted, 0);
    assert.equal(liar.paidWei, "0");
    for (const { accepted, rejected } of report.rounds)
      assert.deepEqual({ accepted, rejected }, { accepted: 2, rejected: 1 });
  });

  it("pays the honest for every accepted update and every verdict", () => {
    const paid = Object.fromEntries(report.rewards.map(({ name, paidWei }) => [name, BigInt(paidWei)]));
    const update = 10n ** 18n; // the demo's reward of an update; half of it for a verdict
    assert.deepEqual([paid["trainer 1"], paid["trainer 2"], paid["trainer 3"]], [3n * update, 3n * update, 0n]);
    const verdicts = [1, 2, 3].map((i) => paid[`auditor ${i}`]);
    assert.deepEqual(
      verdicts,
      [1, 2, 3].map(() => (3n * update) / 2n),
    );
  });

  it("gets the weights that one process gets, bit for bit", () => {
    assert.equal(report.recomputed.equal, true);
    assert.equal(report.recomputed.digest, report.model.digest);
  });

  it("counts the calls that a round is made of", () => {
    const count = (kind: string): number => report.gas[kind]?.count ?? 0;
    assert.deepEqual(
      ["openRound", "commitUpdate", "revealUpdate", "drawCommittee", "commitVerdict", "revealVerdict"].map(count),
      [3, 9, 9, 3, 9, 9],
    );
  });

  it("leaves a model file that the printed command can test", { timeout: 60_000 }, async () => {
    const line = ended.stdout.split("\n").find((text) => text.includes("npx cairn model test")) ?? "";
    const [, , ...command] = line.trim().split(" ");
    const child = spawn(process.execPath, ["trainer/bin/cairn.mjs", ...command, "--json"], { cwd: ROOT });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    await new Promise((resolve) => child.once("close", resolve));
    const answer = JSON.parse(stdout) as { readonly ok: boolean; readonly data: { readonly accuracy: number } };
    assert.equal(answer.data.accuracy, report.rounds.at(-1)?.accuracy);
  });

  it("runs a private task: nobody can replay, and what does not help is neither taken nor paid", {
    timeout: 180_000,
  }, async () => {
    const file = join(directory, "private.json");
    const options = ["--mode", "private", "--rounds", "1", "--trainers", "3", "--no-web", "--report", file];
    const { exitCode, stderr } = await start(options);
    assert.equal(exitCode, 0, stderr);
    const { rounds, liar, recomputed } = JSON.parse(readFileSync(file, "utf8")) as Report;
    assert.deepEqual(
      rounds.map(({ accepted, rejected }) => ({ accepted, rejected })),
      [{ accepted: 2, rejected: 1 }],
    );
    assert.deepEqual([liar?.accepted, liar?.paidWei], [0, "0"]);
    assert.ok(recomputed.equal, "the version is the mean of what was accepted");
  });

  it("ends with a false aggregate disproven by one auditor against all others, step by step", {
    timeout: 300_000,
  }, async () => {
    const file = join(directory, "aggregate.json");
    const options = ["--liar", "false-aggregate", "--rounds", "2", "--trainers", "2", "--no-web", "--report", file];
    const { exitCode, stdout, stderr } = await start(options);
    assert.equal(exitCode, 0, stderr);
    const { rounds, disputes, rewards, recomputed, liar } = JSON.parse(readFileSync(file, "utf8")) as Report;
    assert.equal(liar, null, "no trainer lied");
    assert.deepEqual(
      rounds.map(({ outcome }) => outcome),
      ["final", "final"],
    );
    const nameOf = (address: string | null) => rewards.find((node) => node.address === address)?.name;
    const [dispute, ...others] = disputes;
    assert.equal(others.length, 0, "in the second round everybody is honest");
    assert.deepEqual([dispute?.about, dispute?.outcome, dispute?.round], ["aggregate", "Disproven", 1]);
    assert.equal(nameOf(dispute!.challenger), "auditor 1");
    assert.match(nameOf(dispute!.proposer) ?? "", /^auditor [23]$/);
    assert.notEqual(dispute!.takenWei, "0");
    assert.ok(recomputed.equal, "the versions are the right means");
    const told = stderr.split("\n").filter((line) => line.includes("dispute a1: "));
    assert.match(
      told[0] ?? "",
      /auditor 1 against auditor [23]: challenger disputes the mean of 2 updates by \d+ \+ \d+ records, tensors 1 to \d/,
    );
    assert.ok(told.some((line) => /\[0\]: \S+ claimed, \S+ is right$/.test(line)));
    assert.match(told.at(-2) ?? "", /instruction \d+: \S+ ÷ \d+ = \S+$/);
    assert.match(told.at(-1) ?? "", /the claim is false, after \d+ moves, \S+ CAIRN of auditor [23] slashed$/);
    assert.match(stdout, /✔ auditor 1 proved the aggregate of round 1 false: Disproven/);
  });

  it("stops everything and exits with 130 when it is interrupted", { timeout: 60_000 }, async () => {
    const { exitCode, stderr } = await start(["--rounds", "2", "--trainers", "2", "--auditors", "1"], (line, pid) => {
      if (line.includes("starting the nodes")) process.kill(pid, "SIGINT");
    });
    assert.equal(exitCode, 130, stderr);
  });

  it("ends with the node's own code, its log and no stack when a node cannot start", { timeout: 60_000 }, async () => {
    const { exitCode, stderr } = await start(["--data", `mnist:${directory}`]);
    assert.equal(exitCode, 10, stderr);
    assert.match(stderr, /error\[DATA_[A-Z_]+\]/);
    assert.doesNotMatch(stderr, /\n +at /);
  });
});
