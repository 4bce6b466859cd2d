/**
 * A file's bytes from its blocks, laid out exactly as UnixFS profile unixfs-v1-2025 lays out a file of that length.
 *
 * The length from the chain fixes the shape of the tree: how many levels, how many links in each node, how long each
 * leaf. So nothing that a node says of itself is read, and a tree of any other shape ends at the first block that
 * shows it, however its author nested or padded it. (The exporter of @helia/unixfs 8.0 follows any shape, and an error
 * below the second level escapes it as an unhandled rejection, which ends the process: a stranger could stop a node.)
 */
import { decode } from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";
import { CHUNK_BYTES, type ContentRef, toCid } from "../protocol/contentRef.ts";
import { networkError } from "./networkError.ts";

export interface BlockSource {
  /** @returns the block `cid`, its digest already checked. Rejects at `signal` at the latest. */
  get(cid: CID, signal: AbortSignal): Promise<Uint8Array>;
}

/** Links of an inner node. Source: IPIP-499, profile unixfs-v1-2025. */
const LINKS = 1_024;
/** Leaves read at once: one is slow over long ways, and each may take 1 MiB of memory. */
const CONCURRENCY = 4;
const RAW = 0x55; // multicodec table: raw
const DAG_PB = 0x70; // multicodec table: dag-pb

interface Part {
  readonly cid: CID;
  /** Where its bytes stand in the file. Unit: bytes. */
  readonly offset: number;
  readonly length: number;
}

/**
 * @returns the file, a fresh array.
 * @throws {NetworkError} `NETWORK_CONTENT_TOO_LARGE` | `NETWORK_CONTENT_TOO_SHORT` | `NETWORK_CONTENT_MALFORMED`, and
 *   whatever `source` throws
 */
export async function readFile(source: BlockSource, ref: ContentRef, signal: AbortSignal): Promise<Uint8Array> {
  let parts: readonly Part[] = [{ cid: toCid(ref), offset: 0, length: ref.byteLength }];
  for (let span = spanOf(ref.byteLength); span >= CHUNK_BYTES; span /= LINKS) {
    const children: Part[] = [];
    for (const part of parts) children.push(...childrenOf(ref, part, await source.get(part.cid, signal), span));
    parts = children;
  }

  const bytes = new Uint8Array(ref.byteLength);
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const waiting = [...parts].reverse();
  const worker = async (): Promise<void> => {
    try {
      for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
        const leaf = await source.get(part.cid, until);
        mustHaveLength(ref, part, leaf.length);
        bytes.set(leaf, part.offset);
      }
    } catch (error) {
      failed.abort(error); // ends the other workers; the first reason stays
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  failed.signal.throwIfAborted();
  return bytes;
}

/** @returns how many bytes one link of the root stands for: a chunk times a power of {@link LINKS}; 0 for a lone leaf. */
function spanOf(byteLength: number): number {
  if (byteLength <= CHUNK_BYTES) return 0;
  let span = CHUNK_BYTES;
  while (span * LINKS < byteLength) span *= LINKS;
  return span;
}

/** @param span the bytes that each link but the last stands for. */
function childrenOf(ref: ContentRef, part: Part, block: Uint8Array, span: number): Part[] {
  const links = linksOf(ref, block);
  const needed = Math.ceil(part.length / span);
  if (links.length > needed) mustHaveLength(ref, part, (links.length - 1) * span + 1);
  if (links.length < needed) mustHaveLength(ref, part, links.length * span);
  const codec = span === CHUNK_BYTES ? RAW : DAG_PB;
  return links.map((cid, i) => {
    if (cid.code !== codec || cid.multihash.code !== toCid(ref).multihash.code) throw malformed(ref);
    return { cid, offset: part.offset + i * span, length: Math.min(span, part.length - i * span) };
  });
}

function linksOf(ref: ContentRef, block: Uint8Array): CID[] {
  try {
    return decode(block).Links.map((link) => link.Hash);
  } catch (cause) {
    throw malformed(ref, cause);
  }
}

function malformed(ref: ContentRef, cause?: unknown): Error {
  return networkError({ code: "NETWORK_CONTENT_MALFORMED", cid: toCid(ref).toString() }, cause);
}

/** @param actual bytes that `part` has, at least, or at most when that is too few. */
function mustHaveLength(ref: ContentRef, part: Part, actual: number): void {
  if (actual === part.length) return;
  const code = actual > part.length ? "NETWORK_CONTENT_TOO_LARGE" : "NETWORK_CONTENT_TOO_SHORT";
  const cid = toCid(ref).toString();
  throw networkError({ code, cid, actualBytes: ref.byteLength + actual - part.length, neededBytes: ref.byteLength });
}
