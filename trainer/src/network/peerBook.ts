/**
 * The peers we were told of: dials them, and dials them again when a connection is lost. Trusts no address.
 *
 * Who the peers are is the caller's business (they come from `NodeRegistry`); what they are asked, `blockFetcher.ts`'s.
 */
import { peerIdFromString } from "@libp2p/peer-id";
import type { Multiaddr } from "@multiformats/multiaddr";
import type { KnownPeer } from "./contentStore.ts";
import type { Libp2p } from "./heliaNode.ts";
import { dialableAddresses } from "./peerAddress.ts";

export interface PeerBook {
  /** Remembers `peers` and dials those without a connection. Ends when each was reached or given up, or at `signal`. */
  add(peers: readonly KnownPeer[], signal: AbortSignal): Promise<void>;
  /** Dials every known peer without a connection. */
  redial(signal: AbortSignal): Promise<void>;
  /** Text peer ids with an open connection, known or not, in lexical order. */
  connected(): string[];
  knownCount(): number;
}

const DIAL_CONCURRENCY = 16;
/** Unit: ms. A handshake takes 10 ms on a LAN and some 500 ms around the world. */
const DIAL_MS = 5_000;
/** More than any task has nodes (256 trainers and a committee). */
const MAX_PEERS = 1_024;

export function createPeerBook(libp2p: Libp2p): PeerBook {
  const known = new Map<string, readonly Multiaddr[]>();
  const dialling = new Set<string>();

  const isConnected = (peerId: string): boolean => libp2p.getConnections(peerIdFromString(peerId)).length > 0;

  async function dial(peerId: string, signal: AbortSignal): Promise<void> {
    if (dialling.has(peerId) || isConnected(peerId)) return;
    dialling.add(peerId);
    try {
      await libp2p.dial([...known.get(peerId)!], { signal: AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)]) });
      // libp2p itself dials a peer with this tag again when it is lost
      await libp2p.peerStore.merge(peerIdFromString(peerId), { tags: { "keep-alive-cairn": { value: 1 } } });
    } catch {
      // best effort: `redial` comes with the next request
    } finally {
      dialling.delete(peerId);
    }
  }

  const redial = (signal: AbortSignal): Promise<void> => dialAll([...known.keys()], signal);

  async function dialAll(peerIds: readonly string[], signal: AbortSignal): Promise<void> {
    const missing = peerIds.filter((peerId) => !isConnected(peerId));
    const worker = async (): Promise<void> => {
      for (let next = missing.pop(); next !== undefined && !signal.aborted; next = missing.pop()) {
        await dial(next, signal);
      }
    };
    await Promise.all(Array.from({ length: DIAL_CONCURRENCY }, worker));
  }

  async function add(peers: readonly KnownPeer[], signal: AbortSignal): Promise<void> {
    const given: string[] = [];
    for (const peer of peers) {
      const addresses = dialableAddresses(peer);
      const isSelf = peer.peerId === libp2p.peerId.toString();
      if (isSelf || addresses.length === 0 || (known.size >= MAX_PEERS && !known.has(peer.peerId))) continue;
      known.set(peer.peerId, addresses);
      given.push(peer.peerId);
    }
    await dialAll(given, signal); // not the others: whoever asks for one peer must not wait for a hundred dead ones
  }

  const connected = (): string[] => [...new Set(libp2p.getPeers().map(String))].sort();
  return { add, redial, connected, knownCount: () => known.size };
}
