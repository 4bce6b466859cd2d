import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Address } from "viem";
import type { NodeEvent } from "../nodeEvent.ts";
import { problemsOf, type Vitals } from "./health.ts";
import { metricsText } from "./metricsText.ts";
import { createNodeStatus, noteEvent } from "./nodeStatus.ts";
import type { ChainSample, MachineSample } from "./sample.ts";
import { parseMetrics } from "./testing/parseMetrics.ts";

const NOW_MS = 1_800_000_000_000;
const ADDRESS: Address = "0x00000000000000000000000000000000000000aa";

const EVENTS: readonly NodeEvent[] = [
  { event: "ready", address: ADDRESS, peerId: "12D3", multiaddrs: [], roles: ["trainer", "auditor"] },
  { event: "phase", task: "3", round: 7, phase: "Commit", deadline: 1_800_000_060 },
  { event: "phase", task: "3", round: 7, phase: "Reveal", deadline: 1_800_000_120 },
  {
    ...{ event: "trained", task: "3", round: 7, seconds: 1.5, cpuSeconds: 1, samples: 10, loss: 2 },
    ...{ updateDigest: "0x00", byteLength: 10 },
  },
  { event: "transaction", kind: "commitUpdate", hash: "0x01", gasUsed: "100000", status: "success" },
  { event: "transaction", kind: "commitUpdate", hash: "0x02", gasUsed: "50000", status: "reverted" },
  { event: "transaction", kind: "revealUpdate", hash: "0x03", gasUsed: "7", status: "success" },
  { event: "error", code: "CHAIN_TIMEOUT", message: 'it said "no"\nand \\ more' },
];

const CHAIN: ChainSample = {
  atMs: NOW_MS - 3_000,
  block: 1_234n,
  blockSeconds: NOW_MS / 1_000 - 10,
  etherWei: 2n * 10n ** 18n,
  gasPriceWei: 10n ** 9n,
  cairnWei: 5n * 10n ** 17n,
  stakeWei: 20n * 10n ** 18n,
};

const MACHINE: MachineSample = {
  ...{ peers: 4, sentBytes: 10, receivedBytes: 20, diskFreeBytes: 2 ** 34, rssBytes: 1e8, heapBytes: 5e7 },
  ...{ cpuSeconds: 3.5, loopDelay: { p50: 0.001, p99: 0.02, max: 0.3 } },
};

const CONNECTION: Vitals["connection"] = {
  transactions: new Map([
    ["signed", 0],
    ["sent", 1],
    ["included", 2],
  ]),
  endpoints: [
    { host: "https://one.example", isUsed: false, setAside: "is behind", failures: 3 },
    { host: "https://two.example", isUsed: true, setAside: undefined, failures: 0 },
  ],
};

function vitals(changes: Partial<Vitals> = {}, events: readonly NodeEvent[] = EVENTS.slice(0, -1)): Vitals {
  const status = createNodeStatus(NOW_MS - 600_000);
  for (const event of events) noteEvent(status, event, NOW_MS - 1_000);
  return { status, chain: CHAIN, machine: MACHINE, connection: CONNECTION, nowMs: NOW_MS, ...changes };
}

const codes = (changes: Partial<Vitals>, events?: readonly NodeEvent[]): string[] =>
  problemsOf(vitals(changes, events)).map(({ code, isUrgent }) => (isUrgent ? `${code}!` : code));

