/** Addresses from `NodeRegistry`, sifted: whoever announces them may write anything there. Dials nothing. */
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { peerIdFromText } from "../protocol/peerProof.ts";
import type { KnownPeer } from "./contentStore.ts";

/** A registry entry may name many addresses; these are tried. */
const MAX_ADDRESSES = 8;

/** What TCP and WebSocket can dial. `dnsaddr` is left out: it resolves to further addresses, without end. */
const DIALABLE = /^\/(ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/\d+(\/(ws|wss|tls\/ws))?(\/p2p\/[^/]+)?$/;

/** @returns the peer's addresses that we can dial, each ending in its own peer id; none when the entry is nonsense. */
export function dialableAddresses({ peerId, multiaddrs }: KnownPeer): Multiaddr[] {
  if (peerIdFromText(peerId) === undefined) return [];
  const addresses: Multiaddr[] = [];
  for (const text of multiaddrs.slice(0, MAX_ADDRESSES)) {
    if (!DIALABLE.test(text)) continue;
    const [, named] = text.split("/p2p/");
    if (named !== undefined && named !== peerId) continue;
    try {
      addresses.push(multiaddr(named === undefined ? `${text}/p2p/${peerId}` : text));
    } catch {
      // a port of 70000, an address of five numbers: from a stranger, so not worth an error
    }
  }
  return addresses;
}
