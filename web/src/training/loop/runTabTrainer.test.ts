/** Tests the order of a tab's round, and that nothing is lost or asked twice, whatever happens in between. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileRef } from "@cairn/trainer/protocol/fileRef";
import type { Hex } from "@cairn/trainer/protocol/hex";
import { packageCommitment } from "@cairn/trainer/protocol/revealPackage";
import { createJournal } from "../store/journal.ts";
import { createMemoryDatabase } from "../testing/memoryDatabase.ts";
import { ACCOUNT, createScriptedChain, FL_CONTRACT, SLOT } from "../testing/scriptedChain.ts";
import { createChainClock } from "./chainClock.ts";
import { runTabTrainer } from "./runTabTrainer.ts";
import type { TabTrainer, TrainingWrite } from "./tabTrainer.ts";
import type { TrainingEvent } from "./trainingEvent.ts";

const UPDATE = Uint8Array.of(1, 2, 3, 4, 5);
const DEVICE = { kind: "wasm", threads: 1 } as const;
const TRACE_ROOT = `0x${"7a".repeat(32)}` as Hex;

/** A tab over a scripted chain. `log` holds what happened in order: storage, node, wallet. */
function tab(changes: Partial<TabTrainer> = {}) {
  const { chain, state } = createScriptedChain();
  const database = createMemoryDatabase();
  const log: string[] = [];
  const events: TrainingEvent[] = [];
  const sent: TrainingWrite[] = [];
  const stop = new AbortController();
  const finish = new AbortController();
  const journal = createJournal({
    ...database,
    add: async (...args) => {
      log.push("disk");
      return database.add(...args);
    },
  });
  const wallet = { answer: async (): Promise<"included" | "declined"> => "included" };
  const trainings = { count: 0 };
  const base: TabTrainer = {
    ...{ chain, journal, account: ACCOUNT, taskId: 3n, modelId: 1n, pollingMs: 1 },
    clock: createChainClock(() => 0),
    work: { localSteps: 100, stepsPerSecond: 100 },
    engine: {
      stateOf: async () => undefined,
      async train(_input, onProgress) {
        trainings.count++;
        onProgress({ step: 50, loss: 1, meanLoss: 1.5 });
        const { digest } = await fileRef(UPDATE);
        return { bytes: UPDATE, digest, traceRoot: TRACE_ROOT, sampleCount: 40, loss: 0.5, seconds: 1, device: DEVICE };
      },
    },
    fetchContent: async () => new Uint8Array(10),
    publish: async () => void log.push("node"),
    async send(write) {
      log.push(write.functionName);
      sent.push(write);
      const answer = await wallet.answer();
      if (answer === "included" && write.functionName === "commitUpdate") state.committed = true;
      if (answer === "included" && write.functionName === "revealUpdate") state.revealed = true;
      return answer;
    },
    emit: (event) => events.push(event),
    pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
    mayAskAgain: () => false,
    ...{ signal: stop.signal, finish: finish.signal },
  };
  const trainer: TabTrainer = { ...base, ...changes };
  return { trainer, state, log, events, sent, stop, finish, journal, wallet, trainings };
}

