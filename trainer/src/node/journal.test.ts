import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { UpdateOpening, VerdictOpening } from "../protocol/commitment.ts";
import { type Journal, newSalt, openJournal } from "./journal.ts";
import { NodeError } from "./nodeError.ts";
import { openNodeKeys } from "./nodeKeys.ts";

const SEED = `0x${"5e".repeat(32)}` as const;
const KEY = { taskId: 3n, round: 5, seed: SEED };
const OWNER = { chainId: 31_337, flContract: "0xAB", account: "0xCD" };
const FOLDER = "31337-0xab-0xcd";
const UPDATE: UpdateOpening = {
  updateDigest: `0x${"11".repeat(32)}`,
  byteLength: 4,
  traceRoot: `0x${"22".repeat(32)}`,
  sampleCount: 320,
  salt: newSalt(),
};
const VERDICT: VerdictOpening = {
  attempt: 1,
  acceptedBitmap: (1n << 255n) | 5n,
  duplicateBitmap: (1n << 254n) | 2n,
  evidence: `0x${"33".repeat(32)}`,
  salt: newSalt(),
};
const BYTES = Uint8Array.of(1, 2, 3, 4);
const refuses = (code: string) => (error: unknown) => error instanceof NodeError && error.code === code;

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-journal-"));
  journal = openJournal(folder, OWNER);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("openJournal", () => {
  it("gives openings and bytes back to another process", async () => {
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES });
    await journal.keepVerdict(KEY, VERDICT);
    const reopened = openJournal(folder, OWNER);
    assert.deepEqual(await reopened.updateOpening(KEY), UPDATE);
    assert.deepEqual(new Uint8Array((await reopened.updateBytes(KEY))!), BYTES);
    assert.deepEqual(await reopened.verdictOpening(KEY, 1), VERDICT);
    assert.equal(await reopened.verdictOpening(KEY, 0), undefined);
    assert.equal(await reopened.updateOpening({ ...KEY, round: 6 }), undefined);
  });
  it("knows nothing of the same round on another chain, for another contract or account, or under another seed", async () => {
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES });
    await journal.keepVerdict(KEY, VERDICT);
    for (const owner of [{ chainId: 1 }, { flContract: "0xEF" }, { account: "0xEF" }]) {
      const other = openJournal(folder, { ...OWNER, ...owner });
      assert.equal(await other.updateOpening(KEY), undefined);
      assert.equal(await other.verdictOpening(KEY, 1), undefined);
    }
    const again = { ...KEY, seed: `0x${"5f".repeat(32)}` as const };
    assert.equal(await journal.updateOpening(again), undefined);
    assert.equal(await journal.verdictOpening(again, 1), undefined);
  });
  it("never replaces an opening: a second salt would make the first commitment a lie", async () => {
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES });
    await journal.keepUpdate(KEY, { ...UPDATE, salt: newSalt() }, { bytes: BYTES });
    assert.equal((await journal.updateOpening(KEY))?.salt, UPDATE.salt);
    await journal.keepVerdict(KEY, VERDICT);
    await journal.keepVerdict(KEY, { ...VERDICT, salt: newSalt() });
    assert.equal((await journal.verdictOpening(KEY, 1))?.salt, VERDICT.salt);
  });
  it("keeps a plant's salt as it keeps an opening, and forgets it with the round", async () => {
    const salt = newSalt();
    await journal.keepPlant(KEY, salt);
    await journal.keepPlant(KEY, newSalt());
    assert.equal(await openJournal(folder, OWNER).plantSalt(KEY), salt);
    assert.equal(await journal.plantSalt({ ...KEY, round: 6 }), undefined);
    await journal.forgetBefore({ ...KEY, round: 6 });
    assert.equal(await journal.plantSalt(KEY), undefined);
  });
  it("keeps its records from other users of the machine", async () => {
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES });
    const own = join(folder, FOLDER);
    for (const name of await readdir(own)) assert.equal((await stat(join(own, name))).mode & 0o077, 0, name);
  });
  it("leaves no half-written file behind", async () => {
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES });
    const names = ["3-5-5e5e5e5e5e5e5e5e-update.json", "3-5-5e5e5e5e5e5e5e5e-update.safetensors"];
    assert.deepEqual((await readdir(join(folder, FOLDER))).sort(), names);
  });
  it("refuses a torn record instead of treating the round as new", async () => {
    const record = join(folder, FOLDER, "3-5-5e5e5e5e5e5e5e5e-update.json");
    await mkdir(join(folder, FOLDER));
    await writeFile(record, '{"updateDigest":"0x1');
    await assert.rejects(journal.updateOpening(KEY), refuses("NODE_JOURNAL_MALFORMED"));
    await writeFile(record, "{}");
    await assert.rejects(journal.updateOpening(KEY), refuses("NODE_JOURNAL_MALFORMED"));
  });
  it("forgets earlier rounds of the same task and nothing else", async () => {
    await journal.keepUpdate({ ...KEY, round: 4 }, UPDATE, { bytes: BYTES });
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES });
    await journal.keepVerdict({ taskId: 4n, round: 1, seed: SEED }, VERDICT);
    await journal.forgetBefore(KEY);
    assert.equal(await journal.updateOpening({ ...KEY, round: 4 }), undefined);
    assert.deepEqual(await journal.updateOpening(KEY), UPDATE);
    assert.deepEqual(await journal.verdictOpening({ taskId: 4n, round: 1, seed: SEED }, 1), VERDICT);
  });
  it("gives what an update lost to the next round's, whenever that comes, and to no other task's", async () => {
    const residual = Float32Array.of(0.5, -3e-41, -0);
    await journal.keepUpdate({ ...KEY, round: 4 }, UPDATE, { bytes: BYTES, residual: Float32Array.of(1, 2, 3) });
    await journal.keepUpdate(KEY, UPDATE, { bytes: BYTES, residual });
    assert.equal(await journal.residualBefore({ ...KEY, round: 4 }, 3), undefined);
    await journal.forgetBefore({ ...KEY, round: 9 });
    assert.equal(await journal.updateOpening(KEY), undefined);
    const kept = await openJournal(folder, OWNER).residualBefore({ ...KEY, round: 10 }, 3);
    assert.deepEqual([kept?.round, kept?.values], [5, residual]);
    assert.ok(kept?.isOf(KEY.seed) && !kept.isOf(`0x${"5f".repeat(32)}`));
    assert.equal(await journal.residualBefore({ ...KEY, taskId: 4n, round: 10 }, 3), undefined);
    await assert.rejects(journal.residualBefore({ ...KEY, round: 10 }, 4), refuses("NODE_JOURNAL_MALFORMED"));
  });
  it("says which path failed when the disk refuses", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await assert.rejects(
      openJournal(file, OWNER).keepUpdate(KEY, UPDATE, { bytes: BYTES }),
      refuses("NODE_DISK_FAILED"),
    );
  });
});

