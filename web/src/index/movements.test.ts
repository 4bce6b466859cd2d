import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EVENTS } from "@cairn/trainer/protocol/generated/events";
import type { Address } from "viem";
import { getAddress } from "viem";
import { EMPTY_STATE } from "./emptyState.ts";
import { createLogDecoder } from "./fold/decodeLogs.ts";
import { foldEvents } from "./fold/foldEvents.ts";
import { placedAbis } from "./fold/placedAbis.ts";
import { createChainSource } from "./follow/chainSource.ts";
import {
  ADDRESSES,
  account,
  announce,
  createFakeChain,
  type Said,
  stake,
  transfer,
} from "./follow/fakeChain.fixture.ts";
import { movementsOf } from "./movements.ts";

const ME = getAddress(account(1));

function send(from: Address, to: Address, value: bigint): Said {
  return { source: "cairnToken", name: "Transfer", args: { from, to, value } };
}

describe("movementsOf", () => {
  it("tells each movement once, by what caused it, and nothing of others", async () => {
    const chain = createFakeChain();
    const requested = { node: ME, amountWei: 3n, newStakeWei: 2n, availableAt: 9 };
    const slashed = { node: ME, prover: account(2), reason: `0x${"00".repeat(32)}`, bountyWei: 1n, burnedWei: 2n };
    chain.mine(transfer(1, 100n), transfer(2, 50n), announce(1));
    chain.mine(send(ME, ADDRESSES.nodeRegistry, 5n), stake(1, 5n, 5n));
    chain.mine(send(ME, account(2), 7n), { source: "nodeRegistry", name: "UnstakeRequested", args: requested });
    chain.mine({
      source: "nodeRegistry",
      name: "StakeSlashed",
      args: { ...slashed, newStakeWei: 0n, newUnbondingWei: 2n },
    });
    const logs = await createChainSource(chain.rpc, Object.values(ADDRESSES)).logs(
      0n,
      4n,
      new AbortController().signal,
    );
    const state = foldEvents(EMPTY_STATE, createLogDecoder(placedAbis(EVENTS, ADDRESSES)).decode(logs).events, 4n);
    const told = movementsOf(state, ME, Object.values(ADDRESSES)).map(({ kind, sign, amountWei }) => [
      kind,
      sign,
      amountWei,
    ]);
    assert.deepEqual(told, [
      ["slashed", 0, 3n],
      ["unstaking", 0, 3n],
      ["sent", -1, 7n],
      ["staked", -1, 5n],
      ["received", 1, 100n],
    ]);
  });
});
