/** Tests what an account is told that it still lacks. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ChainState, Task } from "../index/types.ts";
import { readinessOf } from "./readiness.ts";

const ACCOUNT = "0x00000000000000000000000000000000000000A1";

const task = (changes: object = {}): Task =>
  ({
    terms: { minStakeWei: 20n, maxTrainers: 2, minReputationNano: 500_000_000 },
    trainers: new Map([["0xb2", { slot: 0 }]]),
    ...changes,
  }) as unknown as Task;

const state = (node?: object): ChainState =>
  ({
    nodes: new Map(node === undefined ? [] : [[ACCOUNT.toLowerCase(), node]]),
    balances: new Map([[ACCOUNT, 7n]]),
  }) as unknown as ChainState;

const NODE = { trains: true, stakeWei: 50n, lockedWei: 35n, reputationNano: 1_000_000_000 };

describe("readinessOf", () => {
  it("wants everything of an account that is new", () => {
    const { isAnnounced, isOtherNode, missingStakeWei, balanceWei, hasPlace } = readinessOf(state(), task(), ACCOUNT);
    assert.deepEqual(
      { isAnnounced, isOtherNode, missingStakeWei, balanceWei, hasPlace },
      {
        ...{ isAnnounced: false, isOtherNode: false, missingStakeWei: 20n, balanceWei: 7n, hasPlace: true },
      },
    );
  });

  it("counts only stake that no other task holds", () => {
    assert.equal(readinessOf(state(NODE), task(), ACCOUNT).missingStakeWei, 5n); // 20 − (50 − 35)
    assert.equal(
      readinessOf(state({ ...NODE, lockedWei: 60n }), task(), ACCOUNT).missingStakeWei,
      20n,
      "slashed below",
    );
  });

  it("wants no stake, and leaves its place, to an account that is in", () => {
    const trainers = new Map([
      ["0xb2", { slot: 0 }],
      [ACCOUNT.toLowerCase(), { slot: 1 }],
    ]);
    const { isEnrolled, missingStakeWei, hasPlace } = readinessOf(state(NODE), task({ trainers }), ACCOUNT);
    assert.deepEqual(
      { isEnrolled, missingStakeWei, hasPlace },
      { isEnrolled: true, missingStakeWei: 0n, hasPlace: true },
    );
  });

  it("knows an auditor's node, a full task and a spoilt reputation", () => {
    assert.equal(readinessOf(state({ ...NODE, trains: false }), task(), ACCOUNT).isOtherNode, true);
    const full = new Map([
      ["0xb2", { slot: 0 }],
      ["0xc3", { slot: 1 }],
    ]);
    assert.equal(readinessOf(state(NODE), task({ trainers: full }), ACCOUNT).hasPlace, false);
    const low = readinessOf(state({ ...NODE, reputationNano: 400_000_000 }), task(), ACCOUNT);
    assert.equal(low.missingReputationNano, 100_000_000);
  });
});
