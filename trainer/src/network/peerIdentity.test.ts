import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { fromHex, toHex } from "../protocol/hex.ts";
import { peerIdentity, peerIdFromText, peerIdToText, verifyPeerProof } from "./peerIdentity.ts";

// RFC 8032, 7.1, test 2
const SEED = fromHex("0x4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
const MESSAGE = Uint8Array.of(0x72);
const SIGNATURE = `0x92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00`;

describe("peerIdentity", () => {
  it("is the identity that libp2p derives from the same seed", async () => {
    const theirs = peerIdFromPrivateKey(await generateKeyPairFromSeed("Ed25519", SEED));
    const ours = peerIdentity(SEED);
    assert.equal(ours.peerId, theirs.toString());
    assert.equal(toHex(ours.peerIdBytes), toHex(theirs.toMultihash().bytes));
  });

  it("signs as RFC 8032 does", () => {
    assert.equal(toHex(peerIdentity(SEED).sign(MESSAGE)), SIGNATURE);
  });

  it("takes no seed of another length", () => {
    assert.throws(() => peerIdentity(new Uint8Array(64)), TypeError);
  });
});

describe("verifyPeerProof", () => {
  const { peerIdBytes, sign } = peerIdentity(SEED);

  it("accepts the key's signature of the message, and nothing else", () => {
    const proof = sign(MESSAGE);
    assert.equal(verifyPeerProof(peerIdBytes, MESSAGE, proof), true);
    assert.equal(verifyPeerProof(peerIdBytes, Uint8Array.of(0x73), proof), false, "another message");
    const other = peerIdentity(new Uint8Array(32).fill(1));
    assert.equal(verifyPeerProof(other.peerIdBytes, MESSAGE, proof), false, "another key");
    assert.equal(verifyPeerProof(peerIdBytes, MESSAGE, proof.with(63, 0x80)), false, "a changed signature");
  });

  it("refuses malformed input without throwing", () => {
    const proof = sign(MESSAGE);
    for (const bytes of [new Uint8Array(0), peerIdBytes.subarray(1), peerIdBytes.with(2, 0x09), new Uint8Array(38)]) {
      assert.equal(verifyPeerProof(bytes, MESSAGE, proof), false);
    }
    for (const bad of [new Uint8Array(0), proof.subarray(1), new Uint8Array(64).fill(255)]) {
      assert.equal(verifyPeerProof(peerIdBytes, MESSAGE, bad), false);
    }
  });

  it("refuses the key of small order, which would sign anything", () => {
    const neutral = peerIdBytes.slice().fill(0, 6);
    neutral[6] = 1; // the point (0, 1)
    const forged = new Uint8Array(64);
    forged[0] = 1; // R = (0, 1), s = 0: s·B = R + k·A for every k
    assert.equal(verifyPeerProof(neutral, MESSAGE, forged), false);
  });
});

describe("peerIdFromText", () => {
  it("reads what peerIdToText writes", () => {
    const { peerId, peerIdBytes } = peerIdentity(SEED);
    assert.equal(peerIdToText(peerIdBytes), peerId);
    assert.deepEqual(peerIdFromText(peerId), peerIdBytes);
  });

  it("refuses whatever is no Ed25519 peer id", () => {
    const rsa = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    for (const text of ["", "0OIl", rsa, "1".repeat(10_000), "12D3KooW"]) assert.equal(peerIdFromText(text), undefined);
  });
});
