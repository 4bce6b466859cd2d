import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { StartError } from "../startError.ts";
import { createSupervisor, type RunningProcess, type Supervisor } from "./supervisor.ts";

const directory = mkdtempSync(join(tmpdir(), "cairn-supervisor-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const FOREVER = "setInterval(() => {}, 1000);";

/** Starts `script` and waits for the first line that it prints. */
async function started(
  supervisor: Supervisor,
  script: string,
  mayEnd?: () => boolean,
): Promise<{ child: RunningProcess; line: string }> {
  let heard: (line: string) => void = () => {};
  const first = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const child = supervisor.start({
    name: "subject",
    program: ["-e", script],
    cwd: directory,
    logFile: join(directory, `${crypto.randomUUID()}.log`),
    onLine: (line) => heard(line),
    ...(mayEnd === undefined ? {} : { mayEnd }),
  });
  return { child, line: await first };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when `pid` is gone; the test runner's own timeout bounds it. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

describe("createSupervisor", () => {
  it("hands over the lines and keeps both streams in the log", async () => {
    const supervisor = createSupervisor();
    const { child, line } = await started(supervisor, `console.error("aside"); console.log("hello"); ${FOREVER}`);
    await supervisor.stop();
    assert.equal(line, "hello");
    assert.deepEqual(readFileSync(child.logFile, "utf8").trim().split("\n").sort(), ["aside", "hello"]);
  });

  it("ends a process by SIGTERM when it listens", async () => {
    const supervisor = createSupervisor();
    const script = `process.on("SIGTERM", () => process.exit(0)); console.log("up"); ${FOREVER}`;
    const { child } = await started(supervisor, script);
    await supervisor.stop();
    assert.deepEqual(await child.ended, { exitCode: 0, signal: null });
  });

  it("insists when a process wants to finish something first", async () => {
    const supervisor = createSupervisor();
    const script = `let asked = 0;
      process.on("SIGTERM", () => { asked += 1; if (asked === 2) process.exit(0); }); console.log("up"); ${FOREVER}`;
    const { child } = await started(supervisor, script);
    await supervisor.stop();
    assert.deepEqual(await child.ended, { exitCode: 0, signal: null });
  });

  it("kills a process when it ignores SIGTERM", async () => {
    const supervisor = createSupervisor();
    const { child } = await started(supervisor, `process.on("SIGTERM", () => {}); console.log("up"); ${FOREVER}`);
    await supervisor.stop({ graceMs: 50 });
    assert.deepEqual(await child.ended, { exitCode: null, signal: "SIGKILL" });
  });

  it("takes grandchildren along when it stops", async () => {
    const supervisor = createSupervisor();
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(FOREVER)}]);
      console.log(child.pid); ${FOREVER}`;
    const { line } = await started(supervisor, script);
    assert.equal(isAlive(Number(line)), true, "the grandchild runs");
    await supervisor.stop();
    await gone(Number(line));
  });

  it("names the process, its exit code, its own error code and the end of its log when it fails", async () => {
    const supervisor = createSupervisor();
    const error = JSON.stringify({ event: "error", code: "DATA_NOT_FOUND", message: "no such folder" });
    await started(supervisor, `console.log(${JSON.stringify(error)}); process.exitCode = 10;`);
    await assert.rejects(supervisor.failure, (failure) => {
      assert.ok(failure instanceof StartError && failure.detail.code === "START_PROCESS_FAILED");
      assert.equal(failure.detail.process, "subject");
      assert.equal(failure.detail.exitCode, 10);
      assert.equal(failure.detail.reported, "DATA_NOT_FOUND");
      assert.equal(failure.detail.logTail, error);
      return true;
    });
  });

  it("does not call it a failure when the process was asked to end", async () => {
    const supervisor = createSupervisor();
    await started(supervisor, `console.log("up"); ${FOREVER}`);
    await supervisor.stop();
    const winner = await Promise.race([supervisor.failure.catch(() => "failed"), Promise.resolve("quiet")]);
    assert.equal(winner, "quiet");
  });

  it("does not call it a failure when a process that may end does so with exit code 0", async () => {
    const supervisor = createSupervisor();
    const { child } = await started(supervisor, `console.log("up");`, () => true);
    await child.ended;
    const other = await started(supervisor, `console.log("up"); process.exitCode = 3;`, () => true);
    await other.child.ended;
    await assert.rejects(supervisor.failure, { message: /exit code 3/ });
  });

  it("leaves nothing behind when its own process is killed outright", async () => {
    const module = new URL("./supervisor.ts", import.meta.url).href;
    const script = `
      import { createSupervisor } from ${JSON.stringify(module)};
      const child = createSupervisor().start({
        name: "orphan", program: ["-e", ${JSON.stringify(`console.log("up"); ${FOREVER}`)}], cwd: ".",
        logFile: ${JSON.stringify(join(directory, "orphan.log"))}, onLine: () => console.log(child.pid),
      });`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [chunk] = await once(parent.stdout, "data");
    const pid = Number(String(chunk));
    assert.equal(isAlive(pid), true, "the child runs");
    parent.kill("SIGKILL");
    await gone(pid);
  });
});
