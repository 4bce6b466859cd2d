/** The Kubo store against a loopback server that speaks Kubo's RPC: the contract, and daemons that fail or lie. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { peerIdOf, peerIdText } from "../protocol/peerProof.ts";
import { calm, coded, content, describeContentStore } from "./contentStore.contract.ts";
import { type FakeDaemon, type Lie, startFakeDaemon } from "./kuboDaemon.fixture.ts";
import { createKuboStore } from "./kuboStore.ts";

let daemon: FakeDaemon | undefined;

async function openStore(lies: Readonly<Record<string, Lie>> = {}, answerMs = 2_000) {
  daemon = await startFakeDaemon(lies);
  return createKuboStore({ url: daemon.url, answerMs });
}

const stopDaemon = async (): Promise<void> => {
  await daemon?.stop();
  daemon = undefined;
};

describeContentStore("kuboStore", { open: () => openStore(), close: stopDaemon });

const fail: Lie = (_request, response) => response.writeHead(500).end('{"Message":"disk full"}');
const silent: Lie = () => {};
const hangUp: Lie = (request) => request.socket.destroy();
const babble: Lie = (_request, response) => response.end("<html>not an IPFS daemon</html>");
const endless: Lie = (_request, response) => {
  const pour = (): void => {
    while (!response.destroyed && response.write(new Uint8Array(65_536)));
  };
  response.on("drain", pour);
  pour();
};

describe("createKuboStore", () => {
  afterEach(stopDaemon);

  it("says so when nobody answers at the address, without the password in it", async () => {
    const { url, stop } = await startFakeDaemon();
    await stop();
    const address = url.replace("http://", "http://user:secret@");
    const refused = (error: unknown): true => {
      assert.ok(
        error instanceof Error && !JSON.stringify(error).includes("secret") && !error.message.includes("secret"),
      );
      return coded("NETWORK_DAEMON_UNREACHABLE")(error);
    };
    await assert.rejects(createKuboStore({ url: address }), refused);
    await assert.rejects(createKuboStore({ url: "user:secret" }), refused);
  });

  it("says so when the daemon is silent, hangs up, fails, or is no daemon", async () => {
    await assert.rejects(openStore({ id: silent }, 50), coded("NETWORK_DAEMON_UNREACHABLE"));
    await stopDaemon();
    await assert.rejects(openStore({ id: hangUp }), coded("NETWORK_DAEMON_UNREACHABLE"));
    await stopDaemon();
    await assert.rejects(openStore({ id: fail }), coded("NETWORK_DAEMON_FAILED"));
    await stopDaemon();
    await assert.rejects(openStore({ id: babble }), coded("NETWORK_DAEMON_FAILED"));
  });
});

describe("put", () => {
  afterEach(stopDaemon);

  it("asks for the profile's layout, and pins", async () => {
    const store = await openStore();
    await store.put(content(10), { signal: calm });
    const query = Object.fromEntries(daemon!.calls.at(-1)!.searchParams);
    const expected = { "cid-version": "1", "raw-leaves": "true", chunker: "size-1048576", "max-file-links": "1024" };
    assert.deepEqual({ ...query, ...expected, pin: "true" }, query);
  });

  it("refuses a daemon that names another CID", async () => {
    const other = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    const lie: Lie = (request, response) => {
      request.resume().on("end", () => response.end(`{"Name":"x","Hash":"${other}","Size":"10"}\n`));
    };
    const store = await openStore({ add: lie });
    await assert.rejects(store.put(content(10), { signal: calm }), coded("NETWORK_DIGEST_MISMATCH"));
  });

  it("says so when the daemon fails", async () => {
    const store = await openStore({
      add: (request, response) => request.resume().on("end", () => fail(request, response)),
    });
    await assert.rejects(store.put(content(10), { signal: calm }), coded("NETWORK_DAEMON_FAILED"));
  });
});

describe("get", () => {
  afterEach(stopDaemon);

  for (const length of [1_000, 3_000_000]) {
    it(`refuses ${length} other bytes of the right length`, async () => {
      const store = await openStore({ cat: (_request, response) => response.end(content(length, 9)) });
      const ref = await store.put(content(length), { signal: calm });
      await assert.rejects(store.get(ref, { signal: calm }), coded("NETWORK_DIGEST_MISMATCH"));
    });
  }

  it("stops an endless stream at the first byte too many", async () => {
    const store = await openStore({ cat: endless });
    const ref = await store.put(content(100_000), { signal: calm });
    await assert.rejects(store.get(ref, { signal: calm }), coded("NETWORK_CONTENT_TOO_LARGE"));
    assert.ok(store.traffic().receivedBytes < 1_000_000, `read ${store.traffic().receivedBytes}`);
  });

  it("says so when the daemon fails or hangs up", async () => {
    const failing = await openStore({ cat: fail });
    const ref = await failing.put(content(1_000), { signal: calm });
    await assert.rejects(failing.get(ref, { signal: calm }), coded("NETWORK_DAEMON_FAILED"));
    await stopDaemon();
    await assert.rejects(failing.get(ref, { signal: calm }), coded("NETWORK_DAEMON_UNREACHABLE"));
  });

  it("counts what it moved", async () => {
    const store = await openStore();
    const ref = await store.put(content(1_000), { signal: calm });
    await store.get(ref, { signal: calm });
    assert.deepEqual(store.traffic(), { sentBytes: 1_000, receivedBytes: 1_000 });
  });
});

describe("connect", () => {
  afterEach(stopDaemon);

  it("has the daemon dial every address that can be dialled, and minds no failure", async () => {
    const store = await openStore({ "swarm/connect": fail });
    const peerId = peerIdText(peerIdOf(new Uint8Array(32).fill(6)));
    const multiaddrs = ["/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/udp/1/quic-v1", `/dns4/a.example/tcp/2/p2p/${peerId}`];
    await store.connect([{ node: "0x1", peerId, multiaddrs }], { signal: calm });
    const dialled = daemon!.calls.filter(({ pathname }) => pathname.endsWith("swarm/connect"));
    assert.deepEqual(dialled.map(({ searchParams }) => searchParams.get("arg")).sort(), [
      `/dns4/a.example/tcp/2/p2p/${peerId}`,
      `/ip4/127.0.0.1/tcp/1/p2p/${peerId}`,
    ]);
  });
});
