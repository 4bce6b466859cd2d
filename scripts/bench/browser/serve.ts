/** Serves the page on loopback, cross-origin isolated, and waits for what it posts. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Bundle } from "./bundle.ts";
import type { Job, PageResult } from "./protocol.ts";

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** Settles with the first result. */
  readonly result: Promise<PageResult>;
}

export interface Site {
  readonly bundle: Bundle;
  readonly job: Job;
  /** The workloads, one folder a model. */
  readonly folder: string;
}

/** A page may share memory with its workers only under these. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

const PAGE = `<!doctype html><title>engine</title><script type="module" src="/page.js"></script>`;
const WORKLOAD_PATH = /^\/workloads\/([a-z]+)\/([a-z]+\.(?:json|bin))$/;

export async function servePage(site: Site): Promise<PageServer> {
  const { promise: result, resolve } = Promise.withResolvers<PageResult>();
  const server = createServer((request, response) => {
    answer(site, request, resolve).then(
      (body) => send(response, body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    result,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface Body {
  readonly type: string;
  readonly content: Uint8Array | string;
}

async function answer(
  { bundle, job, folder }: Site,
  request: IncomingMessage,
  onResult: (result: PageResult) => void,
): Promise<Body | undefined> {
  const { url = "", method } = request;
  const workload = WORKLOAD_PATH.exec(url);
  if (workload !== null) {
    const content = await readFile(join(folder, workload[1]!, workload[2]!));
    return { type: url.endsWith(".json") ? "application/json" : "application/octet-stream", content };
  }
  switch (url) {
    case "/":
      return { type: "text/html", content: PAGE };
    case "/page.js":
      return { type: "text/javascript", content: bundle.page };
    case "/worker.js":
      return { type: "text/javascript", content: bundle.worker };
    case "/job":
      return { type: "application/json", content: JSON.stringify(job) };
    case "/result":
      if (method === "POST") onResult(JSON.parse(await text(request)) as PageResult);
      return { type: "text/plain", content: "" };
    default:
      return undefined;
  }
}

function send(response: ServerResponse, body: Body | undefined): void {
  if (body === undefined) response.writeHead(404, ISOLATION).end();
  else response.writeHead(200, { ...ISOLATION, "content-type": body.type }).end(body.content);
}
