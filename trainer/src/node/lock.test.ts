import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { lockFolder } from "./lock.ts";
import { NodeError } from "./nodeError.ts";

/** Elsewhere the number alone tells. */
const KNOWS_STARTS = process.platform === "linux";

describe("lockFolder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cairn-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const record = (): string => join(folder, "node.lock");

  it("refuses a folder that a living process holds", async () => {
    const holder = await lockFolder(folder);
    assert.deepEqual(await readdir(folder), ["node.lock"], "nothing lies beside it");
    await assert.rejects(lockFolder(folder), isRunning);
    await holder.release();
    await (await lockFolder(folder)).release();
  });

  it("takes the folder when the holder's number belongs to another program now", { skip: !KNOWS_STARTS }, async () => {
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
    try {
      await once(other, "spawn");
      const holder = await lockFolder(folder);
      const [, ...start] = (await readFile(record(), "utf8")).split(" ");
      await holder.release();
      await writeFile(record(), `${other.pid} ${start.join(" ")}`);
      await (await lockFolder(folder)).release();
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("takes the folder when its holder died, and when the record holds nothing", async () => {
    const other = spawn(process.execPath, ["-e", ""]);
    await once(other, "exit");
    for (const left of [`${other.pid}\n`, "", "not a number"]) {
      await writeFile(record(), left);
      await (await lockFolder(folder)).release();
    }
  });

  it("gives the folder to one of many that ask at once", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const given = asked.filter(({ status }) => status === "fulfilled");
    assert.equal(given.length, 1, "locks that were given");
    for (const answer of asked) if (answer.status === "rejected") assert.ok(isRunning(answer.reason));
  });
});

function isRunning(error: unknown): boolean {
  return error instanceof NodeError && error.code === "NODE_ALREADY_RUNNING";
}
