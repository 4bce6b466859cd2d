/** Tests the clock, the estimate, the state and the journal that a tab's loop is made of. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileRef } from "@cairn/trainer/protocol/fileRef";
import type { Hex } from "@cairn/trainer/protocol/hex";
import { createJournal, newSalt } from "../store/journal.ts";
import { openNodeKeys } from "../store/nodeKeys.ts";
import { lockTab } from "../tabLock.ts";
import { createMemoryDatabase } from "../testing/memoryDatabase.ts";
import { createChainClock } from "./chainClock.ts";
import { neededSeconds, shortBySeconds } from "./estimate.ts";
import type { TrainingEvent } from "./trainingEvent.ts";
import { INITIAL_STATE, owesReveal, reduceTraining } from "./trainingState.ts";

describe("createChainClock", () => {
  it("goes on between blocks by what has passed here, and takes the chain's word at each new one", () => {
    let nowMs = 5_000_000; // whatever the machine believes
    const clock = createChainClock(() => nowMs);
    assert.equal(clock.seconds(), undefined);
    clock.hear({ number: 7n, timestamp: 1_000n });
    nowMs += 2_500;
    clock.hear({ number: 7n, timestamp: 1_000n }); // the same block, asked for again
    assert.equal(clock.seconds(), 1_002.5);
    clock.hear({ number: 8n, timestamp: 1_012n });
    assert.equal(clock.seconds(), 1_012);
  });
});

describe("neededSeconds", () => {
  it("is half more than measured, and twelve seconds for everything else", () => {
    assert.equal(neededSeconds({ localSteps: 500, stepsPerSecond: 50 }), 27); // 1.5 · 500 / 50 + 12
    assert.equal(shortBySeconds({ localSteps: 500, stepsPerSecond: 50 }, { deadline: 100, now: 80 }), 7);
  });
});

describe("reduceTraining", () => {
  const phase = (round: number, name: "Commit" | "Reveal"): TrainingEvent => {
    return { type: "phase", round, phase: name, deadline: 90, committed: false, revealed: false };
  };
  const after = (...events: readonly TrainingEvent[]) => events.reduce(reduceTraining, INITIAL_STATE);
  const DEVICE = { kind: "wasm", threads: 1 } as const;
  const trained = { type: "trained", round: 1, digest: "0xd1", loss: 0.4, seconds: 2, device: DEVICE } as const;

  it("owes a reveal from the commitment until the opening", () => {
    const committed = [phase(1, "Commit"), trained, { type: "committed", round: 1 }] as const;
    assert.equal(owesReveal(after(...committed)), true);
    assert.equal(owesReveal(after(...committed, phase(1, "Reveal"))), true);
    assert.equal(owesReveal(after(...committed, phase(1, "Reveal"), { type: "revealed", round: 1 })), false);
  });

  it("begins a new round with nothing of the last but its line in the list", () => {
    const state = after(
      phase(1, "Commit"),
      { type: "training", round: 1, localSteps: 10 },
      { type: "progress", progress: { step: 5, loss: 1, meanLoss: 1 } },
      trained,
      { type: "kept", round: 1 },
      { type: "over", round: 1, outcome: "accepted" },
      phase(2, "Commit"),
    );
    assert.deepEqual(state.curve, []);
    assert.equal(state.isKept, false);
    const { loss, seconds, digest } = trained;
    assert.deepEqual(state.past, [{ round: 1, outcome: "accepted", loss, seconds, digest, device: DEVICE }]);
  });

  it("knows after a reload that the round's commitment is out", () => {
    const state = after({ type: "phase", round: 4, phase: "Reveal", deadline: 9, committed: true, revealed: false });
    assert.equal(state.step, "committed");
    assert.equal(owesReveal(state), true);
  });

  it("begins the curve anew when the processor takes over from a card, and says why", () => {
    const progress = { type: "progress", progress: { step: 5, loss: 1, meanLoss: 1 } } as const;
    const notice = { code: "ENGINE_DEVICE_LOST", message: "unplugged" };
    const state = after(phase(1, "Commit"), progress, { type: "fellBack", notice });
    assert.deepEqual([state.curve, state.fellBack], [[], notice]);
  });

  it("thins a curve that grows without end, and keeps its last point", () => {
    const points = Array.from({ length: 5_000 }, (_, i): TrainingEvent => {
      return { type: "progress", progress: { step: i + 1, loss: 1, meanLoss: i } };
    });
    const { curve } = after({ type: "training", round: 1, localSteps: 5_000 }, ...points);
    assert.ok(curve.length <= 400, `${curve.length} points`);
    assert.equal(curve.at(-1)?.step, 5_000);
  });
});

describe("createJournal", () => {
  const update = Uint8Array.of(9, 8, 7);
  const made = async (salt: Hex) => {
    const { digest: updateDigest, byteLength } = await fileRef(update);
    const opening = { updateDigest, byteLength, traceRoot: salt, sampleCount: 3, salt };
    const where = { chainId: 1, flContract: "0xAA", trainer: "0xBB", taskId: 5n, round: 1, roundSeed: "0x01" } as const;
    return { ...where, opening, update };
  };

  it("never replaces an opening", async () => {
    const journal = createJournal(createMemoryDatabase());
    const first = await made(newSalt());
    await journal.keep(first);
    const second = await journal.keep(await made(newSalt()));
    assert.equal(second.opening.salt, first.opening.salt);
  });

  it("keeps accounts, chains and rounds of another seed apart", async () => {
    const journal = createJournal(createMemoryDatabase());
    const kept = await journal.keep(await made(newSalt()));
    assert.equal(await journal.find({ ...kept, roundSeed: "0x02" }), undefined);
    assert.equal(await journal.find({ ...kept, chainId: 2 }), undefined);
    assert.deepEqual(await journal.list({ ...kept, trainer: "0xCC" }), []);
    assert.equal((await journal.list({ ...kept, trainer: "0xbb" })).length, 1, "however an address is written");
  });

  it("refuses an update that the disk has spoilt", async () => {
    const database = createMemoryDatabase();
    const journal = createJournal(database);
    const kept = await journal.keep(await made(newSalt()));
    await database.put("openings", "1/0xaa/0xbb/5/1/0x01", { ...kept, update: Uint8Array.of(9, 8, 6) });
    await assert.rejects(journal.find(kept), { code: "TRAIN_OPENING_MISSING" });
  });
});

describe("openNodeKeys", () => {
  it("makes an account's keys once", async () => {
    const database = createMemoryDatabase();
    const keys = await openNodeKeys(database, "0xAb");
    assert.deepEqual(await openNodeKeys(database, "0xaB"), keys);
    assert.notDeepEqual((await openNodeKeys(database, "0xcd")).peer, keys.peer);
  });
});

describe("lockTab", () => {
  it("lets one in, and the next once it is gone", async () => {
    const lock = await lockTab("cairn-test");
    await assert.rejects(lockTab("cairn-test"), { code: "TRAIN_OTHER_TAB" });
    lock.release();
    await new Promise((resolve) => setTimeout(resolve, 5));
    (await lockTab("cairn-test")).release();
  });
});
