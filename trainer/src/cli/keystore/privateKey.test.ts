import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { privateKeyToAddress } from "viem/accounts";
import { toHex } from "../../protocol/hex.ts";
import { KeystoreError } from "./keystoreError.ts";
import { addressOf, checksumAddress, createPrivateKey, parsePrivateKey } from "./privateKey.ts";

/** Order of secp256k1: SEC 2, section 2.4.1. */
const ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

describe("addressOf", () => {
  it("gives the address that viem gives, capitals included", () => {
    for (let i = 0; i < 8; i++) {
      const key = createPrivateKey();
      assert.equal(addressOf(key), privateKeyToAddress(toHex(key)));
    }
  });
});

describe("checksumAddress", () => {
  it("gives the capitals of EIP-55's examples", () => {
    for (const address of [
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
      "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
      "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
      "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ]) {
      assert.equal(checksumAddress(address.slice(2).toLowerCase()), address);
    }
  });
});

describe("parsePrivateKey", () => {
  it("takes 64 hex digits with or without 0x and white space", () => {
    const digits = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
    for (const text of [digits, `0x${digits}`, `  0x${digits}\n`])
      assert.equal(toHex(parsePrivateKey(text)), `0x${digits}`);
  });

  it("refuses anything else without repeating it", () => {
    for (const text of ["", "0x12", "0".repeat(64), ORDER, "g".repeat(64), `${"1".repeat(64)}1`]) {
      assert.throws(
        () => parsePrivateKey(text),
        (error) => error instanceof KeystoreError && (text === "" || !error.message.includes(text)),
      );
    }
  });
});