/** Waits for what a running loop brings about. */
async function until(is: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (is()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("it did not come");
}

const has = (events: readonly TrainingEvent[], type: TrainingEvent["type"]) => () =>
  events.some((e) => e.type === type);

const KEY = {
  ...{ chainId: 31_337, flContract: FL_CONTRACT, taskId: 3n, round: 1, trainer: ACCOUNT },
  roundSeed: `0x${"5e".repeat(32)}` as Hex,
};

describe("runTabTrainer", () => {
  it("writes salt and update to disk, hands the update over, and only then asks for the commitment", async () => {
    const { trainer, state, log, events, sent, stop, journal } = tab();
    const running = runTabTrainer(trainer);
    await until(has(events, "committed"));
    assert.deepEqual(log, ["disk", "node", "commitUpdate"]);
    const kept = await journal.find(KEY);
    assert.ok(kept, "it is in the journal");
    assert.deepEqual(sent[0], { functionName: "commitUpdate", args: [3n, packageCommitment(kept)] });

    state.phase = "Reveal";
    await until(has(events, "revealed"));
    assert.deepEqual(sent[1], { functionName: "revealUpdate", args: [3n, kept.opening] });
    assert.equal(kept.opening.traceRoot, TRACE_ROOT);

    state.phase = "Final";
    state.acceptedBitmap = 1n << BigInt(SLOT);
    await until(has(events, "over"));
    assert.deepEqual(
      events.find(({ type }) => type === "over"),
      { type: "over", round: 1, outcome: "accepted" },
    );
    assert.equal(await journal.find(KEY), undefined, "an opening that is public is not kept");
    stop.abort();
    await running;
  });

  it("goes on after the tab was killed between disk and wallet: the same commitment, no second training", async () => {
    const first = tab();
    first.wallet.answer = () => new Promise(() => {}); // the wallet hangs, and the tab is closed
    const running = runTabTrainer(first.trainer);
    await until(() => first.sent.length === 1);
    first.stop.abort();
    await running;

    const second = tab({ journal: first.journal });
    const again = runTabTrainer(second.trainer);
    await until(has(second.events, "committed"));
    assert.deepEqual(second.sent[0], first.sent[0]);
    assert.equal(second.trainings.count, 0);
    second.stop.abort();
    await again;
  });

  it("refuses to begin what cannot be over before the deadline, and says by how much", async () => {
    const { trainer, events, stop, trainings, log } = tab({ work: { localSteps: 10_000, stepsPerSecond: 100 } });
    const running = runTabTrainer(trainer);
    await until(has(events, "tooLate"));
    stop.abort();
    await running;
    assert.equal(trainings.count, 0);
    assert.deepEqual(log, []);
    const late = events.filter(({ type }) => type === "tooLate");
    assert.deepEqual(late, [{ type: "tooLate", round: 1, neededSeconds: 162, leftSeconds: 60 }], "said once a round");
  });

  it("takes a no for an answer until the visitor wants to be asked again", async () => {
    let wants = false;
    const { trainer, events, sent, stop, wallet, trainings } = tab({
      mayAskAgain: () => {
        const may = wants;
        wants = false;
        return may;
      },
    });
    wallet.answer = async () => "declined";
    const running = runTabTrainer(trainer);
    await until(has(events, "declined"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(sent.length, 1, "not asked twice");
    wallet.answer = async () => "included";
    wants = true;
    await until(has(events, "committed"));
    assert.equal(trainings.count, 1);
    stop.abort();
    await running;
  });

  it("finishes: opens what is committed, takes on nothing new, then stops", async () => {
    const { trainer, state, events, finish, sent } = tab();
    const running = runTabTrainer(trainer);
    await until(has(events, "committed"));
    finish.abort();
    state.phase = "Reveal";
    await running;
    assert.deepEqual(
      sent.map(({ functionName }) => functionName),
      ["commitUpdate", "revealUpdate"],
    );
    assert.deepEqual(events.at(-1), { type: "stopped", reason: "finished" });
  });

  it("calls a training off when the round's commit phase ends without it", async () => {
    const { trainer, state, events, stop, sent } = tab({
      engine: {
        stateOf: async () => undefined,
        train: (_input, _onProgress, signal) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true })),
      },
    });
    const running = runTabTrainer(trainer);
    await until(has(events, "training"));
    state.phase = "Reveal";
    await until(() => events.some((event) => event.type === "phase" && event.phase === "Reveal"));
    Object.assign(state, { round: 2, phase: "Commit" });
    await until(() => events.some((event) => event.type === "training" && event.round === 2));
    assert.deepEqual(sent, []);
    stop.abort();
    await running;
  });

  it("says that a commitment's salt is not here, and opens it once the package was brought", async () => {
    let brought = false;
    const made = tab();
    const { digest } = await fileRef(UPDATE);
    const opening = { updateDigest: digest, byteLength: 5, traceRoot: TRACE_ROOT, sampleCount: 4, salt: TRACE_ROOT };
    Object.assign(made.state, { committed: true, phase: "Reveal" });
    const trainer: TabTrainer = { ...made.trainer, mayAskAgain: () => brought };
    const running = runTabTrainer(trainer);
    await until(has(made.events, "openingMissing"));
    await made.journal.keep({ ...KEY, opening, update: UPDATE });
    brought = true;
    await until(has(made.events, "revealed"));
    assert.deepEqual(made.sent[0], { functionName: "revealUpdate", args: [3n, opening] });
    made.stop.abort();
    await running;
  });

  it("stays alive while the RPC is down, and goes on", async () => {
    const { trainer, state, events, stop } = tab();
    state.isDown = true;
    const running = runTabTrainer(trainer);
    await until(has(events, "problem"));
    state.isDown = false;
    await until(has(events, "committed"));
    stop.abort();
    await running;
  });
});
