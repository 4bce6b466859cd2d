/** Bundles the page and the product's worker, serves both on loopback, and waits for what the page posts. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { PageJob, PageResult } from "./protocol.ts";

export interface WebServer extends AsyncDisposable {
  readonly url: string;
  readonly result: Promise<PageResult>;
}

const WORKERS = fileURLToPath(new URL("../../../web/src/training/worker/", import.meta.url));

/** The workers start further workers by their own address, so each is served under its source's name. */
export async function bundleScripts(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { build } = await import("esbuild");
  const entries = {
    "/page.js": fileURLToPath(new URL("./page.ts", import.meta.url)),
    "/trainWorker.js": `${WORKERS}trainWorker.ts`,
    "/kernelThread.ts": `${WORKERS}kernelThread.ts`,
  };
  const scripts = new Map<string, Uint8Array>();
  for (const [path, entry] of Object.entries(entries)) {
    const { outputFiles } = await build({
      ...{ entryPoints: [entry], bundle: true, minify: true, write: false, format: "esm", target: "es2022" },
      logLevel: "silent",
    });
    scripts.set(path, outputFiles[0]!.contents);
  }
  return scripts;
}

/** As the site is served: cross-origin isolated. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const PAGE = '<!doctype html><title>training</title><script type="module" src="/page.js"></script>';

export async function serveTraining(scripts: ReadonlyMap<string, Uint8Array>, job: PageJob): Promise<WebServer> {
  const { promise: result, resolve } = Promise.withResolvers<PageResult>();
  const answer = async (request: IncomingMessage): Promise<readonly [type: string, body: string | Uint8Array]> => {
    const path = request.url ?? "/";
    if (path === "/") return ["text/html", PAGE];
    if (path === "/job") return ["application/json", JSON.stringify(job)];
    if (path === "/result") resolve(JSON.parse(await text(request)) as PageResult);
    return ["text/javascript", scripts.get(path) ?? ""];
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ([type, body]) => response.writeHead(200, { ...HEADERS, "content-type": type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    result,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
