/**
 * Everything that opens one commitment, as one file: what a tab hands to the command line, or to another machine. Pure.
 *
 * Layout: one line of canonical JSON, a line feed, the update's bytes. Whoever holds the file can publish the update, but
 * only the account that committed can open the commitment. The salt in it is secret until the reveal.
 */
import type { Address } from "viem";
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "./canonicalJson.ts";
import { type UpdateOpening, updateCommitment } from "./commitment.ts";
import { TaggedError } from "./errors.ts";
import { fileRef } from "./fileRef.ts";
import { concatBytes, type Hex } from "./hex.ts";

export interface RevealPackage {
  readonly chainId: number;
  readonly flContract: Address;
  readonly taskId: bigint;
  readonly round: number;
  /** The round's seed on chain: another chain's round of the same number is another round. */
  readonly roundSeed: Hex;
  readonly trainer: Address;
  readonly opening: UpdateOpening;
  readonly update: Uint8Array;
}

export type RevealPackageDetail =
  | { readonly code: "PACKAGE_MALFORMED"; readonly path: string }
  | { readonly code: "PACKAGE_UPDATE_MISMATCH"; readonly actual: string; readonly expected: string };

export class RevealPackageError extends TaggedError<RevealPackageDetail> {}

const SCHEMA = "cairn/reveal-package/v1";
const LINE_FEED = 10;

/** Longest first line that is read. Unit: bytes. Ours has some 700. */
const MAX_HEADER_BYTES = 4_096;

export function encodeRevealPackage({ update, taskId, opening, ...rest }: RevealPackage): Uint8Array {
  const header = { schema: SCHEMA, ...rest, taskId: taskId.toString(), opening: { ...opening } };
  return concatBytes(encodeCanonicalJson(header as unknown as Json), Uint8Array.of(LINE_FEED), update);
}

/** @returns what goes on chain, and what the commitment there must be for the package to open it. */
export function packageCommitment({ chainId, trainer, opening, ...scope }: RevealPackage): Hex {
  return updateCommitment({ ...scope, chainId: BigInt(chainId), sender: trainer }, opening);
}

/**
 * @param bytes from anywhere.
 * @throws {RevealPackageError} `PACKAGE_MALFORMED` naming the field | `PACKAGE_UPDATE_MISMATCH` when the update is not the
 *   one that the opening names
 */
export async function decodeRevealPackage(bytes: Uint8Array): Promise<RevealPackage> {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(LINE_FEED);
  if (end < 0) throw malformed("$", "has no first line");
  const header = headerOf(bytes.subarray(0, end));
  const update = bytes.slice(end + 1);
  const { digest, byteLength } = await fileRef(update);
  const { updateDigest, byteLength: expectedLength } = header.opening;
  if (digest !== updateDigest || byteLength !== expectedLength) {
    throw new RevealPackageError(
      { code: "PACKAGE_UPDATE_MISMATCH", actual: digest, expected: updateDigest },
      `the update in the package is ${digest} (${byteLength} bytes), its opening names ${updateDigest} (${expectedLength})`,
    );
  }
  return { ...header, update };
}

function headerOf(line: Uint8Array): Omit<RevealPackage, "update"> {
  let value: Json;
  try {
    value = decodeCanonicalJson(line);
  } catch (cause) {
    throw malformed("$", "is not canonical JSON", cause);
  }
  const root = record(value, "$", ROOT_FIELDS);
  if (root.schema !== SCHEMA) throw malformed("$.schema", `is not ${SCHEMA}`);
  const opening = record(root.opening, "$.opening", OPENING_FIELDS);
  const taskId = root.taskId;
  if (typeof taskId !== "string" || !/^[1-9]\d{0,77}$/.test(taskId)) throw malformed("$.taskId", "is no number");
  return {
    chainId: integer(root.chainId, "$.chainId"),
    flContract: hex(root.flContract, "$.flContract", 20),
    taskId: BigInt(taskId),
    round: integer(root.round, "$.round"),
    roundSeed: hex(root.roundSeed, "$.roundSeed", 32),
    trainer: hex(root.trainer, "$.trainer", 20),
    opening: {
      updateDigest: hex(opening.updateDigest, "$.opening.updateDigest", 32),
      byteLength: integer(opening.byteLength, "$.opening.byteLength"),
      traceRoot: hex(opening.traceRoot, "$.opening.traceRoot", 32),
      sampleCount: integer(opening.sampleCount, "$.opening.sampleCount"),
      salt: hex(opening.salt, "$.opening.salt", 32),
    },
  };
}

const ROOT_FIELDS = ["schema", "chainId", "flContract", "taskId", "round", "roundSeed", "trainer", "opening"];
const OPENING_FIELDS = ["updateDigest", "byteLength", "traceRoot", "sampleCount", "salt"];

function record(value: Json | undefined, path: string, fields: readonly string[]): { readonly [key: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path, "is not an object");
  const object = value as { readonly [key: string]: Json };
  for (const field of fields) if (!Object.hasOwn(object, field)) throw malformed(`${path}.${field}`, "is missing");
  for (const field of Object.keys(object))
    if (!fields.includes(field)) throw malformed(`${path}.${field}`, "is unknown");
  return object;
}

/** The contract counts all of these in 32 bits; a chain's id fits too. */
function integer(value: Json | undefined, path: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= 0xffff_ffff) return value;
  throw malformed(path, "is not a whole number from 1 to 2^32 − 1");
}

function hex(value: Json | undefined, path: string, lengthBytes: number): Hex {
  const isHex = typeof value === "string" && /^0x[0-9a-fA-F]*$/.test(value) && value.length === 2 + 2 * lengthBytes;
  if (!isHex) throw malformed(path, `is not ${lengthBytes} bytes of hex`);
  return value as Hex;
}

function malformed(path: string, problem: string, cause?: unknown): RevealPackageError {
  const options = cause === undefined ? undefined : { cause };
  return new RevealPackageError(
    { code: "PACKAGE_MALFORMED", path },
    `the reveal package's ${path} ${problem}`,
    options,
  );
}
