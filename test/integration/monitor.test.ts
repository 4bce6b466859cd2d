/** A node's door for its operator, on a real chain: what it tells is what the chain says, and only to this machine. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { type Monitor, openMonitor } from "../../trainer/src/node/monitor/monitor.ts";
import { parseMetrics } from "../../trainer/src/node/monitor/testing/parseMetrics.ts";
import { NodeError } from "../../trainer/src/node/nodeError.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

describe("a node's monitor", () => {
  let network: LocalNetwork;
  let monitor: Monitor;
  before(async () => {
    network = await openLocalNetwork();
    monitor = await openMonitor({ ...network.admin, port: 0, nowMs: Date.now, signal: network.signal });
  });
  after(async () => {
    await monitor.stop();
    await network.stop();
  });
  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`${monitor.url}${path}`, init);

  it("says that the node is starting, then that it is well", async () => {
    const starting = await ask("/healthz");
    assert.equal(starting.status, 503);
    assert.equal(((await starting.json()) as Health).problems[0]?.code, "HEALTH_STARTING");
    const { peerId, multiaddrs } = network.admin.store.peer;
    const { address } = network.admin.chain.account!;
    monitor.note({ event: "ready", address, peerId, multiaddrs, roles: ["auditor"] });
    const well = await ask("/healthz");
    assert.equal(well.status, 200, await well.clone().text());
    assert.equal(((await well.json()) as Health).status, "ok");
  });

  it("gives figures that a scraper reads, and that are the chain's", async () => {
    const { chain } = network.admin;
    let metrics = parseMetrics(await (await ask("/metrics")).text());
    while (!metrics.has("cairn_block_number")) {
      await pause(50, network.signal); // the first look at the chain
      metrics = parseMetrics(await (await ask("/metrics")).text());
    }
    const held = await chain.read("cairnToken", "balanceOf", [chain.account!.address], { signal: network.signal });
    assert.equal(metrics.get("cairn_balance_cairn")?.value, Number(held) / 1e18);
    assert.ok(metrics.get("cairn_block_number")!.value > 0, "a block was seen");
    assert.ok(metrics.get("process_resident_memory_bytes")!.value > 1e7, "memory is measured");
    assert.match((await ask("/metrics")).headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  });

  it("listens on loopback, answers nothing else, and says so when the port is taken", async () => {
    const { hostname, port } = new URL(monitor.url);
    assert.equal(hostname, "127.0.0.1");
    assert.equal((await ask("/")).status, 404);
    assert.equal((await ask("/metrics", { method: "POST" })).status, 405);
    const second = openMonitor({ ...network.admin, port: Number(port), nowMs: Date.now, signal: network.signal });
    await assert.rejects(second, (error) => error instanceof NodeError && error.code === "NODE_METRICS_LISTEN_FAILED");
  });
});

interface Health {
  readonly status: string;
  readonly problems: readonly { readonly code: string }[];
}