describe("sayOnce", () => {
  it("takes the same again, and refuses another version, also for another process", async () => {
    const [one, other] = [newSalt(), newSalt()];
    await journal.sayOnce(KEY, "update", one);
    await journal.sayOnce(KEY, "update", one);
    const reopened = openJournal(folder, OWNER);
    await assert.rejects(reopened.sayOnce(KEY, "update", other), refuses("NODE_EQUIVOCATION_REFUSED"));
    await reopened.sayOnce(KEY, "verdict-0", other);
    await reopened.sayOnce({ ...KEY, seed: `0x${"6f".repeat(32)}` }, "update", other); // another chain's round
    await reopened.forgetBefore({ ...KEY, round: KEY.round + 1 });
    assert.deepEqual(await readdir(join(folder, FOLDER)), [], "over with its round");
  });
});

describe("openNodeKeys", () => {
  it("makes two different keys once and reads them afterwards", async () => {
    const keys = await openNodeKeys(folder);
    assert.notDeepEqual(keys.peer, keys.sealing);
    assert.deepEqual(await openNodeKeys(folder), keys);
  });
  it("never replaces a damaged key", async () => {
    await writeFile(join(folder, "peer.key"), "0x12\n");
    await assert.rejects(openNodeKeys(folder), refuses("NODE_KEYS_MALFORMED"));
  });
});
