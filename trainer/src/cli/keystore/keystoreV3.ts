/**
 * The Web3 Secret Storage format, version 3: a private key under a password, as geth, cast and Cairn keep it.
 *
 * Own code over `node:crypto` (a tenth of the time of a JavaScript scrypt); tests hold it against the specification's
 * vectors and against `ox`. Knows no files and asks nobody for passwords.
 *
 * @see https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage
 */
import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import { promisify } from "node:util";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { KeystoreError } from "./keystoreError.ts";

export interface KeystoreV3 {
  readonly version: 3;
  readonly id: string;
  /** 40 hex digits without `0x`. Cast leaves it out. */
  readonly address?: string;
  readonly crypto: {
    readonly cipher: "aes-128-ctr";
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdf: "scrypt" | "pbkdf2";
    readonly kdfparams: Readonly<Record<string, number | string>>;
    readonly mac: string;
  };
}

/** Cost of a new keystore: geth's standard, about 0.6 s and 256 MiB. */
export const SCRYPT_STANDARD_N = 2 ** 18;

/** geth's `--lightkdf` cost, for keys whose ether is worth nothing. */
export const SCRYPT_FAST_N = 2 ** 12;

/** Hostile files must not take all memory or all day: scrypt needs 128·n·r bytes. Unit: bytes. */
const MAX_SCRYPT_BYTES = 2 ** 30;

/** Unit: iterations, about 20 s. geth writes 262,144. */
const MAX_PBKDF2_ITERATIONS = 10_000_000;

const scryptAsync = promisify<string, Uint8Array, number, object, Uint8Array>(scrypt);
const pbkdf2Async = promisify(pbkdf2);

/**
 * @param key the private key, 32 bytes.
 * @param options `address` 0x-prefixed; `n` the scrypt cost. @default `SCRYPT_STANDARD_N`
 */
export async function encryptKeystore(
  key: Uint8Array,
  password: string,
  { address, n = SCRYPT_STANDARD_N }: { readonly address: string; readonly n?: number },
): Promise<KeystoreV3> {
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  const kdfparams = { dklen: 32, n, p: 1, r: 8, salt: salt.toString("hex") };
  const derived = await deriveKey("scrypt", kdfparams, password);
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final()]);
  return {
    version: 3,
    id: randomUUID(),
    address: address.slice(2).toLowerCase(),
    crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: iv.toString("hex") },
      ciphertext: ciphertext.toString("hex"),
      kdf: "scrypt",
      kdfparams,
      mac: Buffer.from(macOf(derived, ciphertext)).toString("hex"),
    },
  };
}

/**
 * @returns the private key, 32 bytes.
 * @throws {KeystoreError} `KEYSTORE_WRONG_PASSWORD` when the checksum fails, which damage also causes |
 *   `KEYSTORE_UNSUPPORTED` | `KEYSTORE_MALFORMED`
 */
export async function decryptKeystore(keystore: KeystoreV3, password: string): Promise<Uint8Array> {
  const { ciphertext, cipherparams, kdf, kdfparams, mac } = keystore.crypto;
  const derived = await deriveKey(kdf, kdfparams, password);
  const sealed = Buffer.from(ciphertext, "hex");
  if (!timingSafeEqual(macOf(derived, sealed), Buffer.from(mac, "hex"))) {
    throw new KeystoreError({ code: "KEYSTORE_WRONG_PASSWORD" }, "wrong password or damaged file");
  }
  const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), Buffer.from(cipherparams.iv, "hex"));
  return new Uint8Array(Buffer.concat([decipher.update(sealed), decipher.final()]));
}

/**
 * @param text a keystore file's content, of whatever origin.
 * @throws {KeystoreError} `KEYSTORE_MALFORMED` naming the first field that is wrong | `KEYSTORE_UNSUPPORTED`
 */
