/** secp256k1 private keys: making, reading and naming them. Never prints one and never writes one unencrypted. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { fromHex, type Hex, toHex } from "../../protocol/hex.ts";
import { KeystoreError } from "./keystoreError.ts";

/** @returns a fresh key, 32 bytes from the system's random source. */
export function createPrivateKey(): Uint8Array {
  return secp256k1.utils.randomSecretKey();
}

/**
 * @param text 64 hex digits, with or without `0x`, white space around allowed.
 * @throws {KeystoreError} `KEYSTORE_KEY_INVALID`; the message never repeats the text
 */
export function parsePrivateKey(text: string): Uint8Array {
  const digits = text.trim().replace(/^0x/, "");
  const key = /^[0-9a-fA-F]{64}$/.test(digits) ? fromHex(`0x${digits}`, 32) : undefined;
  if (key === undefined || !secp256k1.utils.isValidSecretKey(key)) {
    throw new KeystoreError({ code: "KEYSTORE_KEY_INVALID" }, "this is not a private key of 64 hex digits");
  }
  return key;
}

/** @returns the key's address with EIP-55 capitals: the last 20 bytes of keccak256 of the public key. */
export function addressOf(key: Uint8Array): Hex {
  const publicKey = secp256k1.getPublicKey(key, false).subarray(1);
  return checksumAddress(toHex(keccak_256(publicKey).subarray(12)).slice(2));
}

/**
 * @param digits 40 hex digits without `0x`.
 * @see https://eips.ethereum.org/EIPS/eip-55
 */
export function checksumAddress(digits: string): Hex {
  const lower = digits.toLowerCase();
  const hash = toHex(keccak_256(new TextEncoder().encode(lower))).slice(2);
  const mixed = [...lower].map((digit, i) => (Number.parseInt(hash[i]!, 16) >= 8 ? digit.toUpperCase() : digit));
  return `0x${mixed.join("")}`;
}