describe("problemsOf", () => {
  it("finds nothing wrong with a node that is well", () => {
    assert.deepEqual(codes({}), []);
  });

  it("names what is wrong, each by itself", () => {
    const chain = (changes: Partial<ChainSample>) => codes({ chain: { ...CHAIN, ...changes } });
    const machine = (changes: Partial<MachineSample>) => codes({ machine: { ...MACHINE, ...changes } });
    assert.deepEqual(codes({}, []), ["HEALTH_STARTING!"]);
    assert.deepEqual(chain({ atMs: NOW_MS - 61_000, blockSeconds: NOW_MS / 1_000 - 62 }), ["HEALTH_CHAIN_SILENT!"]);
    assert.deepEqual(codes({ chain: undefined }), ["HEALTH_CHAIN_SILENT!"], "never an answer, in ten minutes");
    assert.deepEqual(chain({ blockSeconds: NOW_MS / 1_000 - 200 }), ["HEALTH_CHAIN_STALE!"]);
    assert.deepEqual(chain({ blockSeconds: NOW_MS / 1_000 + 30 }), ["HEALTH_CLOCK_BEHIND"]);
    assert.deepEqual(
      chain({ etherWei: 19n * 10n ** 15n }),
      ["HEALTH_ETHER_LOW"],
      "nineteen transactions of a million gas",
    );
    assert.deepEqual(chain({ etherWei: 20n * 10n ** 15n }), []);
    assert.deepEqual(machine({ peers: 0 }), ["HEALTH_ALONE"]);
    assert.deepEqual(machine({ peers: undefined }), [], "a daemon keeps them");
    assert.deepEqual(machine({ diskFreeBytes: 2 ** 30 - 1 }), ["HEALTH_DISK_LOW!"]);
    assert.deepEqual(machine({ loopDelay: { p50: 0, p99: 1, max: 6 } }), ["HEALTH_LOOP_BLOCKED"]);
    assert.deepEqual(codes({}, EVENTS), ["HEALTH_ERRORS"]);
    assert.deepEqual(
      codes({ nowMs: NOW_MS + 200_000, chain: { ...CHAIN, atMs: NOW_MS + 199_000 } }, EVENTS).includes("HEALTH_ERRORS"),
      false,
      "old news",
    );
  });

  it("puts what is urgent first", () => {
    assert.deepEqual(codes({ machine: { ...MACHINE, peers: 0, diskFreeBytes: 0 } }), [
      "HEALTH_DISK_LOW!",
      "HEALTH_ALONE",
    ]);
  });
});

describe("metricsText", () => {
  it("gives what the events and the samples said, in a form that parses", () => {
    const metrics = parseMetrics(metricsText(vitals({}, EVENTS)));
    const value = (key: string): number | undefined => metrics.get(key)?.value;
    assert.equal(value('cairn_round{task="3"}'), 7);
    assert.equal(value('cairn_phase{task="3",phase="Reveal"}'), 1);
    assert.equal(value('cairn_phase{task="3",phase="Commit"}'), undefined, "it is over");
    assert.equal(value("cairn_updates_trained_total"), 1);
    assert.equal(value("cairn_training_seconds_total"), 1.5);
    assert.equal(value('cairn_transactions_total{kind="commitUpdate",status="success"}'), 1);
    assert.equal(value('cairn_transactions_total{kind="commitUpdate",status="reverted"}'), 1);
    assert.equal(value('cairn_transactions_pending{state="sent"}'), 1);
    assert.equal(value('cairn_transactions_pending{state="included"}'), 2);
    assert.equal(value('cairn_rpc_used{rpc="1",host="https://one.example"}'), 0);
    assert.equal(value('cairn_rpc_used{rpc="2",host="https://two.example"}'), 1);
    assert.equal(value('cairn_rpc_set_aside{rpc="1",host="https://one.example"}'), 1);
    assert.equal(value('cairn_rpc_failures_total{rpc="1",host="https://one.example"}'), 3);
    assert.equal(value("cairn_gas_used_total"), 150_007);
    assert.equal(value('cairn_errors_total{code="CHAIN_TIMEOUT"}'), 1);
    assert.equal(value("cairn_block_number"), 1_234);
    assert.equal(value("cairn_block_age_seconds"), 10);
    assert.equal(value("cairn_chain_answer_age_seconds"), 3);
    assert.equal(value("cairn_balance_ether"), 2);
    assert.equal(value("cairn_stake_cairn"), 20);
    assert.equal(value("cairn_peers"), 4);
    assert.equal(value('cairn_event_loop_delay_seconds{quantile="0.99"}'), 0.02);
    assert.equal(value('cairn_problem{code="HEALTH_ERRORS"}'), 1);
    assert.equal(value("cairn_healthy"), 1, "an error is no alarm");
    assert.equal(metrics.get("cairn_gas_used_total")?.type, "counter");
    assert.equal(metrics.get("cairn_peers")?.type, "gauge");
    assert.equal(value(`cairn_node_info{address="${ADDRESS}",peer_id="12D3",roles="trainer,auditor"}`), 1);
  });

  it("leaves out what is not known, and parses before anything was told", () => {
    const metrics = parseMetrics(metricsText(vitals({ chain: undefined, machine: undefined }, [])));
    assert.equal(metrics.get("cairn_block_number"), undefined);
    assert.equal(metrics.get("cairn_ready")?.value, 0);
    assert.equal(metrics.get("cairn_healthy")?.value, 0);
  });

  it("keeps its form whatever a label holds", () => {
    const nasty = 'a"b\\c\nd';
    const metrics = parseMetrics(metricsText(vitals({}, [{ event: "error", code: nasty, message: "" }])));
    assert.equal(metrics.get('cairn_errors_total{code="a\\"b\\\\c\\nd"}')?.value, 1);
  });
});
