import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keccak256, stringToBytes } from "viem";
import { RelayError } from "./relayError.ts";
import { openRelayStore, seedStartOf } from "./relayStore.ts";

const WORD = keccak256(stringToBytes("a word"));
const TRAINER = "0x00000000000000000000000000000000000000f1";
const owner = { chainId: 31_337, flContract: TRAINER, account: TRAINER };
const key = { taskId: 3n, round: 7, seed: WORD };
const entry = { trainer: TRAINER, commitment: WORD, slot: 2, r: WORD, vs: WORD } as const;

describe("openRelayStore", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cairn-relay-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("gives another process what was kept, and forgets a round at once", async () => {
    assert.deepEqual(await openRelayStore(folder, owner).rounds(), [], "nothing yet");
    await openRelayStore(folder, owner).keep(key, entry);
    const again = openRelayStore(folder, owner);
    const round = { taskId: 3n, round: 7, seedStart: seedStartOf(WORD), entries: [entry] };
    assert.deepEqual(await again.rounds(), [round]);
    assert.deepEqual(await openRelayStore(folder, { ...owner, chainId: 1 }).rounds(), [], "of another chain");
    await again.forget(round);
    assert.deepEqual(await again.rounds(), []);
  });

  it("passes over what a crash left half written, and refuses a damaged entry", async () => {
    const store = openRelayStore(folder, owner);
    await store.keep(key, entry);
    const [parent] = await readdir(folder);
    const [name] = await readdir(join(folder, parent!));
    const round = join(folder, parent!, name!);
    await writeFile(join(round, `${TRAINER.toLowerCase()}.json.77.tmp`), "{");
    assert.equal((await store.rounds())[0]?.entries.length, 1);
    await writeFile(join(round, `${TRAINER.toLowerCase()}.json`), JSON.stringify({ ...entry, r: "0x12" }));
    await assert.rejects(
      store.rounds(),
      (error: unknown) => error instanceof RelayError && error.code === "RELAY_RECORD_MALFORMED",
    );
  });
});
