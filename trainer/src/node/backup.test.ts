import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { UpdateOpening, VerdictOpening } from "../protocol/commitment.ts";
import { exportNode, isBackup, restoreNode } from "./backup.ts";
import { inspectNode } from "./inspection.ts";
import { newSalt, openJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { NodeError } from "./nodeError.ts";
import { openNodeKeys } from "./nodeKeys.ts";

const OWNER = { chainId: 31_337, flContract: `0x${"Ab".repeat(20)}`, account: `0x${"cD".repeat(20)}` };
const KEY = { taskId: 4n, round: 9, seed: `0x${"17".repeat(32)}` } as const;
const NOW_MS = Date.UTC(2026, 10, 27);
const DIGEST = `0x${"aa".repeat(32)}` as const;

const update = (): UpdateOpening => ({
  ...{ updateDigest: DIGEST, byteLength: 3, traceRoot: DIGEST, sampleCount: 1, salt: newSalt() },
});
const verdict = (): VerdictOpening => ({ attempt: 1, acceptedBitmap: 3n, evidence: DIGEST, salt: newSalt() });
const refuses = (code: string) => (error: unknown) => error instanceof NodeError && error.code === code;

let folder: string;
let node: string;
let copy: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-backup-"));
  [node, copy] = [join(folder, "node"), join(folder, "copies", "copy")];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** @returns the openings that it keeps */
async function fill(): Promise<{ readonly update: UpdateOpening; readonly verdict: VerdictOpening }> {
  await openNodeKeys(node);
  const journal = openJournal(join(node, "journal"), OWNER);
  const openings = { update: update(), verdict: verdict() };
  await journal.keepUpdate(KEY, openings.update, { bytes: new Uint8Array([1, 2, 3]) });
  await journal.keepVerdict(KEY, openings.verdict);
  await journal.keepUpdate({ ...KEY, round: 10 }, update(), { bytes: new Uint8Array([4]) });
  return openings;
}

describe("exportNode and restoreNode", () => {
  it("give a node back what it must not lose, also when it runs meanwhile", async () => {
    const openings = await fill();
    const keys = await openNodeKeys(node);
    const lock = await lockFolder(node);
    await exportNode(node, copy, NOW_MS);
    await lock.release();
    const restored = join(folder, "restored");
    const { exportedAt, files } = await restoreNode(copy, restored);
    assert.equal(exportedAt, "2026-11-27T00:00:00.000Z");
    assert.equal(files.length, 7, "two keys, two updates with their bytes, a verdict");
    assert.deepEqual(await openNodeKeys(restored), keys);
    const journal = openJournal(join(restored, "journal"), OWNER);
    assert.deepEqual(await journal.updateOpening(KEY), openings.update);
    assert.deepEqual(await journal.updateBytes(KEY), Buffer.from([1, 2, 3]));
    assert.equal((await journal.verdictOpening(KEY, 1))?.salt, openings.verdict.salt);
    assert.deepEqual(await readdir(restored), ["journal", "peer.key", "sealing.key"], "no lock, no list");
  });

  it("copy only what is whole: no lock, no half-written record, no content", async () => {
    await fill();
    const owner = join(node, "journal", (await readdir(join(node, "journal")))[0]!);
    await writeFile(join(owner, "4-11-1717171717171717-update.json.77.tmp"), "{");
    await mkdir(join(node, "content"));
    await (await lockFolder(node)).release();
    const { files } = await exportNode(node, copy, NOW_MS);
    assert.deepEqual(
      files.filter(({ name }) => /tmp|lock|content/.test(name)),
      [],
    );
  });

  it("refuse to overwrite anything", async () => {
    await fill();
    await exportNode(node, copy, NOW_MS);
    await assert.rejects(exportNode(node, copy, NOW_MS), refuses("NODE_FOLDER_IN_USE"));
    await assert.rejects(restoreNode(copy, node), refuses("NODE_FOLDER_IN_USE"));
    const lock = await lockFolder(join(folder, "busy"));
    await assert.rejects(restoreNode(copy, join(folder, "busy")), refuses("NODE_ALREADY_RUNNING"));
    await lock.release();
  });

  it("refuse a copy that was broken off, spoilt, or names a file elsewhere, and write nothing of it", async () => {
    await fill();
    const { files } = await exportNode(node, copy, NOW_MS);
    const into = join(folder, "restored");
    const manifest = join(copy, "backup.json");
    const good = await readFile(manifest, "utf8");
    for (const bad of [
      "",
      "{}",
      good.replace("peer.key", "../peer.key"),
      good.replace(/"sha256": "./, '"sha256": "x'),
    ]) {
      await writeFile(manifest, bad);
      await assert.rejects(restoreNode(copy, into), refuses("NODE_BACKUP_MALFORMED"));
    }
    await writeFile(manifest, good);
    await truncate(join(copy, files.at(-1)!.name), 1);
    await assert.rejects(restoreNode(copy, into), refuses("NODE_BACKUP_MALFORMED"));
    await rm(manifest);
    await assert.rejects(restoreNode(copy, into), refuses("NODE_BACKUP_MALFORMED"));
    assert.deepEqual(await readdir(into).catch(() => []), []);
  });

  it("let no node run from a copy, and copy nothing where there is no node", async () => {
    await fill();
    await exportNode(node, copy, NOW_MS);
    assert.ok(isBackup(copy), "it is known as a copy");
    await assert.rejects(openNodeKeys(copy), refuses("NODE_FOLDER_IS_BACKUP"));
    await assert.rejects(exportNode(join(folder, "nothing"), join(folder, "c"), NOW_MS), refuses("NODE_BACKUP_EMPTY"));
  });
});

describe("inspectNode", () => {
  it("tells what is kept, and no secret of it", async () => {
    const openings = await fill();
    const owner = join(node, "journal", (await readdir(join(node, "journal")))[0]!);
    await truncate(join(owner, "4-10-1717171717171717-update.json"), 10);
    await writeFile(join(owner, "4-11-1717171717171717-update.json.77.tmp"), "{");
    const lock = await lockFolder(node);
    const inspection = await inspectNode(node);
    await lock.release();
    assert.equal(inspection.runningPid, process.pid);
    assert.deepEqual(inspection.keys, ["peer.key", "sealing.key"]);
    const [journal] = inspection.journals;
    assert.equal(journal?.account, OWNER.account.toLowerCase());
    assert.deepEqual(
      journal?.rounds.map(({ task, round, update: state, verdicts }) => [task, round, state, verdicts]),
      [
        ["4", 9, "salt kept", [{ attempt: 1, state: "salt kept" }]],
        ["4", 10, "torn", []],
      ],
    );
    assert.equal(inspection.leftovers.length, 1);
    assert.ok(inspection.sizes.journalBytes > 100, "sizes are told");
    const told = JSON.stringify(inspection);
    for (const secret of [openings.update.salt, openings.verdict.salt]) assert.ok(!told.includes(secret.slice(2)));
  });

  it("tells of an empty folder, and of none", async () => {
    const { journals, keys, runningPid } = await inspectNode(join(folder, "nowhere"));
    assert.deepEqual([journals, keys, runningPid], [[], [], undefined]);
  });
});
