/**
 * The dApp on an address of this machine: its files, the document that says which chain it shows, and what a visitor of a
 * local chain needs besides: documents by CID, a place to put them, coins.
 *
 * Answers to its own name only, so no page from elsewhere reaches it through a name of its own. Every body and wait is bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CID } from "multiformats/cid";
import type { ContentStore } from "../../trainer/src/network/contentStore.ts";
import { toCid } from "../../trainer/src/protocol/contentRef.ts";
import type { Faucet } from "./faucet.ts";
import { COMMON_HEADERS } from "./securityHeaders.ts";
import type { Answer, StaticFiles } from "./staticFiles.ts";
import { waitingPage } from "./waitingPage.ts";

export interface SiteServerOptions {
  /** `undefined` while the site is still being built. */
  readonly files: () => StaticFiles | undefined;
  /** What `/cairn.json` says. */
  readonly document: unknown;
  readonly store: Pick<ContentStore, "block" | "put">;
  readonly faucet?: Faucet;
  /** Taken when it is free, else any other. */
  readonly preferredPort: number;
  readonly signal: AbortSignal;
}

export interface SiteServer {
  readonly url: string;
  /** Closes all connections. */
  stop(): Promise<void>;
}

/** Unit: bytes. */
const MOST_BYTES = { content: 64 * 2 ** 20, faucet: 1_024 } as const;

/** How long to look for somebody who has a block. Unit: milliseconds. */
const BLOCK_DEADLINE_MS = 10_000;

const LOCAL_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"]);

export async function startSiteServer(options: SiteServerOptions): Promise<SiteServer> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      sendText(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  server.requestTimeout = 60_000;
  const port = await listen(server, options.preferredPort);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, preferredPort: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      server.once("error", reject);
      server.listen(0, "127.0.0.1");
    });
    server.once("listening", () => resolve((server.address() as AddressInfo).port));
    server.listen(preferredPort, "127.0.0.1");
  });
}

async function handle(options: SiteServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = request.headers.host ?? "";
  if (!LOCAL_HOSTS.has(host.replace(/:\d+$/, ""))) return sendText(response, 421, "This is another machine's name.");
  const url = new URL(request.url ?? "/", `http://${host}`);
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead && url.pathname === "/cairn.json") return sendJson(response, 200, options.document);
  if (isRead && url.pathname.startsWith("/ipfs/")) return sendBlock(options, url, response);
  if (request.method === "OPTIONS") return sendPreflight(request, response);
  if (request.method === "POST" && isFromHere(request)) {
    if (url.pathname === "/content") return takeContent(options, request, response);
    if (url.pathname === "/faucet" && options.faucet) return giveCoins(options.faucet, request, response);
  }
  if (!isRead) return sendText(response, 405, "Nothing here takes that.");
  const files = options.files();
  const path = safeDecode(url.pathname);
  send(
    request,
    response,
    files === undefined || path === undefined ? waitingPage(files === undefined) : files.answer(path),
  );
}

/** A page of this machine, or a program: browsers name the page's origin with every POST, programs need not. */
function isFromHere({ headers }: IncomingMessage): boolean {
  const { origin } = headers;
  return origin === undefined || (URL.canParse(origin) && LOCAL_HOSTS.has(new URL(origin).hostname));
}

/** As trustless gateways do: the block's bytes, which the visitor checks. @see https://specs.ipfs.tech/http-gateways/trustless-gateway/ */
async function sendBlock({ store, signal }: SiteServerOptions, url: URL, response: ServerResponse): Promise<void> {
  let cid: CID;
  try {
    cid = CID.parse(url.pathname.slice("/ipfs/".length));
    if (cid.multihash.code !== 0x12 || cid.version !== 1) throw new TypeError("not a CIDv1 of sha2-256");
  } catch {
    return sendText(response, 400, "That is no CIDv1 of sha2-256.");
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const until = AbortSignal.any([signal, gone.signal]);
    const block = await store.block(cid, { signal: until, deadlineMs: BLOCK_DEADLINE_MS });
    response.writeHead(200, {
      ...COMMON_HEADERS,
      "Content-Type": "application/vnd.ipld.raw",
      "Cache-Control": "public, max-age=29030400, immutable",
      "Access-Control-Allow-Origin": "*",
      "Cross-Origin-Resource-Policy": "cross-origin",
    });
    response.end(block);
  } catch (error) {
    const code = (error as { readonly code?: string }).code ?? "";
    sendText(response, /NOT_FOUND|UNREACHABLE/.test(code) ? 404 : 502, `No peer gave this block (${code}).`);
  }
}

async function takeContent(
  options: SiteServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBody(request, MOST_BYTES.content);
  if (bytes === undefined) return sendText(response, 413, "That is more than 64 MiB.");
  const ref = await options.store.put(bytes, { signal: options.signal });
  sendJson(response, 201, { cid: toCid(ref).toString(), ...ref });
}

async function giveCoins(faucet: Faucet, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, MOST_BYTES.faucet);
  try {
    const { account } = JSON.parse(new TextDecoder().decode(body)) as { readonly account?: unknown };
    sendJson(response, 200, { transactions: await faucet.give(account) });
  } catch (error) {
    sendText(response, 400, error instanceof Error ? error.message : String(error));
  }
}

/** @returns the whole body; `undefined` as soon as it is longer than `most` bytes. */
async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.byteLength;
    if (length > most) return undefined;
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body, gzipped }: Answer): void {
  const zip = gzipped !== undefined && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const bytes = zip ? gzipped : body;
  const encoding = zip ? { "Content-Encoding": "gzip" } : {};
  response.writeHead(status, { ...COMMON_HEADERS, ...headers, ...encoding, "Content-Length": bytes.byteLength });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Readable from the development server's port too. */
function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
  });
  response.end(`${JSON.stringify(value, null, 2)}\n`);
}

function sendPreflight(request: IncomingMessage, response: ServerResponse): void {
  if (!isFromHere(request)) {
    sendText(response, 403, "Pages of this machine only.");
    return;
  }
  response.writeHead(204, {
    "Access-Control-Allow-Origin": request.headers.origin ?? "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "content-type",
  });
  response.end();
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    "Content-Type": "text/plain; charset=utf-8",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
  });
  response.end(`${text}\n`);
}

function safeDecode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // a stray %
  }
}
