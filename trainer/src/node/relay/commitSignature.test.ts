import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keccak256, numberToHex, stringToBytes } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Hex } from "../../protocol/hex.ts";
import { isSigned, signCommit } from "./commitSignature.ts";

const account = privateKeyToAccount(keccak256(stringToBytes("a trainer")));
const contracts = { flContract: "0x00000000000000000000000000000000000000f1" };
const network = { chainId: 31_337, contracts } as unknown as Parameters<typeof isSigned>[0];
const signed = { taskId: 3n, round: 7, commitment: keccak256(stringToBytes("an update")) };
const entry = { ...signed, trainer: account.address, ...(await signCommit(account, network, signed)) };

/** Order of secp256k1. Source: SEC 2. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const SIGN_BIT = 1n << 255n;

describe("isSigned", () => {
  it("takes the trainer's own signature", async () => {
    assert.equal(await isSigned(network, entry), true);
  });

  it("takes no other trainer, commitment, round, task, chain or contract for it", async () => {
    const other = { ...network, chainId: 1 };
    const elsewhere = { ...network, contracts: { ...contracts, flContract: account.address } } as typeof network;
    const taken = await Promise.all([
      isSigned(network, { ...entry, trainer: "0x00000000000000000000000000000000000000f1" }),
      isSigned(network, { ...entry, commitment: entry.r }),
      isSigned(network, { ...entry, round: 8 }),
      isSigned(network, { ...entry, taskId: 4n }),
      isSigned(other, entry),
      isSigned(elsewhere, entry),
    ]);
    assert.deepEqual(taken, Array(6).fill(false));
  });

  it("takes no signature that the contract refuses: s in the upper half of the order, or no point at all", async () => {
    const vs = BigInt(entry.vs);
    const [parity, s] = [vs & SIGN_BIT, vs & ~SIGN_BIT];
    const highS = ORDER - s; // as valid on the curve, with the other parity
    const malleated = numberToHex((parity ^ SIGN_BIT) | highS, { size: 33 }).slice(-64);
    assert.equal(await isSigned(network, { ...entry, vs: `0x${malleated}` as Hex }), false);
    const zero: Hex = `0x${"00".repeat(32)}`;
    assert.equal(await isSigned(network, { ...entry, r: zero }), false);
    assert.equal(await isSigned(network, { ...entry, vs: zero }), false);
    assert.equal(await isSigned(network, { ...entry, r: `0x${"ff".repeat(32)}` }), false);
  });

  it("refuses what lies just above half of the order, which ERC-2098 can still write", async () => {
    const above = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1n;
    assert.equal(await isSigned(network, { ...entry, vs: numberToHex(above, { size: 32 }) }), false);
  });
});
