/**
 * One Helia node with exactly the parts Cairn needs: TCP and WebSocket, noise, yamux, identify, bitswap, files on disk.
 *
 * No bootstrap servers, mDNS, DHT, relays, port mapping or HTTP gateways: addresses come from `NodeRegistry` only, and
 * the node listens only where it is told. Must not know what is fetched or why.
 */
import { join } from "node:path";
import { withBitswap } from "@helia/bitswap";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { type Identify, identify } from "@libp2p/identify";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { FsBlockstore } from "blockstore-fs";
import { MemoryDatastore } from "datastore-core";
import { LevelDatastore } from "datastore-level";
import { createLightHelia, type HeliaWithLibp2p } from "./lightHelia.ts";
import { networkError } from "./networkError.ts";
import { stopWithin } from "./stopWithin.ts";
import { createTrafficMeter, type TrafficMeter } from "./trafficMeter.ts";

export interface HeliaNodeOptions {
  /** Blocks go to `blocks/`, pins to `pins/` below it. One node at a time. */
  readonly dataDir: string;
  /** Ed25519 seed, 32 bytes. */
  readonly peerKey: Uint8Array;
  /** Multiaddrs to listen on. @default one free TCP port on loopback */
  readonly listen?: readonly string[];
  /** Multiaddrs to announce besides those we listen on, for a node behind a port mapping. @default none */
  readonly announce?: readonly string[];
}

export type Helia = HeliaWithLibp2p<{ identify: Identify }>;
export type Libp2p = Helia["libp2p"];

export interface HeliaNode {
  readonly helia: Helia;
  /** The blocks on disk. Reading or deleting here never touches the network, nor Helia's lock. */
  readonly blocks: FsBlockstore;
  readonly meter: TrafficMeter;
  /** Bounded. */
  stop(): Promise<void>;
}

/** Version 1.2.0 is what Helia and Kubo both speak. */
export const BITSWAP = "/ipfs/bitswap/1.2.0";

/** Unit: ms. Closing sockets and LevelDB takes some 10 ms; a hung peer must not keep the process. */
const STOP_MS = 3_000;

/**
 * Many nodes on one machine, or one network address, dial at once when a round opens; libp2p's default of 5 connections
 * a second and address resets them.
 */
const CONNECTIONS = {
  inboundConnectionThreshold: 1_000,
  maxIncomingPendingConnections: 200,
  reconnectRetries: 10,
  reconnectRetryInterval: 500, // ms; doubles at each try
};

/**
 * Bitswap takes a block under whatever hash the sender names, and compares digests only. With the identity "hash", 32
 * bytes that spell the wanted digest would pass for the content and fail the whole request. No content of ours uses it.
 */
const NO_IDENTITY_HASH = {
  name: "identity",
  code: 0x00,
  encode: refuseIdentityHash,
  digest: refuseIdentityHash,
};

function refuseIdentityHash(): never {
  throw new TypeError("identity hashes are not accepted from peers");
}

/**
 * @throws {NetworkError} `NETWORK_LISTEN_FAILED` | `NETWORK_STORE_FAILED` (`open`), as when another node uses `dataDir`
 */
export async function openHeliaNode(options: HeliaNodeOptions): Promise<HeliaNode> {
  const blocks = new FsBlockstore(join(options.dataDir, "blocks"));
  const pins = new LevelDatastore(join(options.dataDir, "pins"));
  const meter = createTrafficMeter(BITSWAP);
  const listen = options.listen ?? ["/ip4/127.0.0.1/tcp/0"];
  const init = { blockstore: blocks, datastore: pins, hashers: [NO_IDENTITY_HASH] };
  try {
    await blocks.open();
    await pins.open();
  } catch (cause) {
    throw networkError({ code: "NETWORK_STORE_FAILED", operation: "open" }, cause);
  }

  let helia: Helia | undefined;
  const stop = async (): Promise<void> => {
    if (helia !== undefined) await stopWithin(helia.stop(), STOP_MS);
    await stopWithin(pins.close(), STOP_MS);
  };
  try {
    helia = withBitswap(await createLightHelia(init, await libp2pOptions(options, listen, meter)));
    await helia.start();
  } catch (cause) {
    await stop();
    throw networkError({ code: "NETWORK_LISTEN_FAILED", listen }, cause);
  }
  return { helia, blocks, meter, stop };
}

/** @throws when an address is malformed: libp2p itself would find out only later, where nobody can catch it. */
async function libp2pOptions(options: HeliaNodeOptions, listen: readonly string[], meter: TrafficMeter) {
  const announce = options.announce ?? [];
  for (const address of [...listen, ...announce]) multiaddr(address);
  return {
    privateKey: await generateKeyPairFromSeed("Ed25519", options.peerKey),
    datastore: new MemoryDatastore(), // peers' addresses: the chain has them, and newer
    addresses: { listen: [...listen], appendAnnounce: [...announce] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: CONNECTIONS,
    // A node that computes for seconds answers no ping; that must not cost it its connections.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    nodeInfo: { name: "cairn", version: "1", userAgent: "cairn/1" },
    metrics: () => meter.metrics,
    services: { identify: identify() },
  };
}
