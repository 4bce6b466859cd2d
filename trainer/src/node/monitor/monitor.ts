/**
 * A node's door for its operator: `/healthz` tells what is wrong, `/metrics` gives the figures. On loopback by default.
 *
 * It reads and never acts, holds no secret, and what fails in it never reaches the node.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Chain } from "../../chain/connection.ts";
import { pause } from "../../chain/deadline.ts";
import type { ContentStore } from "../../network/contentStore.ts";
import { isTagged } from "../../protocol/errors.ts";
import { NodeError } from "../nodeError.ts";
import type { NodeEvent } from "../nodeEvent.ts";
import { problemsOf, type Vitals } from "./health.ts";
import { METRICS_TYPE, metricsText } from "./metricsText.ts";
import { createNodeStatus, noteEvent } from "./nodeStatus.ts";
import { type ChainSample, createMachineSampler, type MachineSample, sampleChain, sampleConnection } from "./sample.ts";

export interface MonitorOptions {
  readonly chain: Chain;
  readonly store: ContentStore;
  readonly dataDir: string;
  /** @default 127.0.0.1: what it tells is nobody else's business, and nothing asks who is there */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

export interface Monitor {
  readonly url: string;
  note(event: NodeEvent): void;
  stop(): Promise<void>;
}

/** Every block of Ethereum or so. Unit: milliseconds. */
const SAMPLE_MS = 12_000;

/** Unit: milliseconds. */
const TIMEOUTS = { headers: 3_000, request: 5_000, idle: 5_000 } as const;

/** Prometheus opens one, a person another. */
const MAX_CONNECTIONS = 16;

/** @throws {NodeError} `NODE_METRICS_LISTEN_FAILED` */
export async function openMonitor(options: MonitorOptions): Promise<Monitor> {
  const { store, dataDir, nowMs } = options;
  const status = createNodeStatus(nowMs());
  const machine = createMachineSampler(store, dataDir);
  const stopping = new AbortController();
  const seen: Seen = { chain: undefined, machine: undefined };
  const vitals = (): Vitals => ({ status, ...seen, connection: sampleConnection(options.chain), nowMs: nowMs() });
  const server = createServer(
    { headersTimeout: TIMEOUTS.headers, requestTimeout: TIMEOUTS.request, keepAliveTimeout: TIMEOUTS.idle },
    (request, response) => answer(request, response, vitals()),
  );
  server.maxConnections = MAX_CONNECTIONS;
  const url = await listen(server, options);
  const sampling = keepSampling(seen, {
    ...options,
    machine,
    signal: AbortSignal.any([options.signal, stopping.signal]),
  });
  return {
    url,
    note: (event) => noteEvent(status, event, nowMs()),
    async stop() {
      stopping.abort();
      machine.stop();
      server.close();
      server.closeAllConnections();
      await sampling;
    },
  };
}

interface Seen {
  chain: ChainSample | undefined;
  machine: MachineSample | undefined;
}

interface Sampling extends Pick<MonitorOptions, "chain" | "nowMs" | "signal"> {
  readonly machine: ReturnType<typeof createMachineSampler>;
}

async function keepSampling(seen: Seen, { chain, machine, nowMs, signal }: Sampling): Promise<void> {
  while (!signal.aborted) {
    seen.machine = await machine.sample();
    try {
      seen.chain = await sampleChain(chain, nowMs, { signal });
    } catch (error) {
      if (!isTagged(error)) throw error; // the age of the last answer tells of it
    }
    await pause(SAMPLE_MS, signal);
  }
}

async function listen(server: Server, { host = "127.0.0.1", port }: MonitorOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const detail = { code: "NODE_METRICS_LISTEN_FAILED", host, port } as const;
      reject(new NodeError(detail, `cannot listen on ${host}:${port}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  server.on("error", () => {}); // such as too many open files: the node goes on
  server.unref();
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
}

function answer(request: IncomingMessage, response: ServerResponse, vitals: Vitals): void {
  response.on("error", () => {}); // whoever asked is gone
  const { status, type, text } = request.method === "GET" ? page(request.url ?? "", vitals) : ONLY_GET;
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const ONLY_GET: Page = { status: 405, type: "text/plain", text: "only GET\n" };
const NOTHING: Page = { status: 404, type: "text/plain", text: "/healthz and /metrics\n" };

function page(url: string, vitals: Vitals): Page {
  switch (url.split("?", 1)[0]) {
    case "/metrics":
      return { status: 200, type: METRICS_TYPE, text: metricsText(vitals) };
    case "/healthz": {
      const problems = problemsOf(vitals);
      const isHealthy = !problems.some(({ isUrgent }) => isUrgent);
      const text = `${JSON.stringify({ status: isHealthy ? "ok" : "failing", problems })}\n`;
      return { status: isHealthy ? 200 : 503, type: "application/json", text };
    }
    default:
      return NOTHING;
  }
}
