/**
 * What the chain stores of a file, and the CID it stands for. Pure.
 *
 * A file is laid out as UnixFS profile `unixfs-v1-2025` (IPIP-499: 1 MiB raw leaves, 1,024 links a node). Up to one chunk
 * the root block *is* the file (codec raw), above it the root is a dag-pb node. So 32 bytes of digest and the length
 * give the CID, and the CID and the length give the digest: no string ever goes on chain.
 */
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { TaggedError } from "./errors.ts";
import { fromHex, type Hex, toHex } from "./hex.ts";

export interface ContentRef {
  /** SHA-256 of the root block. For a file of at most {@link CHUNK_BYTES} that is the file's own SHA-256. */
  readonly digest: Hex;
  /** The file's length. Unit: bytes. */
  readonly byteLength: number;
}

export type ContentRefDetail = { readonly code: "CONTENT_REF_MALFORMED"; readonly cid: string };

export class ContentRefError extends TaggedError<ContentRefDetail> {}

/** Unit: bytes. Source: IPIP-499, profile unixfs-v1-2025. */
export const CHUNK_BYTES = 1_048_576;

const RAW = 0x55; // multicodec table: raw
const DAG_PB = 0x70; // multicodec table: dag-pb
const SHA2_256 = 0x12; // multicodec table: sha2-256

/** @returns the CIDv1 under which peers serve the file. */
export function toCid({ digest, byteLength }: ContentRef): CID {
  return CID.createV1(byteLength <= CHUNK_BYTES ? RAW : DAG_PB, Digest.create(SHA2_256, fromHex(digest, 32)));
}

/**
 * @returns what the chain stores for `cid`.
 * @throws {ContentRefError} `CONTENT_REF_MALFORMED` when it is not a CIDv1 of sha2-256 with the codec of that length
 */
export function fromCid(cid: CID, byteLength: number): ContentRef {
  const codec = byteLength <= CHUNK_BYTES ? RAW : DAG_PB;
  if (cid.version !== 1 || cid.code !== codec || cid.multihash.code !== SHA2_256) {
    throw new ContentRefError(
      { code: "CONTENT_REF_MALFORMED", cid: cid.toString() },
      `${cid.toString()} is not a unixfs-v1-2025 CID of ${byteLength} bytes`,
    );
  }
  return { digest: toHex(cid.multihash.digest), byteLength };
}
