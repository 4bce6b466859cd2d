/** Peers that lie: one on the wire of bitswap, one by the layout of honest blocks. For tests only. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { CHUNK_BYTES } from "../protocol/contentRef.ts";
import { concatBytes, toHex } from "../protocol/hex.ts";
import type { KnownPeer } from "./contentStore.ts";
import { BITSWAP, type HeliaNode } from "./heliaNode.ts";

export interface LyingPeer {
  readonly known: KnownPeer;
  /** How many messages it answered. */
  answers(): number;
  /** Resolves when it has received exactly `message`, before or after this call. */
  received(message: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

const RAW = 0x55;
const DAG_PB = 0x70;
const SHA2_256 = 0x12;

/** A peer that sends `answer` to whoever sends it anything on bitswap. */
export async function startLyingPeer(answer: Uint8Array): Promise<LyingPeer> {
  let answered = 0;
  const inbox = new Set<string>();
  const arrivals = new EventTarget();
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed("Ed25519", new Uint8Array(32).fill(66)),
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
  });
  await node.handle(BITSWAP, async (stream, connection) => {
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(part.subarray());
    inbox.add(toHex(concatBytes(...parts)));
    arrivals.dispatchEvent(new Event("message"));
    const back = await connection.newStream(BITSWAP);
    back.send(concatBytes(varint(answer.length), answer));
    await back.close();
    answered += 1;
  });
  const known = { node: "0xbad", peerId: node.peerId.toString(), multiaddrs: node.getMultiaddrs().map(String) };
  const received = async (message: Uint8Array): Promise<void> => {
    while (!inbox.has(toHex(message))) await once(arrivals, "message");
  };
  return { known, answers: () => answered, received, stop: async () => node.stop() };
}

/** A bitswap message with one block, said to be hashed with multihash `hashCode` into `hashLength` bytes. */
export function blockMessage(data: Uint8Array, hashCode: number, hashLength: number): Uint8Array {
  const prefix = concatBytes(Uint8Array.of(1), varint(RAW), varint(hashCode), varint(hashLength));
  return field(3, concatBytes(field(1, prefix), field(2, data)));
}

/** A bitswap message that says "I have it" (0) or "I don't" (1), and sends nothing. */
export function presenceMessage(cid: CID, type: 0 | 1): Uint8Array {
  return field(4, concatBytes(field(1, cid.bytes), Uint8Array.of(2 << 3, type)));
}

/**
 * Puts a file that says it has two chunks' worth of bytes and is nested `depth` times: each node links twice to the next.
 *
 * @returns the root, whose digests are all in order.
 */
export async function putNested(node: HeliaNode, depth: number): Promise<CID> {
  let cid = await putBlock(node, RAW, new Uint8Array(1));
  for (let level = 0; level < depth; level++) {
    const link = field(2, concatBytes(field(1, cid.bytes), field(2, new Uint8Array(0)), Uint8Array.of(3 << 3, 1)));
    const blockSize = concatBytes(Uint8Array.of(4 << 3), varint(CHUNK_BYTES));
    const file = concatBytes(Uint8Array.of(1 << 3, 2, 3 << 3), varint(2 * CHUNK_BYTES), blockSize, blockSize);
    cid = await putBlock(node, DAG_PB, concatBytes(link, link, field(1, file)));
  }
  return cid;
}

/**
 * A file of three chunks by a root block whose second link has a name, in which another third link stands: where links are laid
 * out as they have to be, it would be the file's. Whoever reads by place takes that for the last chunk.
 *
 * @returns the root, whose file has `2 · CHUNK_BYTES + 40` bytes.
 */
export async function putMisleading(node: HeliaNode): Promise<CID> {
  const chunk = await putBlock(node, RAW, new Uint8Array(CHUNK_BYTES));
  const last = await putBlock(node, RAW, new Uint8Array(40));
  const linkTo = ({ bytes }: CID, name: Uint8Array, size: number): Uint8Array =>
    field(2, concatBytes(field(1, bytes), field(2, name), Uint8Array.of(3 << 3), varint(size)));
  const none = new Uint8Array(0);
  const hidden = linkTo(CID.createV1(RAW, chunk.multihash), none, 1_000);
  const name = concatBytes(new Uint8Array(4), hidden);
  const sizes = [CHUNK_BYTES, CHUNK_BYTES, 40].flatMap((size) => [4 << 3, ...varint(size)]);
  const file = Uint8Array.of(1 << 3, 2, 3 << 3, ...varint(2 * CHUNK_BYTES + 40), ...sizes);
  const links = [linkTo(chunk, none, CHUNK_BYTES), linkTo(chunk, name, CHUNK_BYTES), linkTo(last, none, 40)];
  return putBlock(node, DAG_PB, concatBytes(...links, field(1, file)));
}

async function putBlock(node: HeliaNode, codec: number, bytes: Uint8Array): Promise<CID> {
  const cid = CID.createV1(codec, Digest.create(SHA2_256, createHash("sha256").update(bytes).digest()));
  await node.blocks.put(cid, bytes);
  return cid;
}

/** A protobuf field of wire type 2. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of((number << 3) | 2), varint(bytes.length), bytes);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
