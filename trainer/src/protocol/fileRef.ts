/**
 * The reference of a file in hand, computed without a store. Pure; SHA-256 is the platform's.
 *
 * Lays the file out as UnixFS profile unixfs-v1-2025, as `@helia/unixfs` does, but keeps nothing: whoever hands a file to
 * somebody else's store must know what reference to expect. Files of more than one level of links are refused; no update
 * or plan comes near a gibibyte.
 */
import { encode, type PBNode } from "@ipld/dag-pb";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { CHUNK_BYTES, type ContentRef } from "./contentRef.ts";
import { concatBytes, toHex } from "./hex.ts";

const RAW = 0x55; // multicodec table: raw
const SHA2_256 = 0x12; // multicodec table: sha2-256

/** Links of an inner node. Source: IPIP-499, profile unixfs-v1-2025. */
const LINKS = 1_024;

/** @throws {RangeError} above 1 GiB */
export async function fileRef(bytes: Uint8Array): Promise<ContentRef> {
  const byteLength = bytes.length;
  if (byteLength <= CHUNK_BYTES) return { digest: toHex(await sha256(bytes)), byteLength };
  if (byteLength > CHUNK_BYTES * LINKS) throw new RangeError(`a file of ${byteLength} bytes has more than one level`);
  const sizes: number[] = [];
  const links: PBNode["Links"] = [];
  for (let from = 0; from < byteLength; from += CHUNK_BYTES) {
    const chunk = bytes.subarray(from, from + CHUNK_BYTES);
    sizes.push(chunk.length);
    links.push({
      Name: "",
      Tsize: chunk.length,
      Hash: CID.createV1(RAW, Digest.create(SHA2_256, await sha256(chunk))),
    });
  }
  const root = encode({ Data: unixfsFile(byteLength, sizes), Links: links });
  return { digest: toHex(await sha256(root)), byteLength };
}

/** UnixFS `Data { Type = File (2), filesize, blocksizes… }` in protobuf. @see https://specs.ipfs.tech/unixfs/#data */
function unixfsFile(byteLength: number, sizes: readonly number[]): Uint8Array {
  const field = (number: number, value: number): Uint8Array => concatBytes(Uint8Array.of(number << 3), varint(value));
  return concatBytes(field(1, 2), field(3, byteLength), ...sizes.map((size) => field(4, size)));
}

/** @param value Range: 0 … 2^53 − 1. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}
