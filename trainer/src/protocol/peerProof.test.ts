import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { fromHex, type Hex, toHex } from "./hex.ts";
import { peerStatement } from "./nodeIdentity.ts";
import { peerIdFromText, peerIdOf, peerIdText, sealingKeyOf, signPeerProof, verifyPeerProof } from "./peerProof.ts";

const PEER = new Uint8Array(32).fill(1);
const SEALING = new Uint8Array(32).fill(2);
const SCOPE = { chainId: 31_337n, nodeRegistry: "0x5FbDB2315678afecb367f032d93F642f64180aa3" } as const;
const NODE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" as const;

function announcement() {
  const key = { node: NODE, sealingKey: sealingKeyOf(SEALING), sealingKeyVersion: 1n } as const;
  const statement = peerStatement(SCOPE.chainId, SCOPE.nodeRegistry, key);
  return { ...key, peerId: peerIdOf(PEER), peerProof: signPeerProof(statement, { peer: PEER, sealing: SEALING }) };
}

describe("verifyPeerProof", () => {
  it("holds for what both keys signed", () => assert.ok(verifyPeerProof(announcement(), SCOPE)));

  const lies: readonly (readonly [
    why: string,
    change: Partial<Record<keyof ReturnType<typeof announcement>, unknown>>,
  ])[] = [
    ["another wallet", { node: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC" }],
    ["another peer id", { peerId: peerIdOf(SEALING) }],
    ["another sealing key", { sealingKey: sealingKeyOf(PEER) }],
    ["another version of the key", { sealingKeyVersion: 2n }],
    ["a proof of the wrong length", { peerProof: "0x00" }],
    ["a peer id that is no Ed25519 key", { peerId: `0x${"12".repeat(38)}` }],
  ];
  for (const [why, change] of lies) {
    it(`fails for ${why}`, () => assert.ok(!verifyPeerProof({ ...announcement(), ...change } as never, SCOPE)));
  }
  it("fails on another chain and for another registry", () => {
    assert.ok(!verifyPeerProof(announcement(), { ...SCOPE, chainId: 1n }));
    assert.ok(!verifyPeerProof(announcement(), { ...SCOPE, nodeRegistry: NODE }));
  });
  it("fails, and never throws, when any single byte of the proof is changed", () => {
    const honest = announcement();
    const proof = fromHex(honest.peerProof);
    for (let i = 0; i < proof.length; i++) {
      const bent = proof.slice();
      bent[i]! ^= 1;
      assert.ok(!verifyPeerProof({ ...honest, peerProof: toHex(bent) as Hex }, SCOPE), `byte ${i}`);
    }
  });
});

describe("verifyPeerProof of keys of small order", () => {
  it("fails, though such a key signs every message", () => {
    const neutral = `0x002408011220${"01".padEnd(64, "0")}` as const; // the point (0, 1)
    const signsAnything = `${"01".padEnd(64, "0")}${"00".repeat(32)}`; // R = (0, 1), s = 0
    const honest = announcement();
    const peerProof = `0x${signsAnything}${honest.peerProof.slice(2 + 128)}` as const;
    assert.ok(!verifyPeerProof({ ...honest, peerId: neutral, peerProof }, SCOPE));
  });
});

describe("peerIdOf", () => {
  it("is the identity that libp2p derives from the same seed", async () => {
    const theirs = peerIdFromPrivateKey(await generateKeyPairFromSeed("Ed25519", PEER));
    assert.equal(peerIdOf(PEER), toHex(theirs.toMultihash().bytes));
    assert.equal(peerIdText(peerIdOf(PEER)), theirs.toString());
  });
});

describe("peerIdFromText", () => {
  it("reads what peerIdText writes", () => assert.equal(peerIdFromText(peerIdText(peerIdOf(PEER))), peerIdOf(PEER)));
  it("refuses whatever is no Ed25519 peer id", () => {
    const rsa = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    for (const text of ["", "0OIl", rsa, "1".repeat(10_000), "12D3KooW"]) assert.equal(peerIdFromText(text), undefined);
  });
});

describe("peerIdText", () => {
  it("is the base58btc text that libp2p prints for an Ed25519 key", () => {
    assert.match(peerIdText(peerIdOf(PEER)), /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/);
  });
});