export function parseKeystore(text: string): KeystoreV3 {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("$"); // without the cause: its message may quote the file
  }
  const file = lowerCaseKeys(object(value, "$"));
  if (file.version !== 3) throw unsupported("version", file.version);
  const crypto = lowerCaseKeys(object(file.crypto, "crypto"));
  if (crypto.cipher !== "aes-128-ctr") throw unsupported("crypto.cipher", crypto.cipher);
  if (crypto.kdf !== "scrypt" && crypto.kdf !== "pbkdf2") throw unsupported("crypto.kdf", crypto.kdf);
  const kdfparams = object(crypto.kdfparams, "crypto.kdfparams") as Record<string, number | string>;
  checkKdf(crypto.kdf, kdfparams);
  const address = file.address;
  return {
    version: 3,
    id: typeof file.id === "string" ? file.id : "",
    ...(typeof address === "string" && /^(0x)?[0-9a-fA-F]{40}$/.test(address)
      ? { address: address.replace(/^0x/, "").toLowerCase() }
      : {}),
    crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: hex(object(crypto.cipherparams, "crypto.cipherparams").iv, "crypto.cipherparams.iv", 16) },
      ciphertext: hex(crypto.ciphertext, "crypto.ciphertext", 32),
      kdf: crypto.kdf,
      kdfparams,
      mac: hex(crypto.mac, "crypto.mac", 32),
    },
  };
}

async function deriveKey(
  kdf: "scrypt" | "pbkdf2",
  params: Readonly<Record<string, number | string>>,
  password: string,
): Promise<Uint8Array> {
  const salt = Buffer.from(String(params.salt), "hex");
  if (kdf === "pbkdf2") return pbkdf2Async(password, salt, Number(params.c), 32, "sha256");
  const [n, r, p] = [Number(params.n), Number(params.r), Number(params.p)];
  if (n < 2 ** (16 * r)) return scryptAsync(password, salt, 32, { N: n, r, p, maxmem: 128 * r * (n + p + 2) });
  // OpenSSL keeps to RFC 7914's bound N < 2^(128·r/8); the specification's own vector does not, nor does geth.
  const { scryptAsync: portableScrypt } = await import("@noble/hashes/scrypt.js");
  return portableScrypt(password, salt, { N: n, r, p, dkLen: 32, maxmem: MAX_SCRYPT_BYTES + 2 ** 20 });
}

/** keccak256(second half of the derived key ‖ ciphertext). */
function macOf(derived: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return keccak_256(Buffer.concat([derived.subarray(16, 32), ciphertext]));
}

function checkKdf(kdf: "scrypt" | "pbkdf2", params: Record<string, number | string>): void {
  hex(params.salt, "crypto.kdfparams.salt");
  if (params.dklen !== 32) throw unsupported("crypto.kdfparams.dklen", params.dklen);
  if (kdf === "pbkdf2") {
    if (params.prf !== "hmac-sha256") throw unsupported("crypto.kdfparams.prf", params.prf);
    positive(params.c, "crypto.kdfparams.c", MAX_PBKDF2_ITERATIONS);
    return;
  }
  const n = positive(params.n, "crypto.kdfparams.n", MAX_SCRYPT_BYTES);
  const r = positive(params.r, "crypto.kdfparams.r", MAX_SCRYPT_BYTES);
  positive(params.p, "crypto.kdfparams.p", 64);
  if ((n & (n - 1)) !== 0 || n < 2) throw malformed("crypto.kdfparams.n");
  if (128 * n * r > MAX_SCRYPT_BYTES) throw unsupported("crypto.kdfparams.n", n);
}

function positive(value: unknown, field: string, max: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) throw malformed(field);
  if (value > max) throw unsupported(field, value);
  return value;
}

function hex(value: unknown, field: string, lengthBytes?: number): string {
  if (typeof value !== "string" || !/^([0-9a-fA-F]{2})*$/.test(value)) throw malformed(field);
  if (lengthBytes !== undefined && value.length !== 2 * lengthBytes) throw malformed(field);
  return value;
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(field);
  return value as Record<string, unknown>;
}

/** Old Mist files write `Crypto`. */
function lowerCaseKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
}

function malformed(field: string): KeystoreError {
  return new KeystoreError({ code: "KEYSTORE_MALFORMED", field }, `not a version 3 keystore: ${field} is wrong`);
}

function unsupported(field: string, value: unknown): KeystoreError {
  return new KeystoreError(
    { code: "KEYSTORE_UNSUPPORTED", field, value: String(value) },
    `this keystore has ${field} = ${String(value)}, which is not supported`,
  );
}
