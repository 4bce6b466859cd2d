import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "cairn-main-"));
after(() => rmSync(home, { recursive: true, force: true }));

/** Runs the command as a process of its own; `stdin` is closed after what is given. */
function cairn(args: readonly string[], { stdin = "", closeStdout = false, closeStderr = false } = {}) {
  const env = { PATH: process.env.PATH, HOME: home };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: home, env });
  const out: Record<"stdout" | "stderr", string> = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    out.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    out.stderr += chunk;
  });
  if (closeStdout) child.stdout.destroy();
  if (closeStderr) child.stderr.destroy();
  child.stdin.end(stdin);
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, ...out }));
  });
}

describe("the process", () => {
  it("prints the version on stdout and ends with 0", async () => {
    const { code, stdout, stderr } = await cairn(["--version"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("ends with the error's exit code and keeps stdout empty", async () => {
    const { code, stdout, stderr } = await cairn(["status"]);
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(stderr, /^error\[CONFIG_NETWORK_MISSING\] .*\nnext: /);
  });

  it("reads a password from stdin, and never asks where there is no terminal", async () => {
    const made = await cairn(["keys", "new", "--password-stdin", "--fast-scrypt"], { stdin: "secret\n" });
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^0x[0-9a-fA-F]{40}\n$/);
    const asked = await cairn(["keys", "new", "other"]);
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /CLI_INPUT_NEEDED.*\nnext: .*/);
  });

  it("ends quietly when the reader of its output has gone", async () => {
    const { stderr } = await cairn(["errors"], { closeStdout: true });
    assert.equal(stderr, "");
  });

  it("keeps what is learnt when the reader of a training's events has gone", async () => {
    writeFileSync(join(home, "t.csv"), `x,kind\n${"1,a\n2,b\n".repeat(20)}`);
    const plan = "architecture: linear\noptimiser: { type: sgd, learningRate: 0.1, momentum: 0 }\nbatchSize: 1\n";
    writeFileSync(join(home, "p.yaml"), `${plan}steps: 1000000000\ndata: csv:t.csv\n`);
    const { code, stderr } = await cairn(["train", "--plan", "p.yaml", "--json"], { closeStdout: true });
    assert.equal(code, 130);
    assert.match(stderr, /stopped after step \d+ .*; the checkpoint is written/);
    assert.deepEqual(readdirSync(join(home, "runs", "p")).sort(), ["checkpoints", "log.jsonl", "run.json"]);
  });

  it("goes on when nobody reads its talk any more", async () => {
    const { code, stdout } = await cairn(["data", "inspect", "csv:t.csv", "--json"], { closeStderr: true });
    assert.equal(code, 0);
    assert.match(stdout, /"ok":true/);
  });
});
