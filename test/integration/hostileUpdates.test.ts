/** What trainers may hand in, played for real: the round goes on, the auditor says why, and nobody's stake moves. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { encodeParameters } from "../../trainer/src/engine/checkpoint.ts";
import { newSalt } from "../../trainer/src/node/journal.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type UpdateOpening, updateCommitment } from "../../trainer/src/protocol/commitment.ts";
import type { ContentRef } from "../../trainer/src/protocol/contentRef.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

const WEIGHTS = 784 * 10;

/** Each gives the reference that its trainer commits to. */
const HOSTILE: Readonly<Record<string, (participant: Participant, signal: AbortSignal) => Promise<ContentRef>>> = {
  "content that no peer has": async () => ({ digest: toHex(randomBytes(32)), byteLength: 1_000 }),
  "more bytes than declared": async ({ store }, signal) => {
    const { digest } = await store.put(randomBytes(5_000), { signal });
    return { digest, byteLength: 100 };
  },
  "bytes that are no model": ({ store }, signal) => store.put(randomBytes(5_000), { signal }),
  "a model of other shape": ({ store }, signal) =>
    store.put(encodeParameters(new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]])), { signal }),
  "a weight that is not a number": ({ store }, signal) => store.put(modelWith(Number.NaN), { signal }),
  "a model that nobody computed": ({ store }, signal) => store.put(modelWith(0.5), { signal }),
};

const REASONS: Readonly<Record<string, RegExp>> = {
  "content that no peer has": /^NETWORK_CONTENT_NOT_FOUND$/,
  "more bytes than declared": /^NETWORK_CONTENT_(TOO_LARGE|NOT_FOUND)$/,
  "bytes that are no model": /^ENGINE_/,
  "a model of other shape": /^ENGINE_PARAMETERS_MISMATCH$/,
  "a weight that is not a number": /^ENGINE_NOT_FINITE$/,
  "a model that nobody computed": /^(sampleCount|trace)$/,
};

function modelWith(weight: number): Uint8Array {
  const kernel = new Float32Array(WEIGHTS).fill(weight);
  return encodeParameters(
    new Map([
      ["layers.1.bias", { shape: [10], data: new Float32Array(10) }],
      ["layers.1.weight", { shape: [10, 784], data: kernel }],
    ]),
  );
}

describe("a round with six hostile trainers", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("accepts the honest update alone, names each fault, and takes nobody's stake", async () => {
    const { signal, admin } = network;
    const names = Object.keys(HOSTILE);
    const taskId = await network.createTask({ rounds: 1, trainers: names.length + 1 });
    const replays: Extract<NodeEvent, { event: "replayed" }>[] = [];
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const nodes = auditors.map((auditor) =>
      network.start(auditor, ["auditor"], {
        taskIds: [taskId],
        onEvent: (event) => {
          if (event.event === "replayed") replays.push(event);
        },
      }),
    );
    await network.auditorsCount(auditors.length);
    const honest = await network.participant("honest");
    nodes.push(network.start(honest, ["trainer"], { taskIds: [taskId], claims: false }));
    const liars = await Promise.all(names.map((name) => network.participant(name.replaceAll(" ", "-"))));
    for (const liar of liars) await network.enrol(liar, taskId);

    await reach("Commit");
    await Promise.all(liars.map((liar, i) => play(liar, HOSTILE[names[i]!]!)));
    await Promise.all(nodes.map(({ done }) => done));

    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final", JSON.stringify({ failure: round.failure, replays }));
    const address = honest.chain.account!.address;
    const { slot } = await admin.chain.read("flContract", "dutyOf", [taskId, 1, address], { signal });
    assert.equal(round.acceptedBitmap, 1n << BigInt(slot), "only the honest update");
    for (const [i, liar] of liars.entries()) {
      const trainer = liar.chain.account!.address;
      const found = replays.filter((replay) => replay.trainer === trainer);
      assert.equal(found.length, auditors.length, `${names[i]}: every auditor judged it`);
      for (const { match, reason } of found) {
        assert.equal(match, false, names[i]);
        assert.match(reason ?? "", REASONS[names[i]!]!, `${names[i]}: ${reason}`);
      }
      const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
      assert.equal(await admin.chain.read("nodeRegistry", "stakeOf", [trainer], { signal }), minStakeWei, names[i]);
      assert.equal(await admin.chain.read("flContract", "claimable", [taskId, trainer], { signal }), 0n, names[i]);
    }
    const earned = await admin.chain.read("flContract", "claimable", [taskId, address], { signal });
    assert.ok(earned > 0n, "the honest trainer earns");

    async function reach(phase: string): Promise<void> {
      while (!signal.aborted && (await readRound(admin.chain, taskId, 1, { signal })).phase !== phase) {
        await pause(100, signal);
      }
    }

    async function play(liar: Participant, make: (typeof HOSTILE)[string]): Promise<void> {
      const ref = await make(liar, signal);
      const opening: UpdateOpening = {
        updateDigest: ref.digest,
        byteLength: ref.byteLength,
        traceRoot: toHex(randomBytes(32)),
        sampleCount: 48,
        salt: newSalt(),
      };
      const { chainId, contracts } = network.deployment;
      const sender = liar.chain.account!.address;
      const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round: 1, sender };
      await liar.chain.send("flContract", "commitUpdate", [taskId, updateCommitment(scope, opening)], { signal });
      await reach("Reveal");
      await liar.chain.send("flContract", "revealUpdate", [taskId, opening], { signal });
    }
  });
});
