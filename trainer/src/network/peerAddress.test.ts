import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { peerIdOf, peerIdText } from "../protocol/peerProof.ts";
import { dialableAddresses } from "./peerAddress.ts";

const peerId = peerIdText(peerIdOf(new Uint8Array(32).fill(1)));
const otherId = peerIdText(peerIdOf(new Uint8Array(32).fill(2)));

const sift = (...multiaddrs: string[]): string[] => dialableAddresses({ node: "0x0", peerId, multiaddrs }).map(String);

describe("dialableAddresses", () => {
  it("keeps TCP and WebSocket addresses and ends each in the peer's own id", () => {
    const kept = [
      "/ip4/1.2.3.4/tcp/1",
      "/ip6/::1/tcp/2/ws",
      "/dns4/a.example/tcp/443/wss",
      "/dns/a.example/tcp/3/tls/ws",
    ];
    assert.deepEqual(
      sift(...kept),
      kept.map((address) => `${address}/p2p/${peerId}`),
    );
    assert.deepEqual(sift(`/ip4/1.2.3.4/tcp/1/p2p/${peerId}`), [`/ip4/1.2.3.4/tcp/1/p2p/${peerId}`]);
  });

  it("drops an address that names another peer", () => {
    assert.deepEqual(sift(`/ip4/1.2.3.4/tcp/1/p2p/${otherId}`), []);
  });

  it("drops what cannot be dialled, resolves without end, or is no address", () => {
    const relayed = `/ip4/1.2.3.4/tcp/1/p2p/${otherId}/p2p-circuit/p2p/${peerId}`;
    const wrong = [
      "/dnsaddr/a.example",
      "/ip4/1.2.3.4/udp/1/quic-v1",
      "/unix/tmp/x",
      relayed,
      "/ip4/1.2.3/tcp/1",
      "x",
      "",
    ];
    assert.deepEqual(sift(...wrong, "/ip4/1.2.3.4/tcp/65536"), []);
  });

  it("takes no more than eight, however many are announced", () => {
    assert.equal(sift(...Array.from({ length: 100 }, (_, i) => `/ip4/1.2.3.4/tcp/${i + 1}`)).length, 8);
  });

  it("drops everything of a peer whose id is none", () => {
    assert.deepEqual(dialableAddresses({ node: "0x0", peerId: "x", multiaddrs: ["/ip4/1.2.3.4/tcp/1"] }), []);
  });
});
