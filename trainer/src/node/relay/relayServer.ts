/**
 * A relay's door: plain HTTP with JSON, made for strangers. Every request is bounded in bytes, time and number.
 *
 * Knows no chain: it reads requests, asks the desk, and words its answers.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isTagged } from "../../protocol/errors.ts";
import { createRateLimit, networkOf, type RateLimit } from "./rateLimit.ts";
import { isRefusal, RelayError, STATUS_OF } from "./relayError.ts";
import {
  type EntryAnswer,
  type EntryKey,
  HAND_IN_PATH,
  type HandIn,
  INFO_PATH,
  MAX_REQUEST_BYTES,
  parseEntryPath,
  parseHandIn,
  type Receipt,
} from "./relayProtocol.ts";

/** What the door asks. Every refusal is a {@link RelayError}. */
export interface RelayDesk {
  info(): object;
  handIn(entry: HandIn, signal: AbortSignal): Promise<Receipt>;
  answer(key: EntryKey): EntryAnswer;
}

export interface RelayServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly nowMs: () => number;
  /** Tokens a second and remote address; an entry takes {@link HAND_IN_TOKENS}, a question one. @default 10 */
  readonly tokensPerSecond?: number | undefined;
  /** What is a bug here: the relay must not die of a request, nor hide it. */
  readonly onFault: (error: unknown) => void;
}

export interface RelayServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A signature to check and two questions to the chain. */
export const HAND_IN_TOKENS = 4;

/** A whole round's trainers behind one address can hand in within ten seconds or so. Unit: tokens. */
const BURST_SECONDS = 60;
const TOKENS_PER_SECOND = 10;
const MAX_REMOTES = 4_096;

/** Entries looked at at once; each waits for the chain. */
const MAX_AT_ONCE = 64;

/** Of all, and of one address: who opens many and sends nothing leaves room for the others. */
const MAX_CONNECTIONS = { all: 512, each: 64 } as const;

/** Unit: milliseconds. */
const TIMEOUTS = { headers: 3_000, request: 5_000, idle: 5_000, answer: 10_000, sweep: 500 } as const;

/** @throws {RelayError} `RELAY_LISTEN_FAILED` */
export async function openRelayServer(desk: RelayDesk, options: RelayServerOptions): Promise<RelayServer> {
  const perSecond = options.tokensPerSecond ?? TOKENS_PER_SECOND;
  const limit = createRateLimit({ capacity: BURST_SECONDS * perSecond, perSecond, maxRemotes: MAX_REMOTES });
  const door: Door = { desk, limit, atOnce: { count: 0 }, ...options };
  const server = createServer(
    {
      headersTimeout: TIMEOUTS.headers,
      requestTimeout: TIMEOUTS.request,
      keepAliveTimeout: TIMEOUTS.idle,
      connectionsCheckingInterval: TIMEOUTS.sweep,
      maxHeaderSize: MAX_REQUEST_BYTES,
    },
    (request, response) => void serve(door, request, response),
  );
  server.maxConnections = MAX_CONNECTIONS.all;
  limitConnections(server);
  server.setTimeout(TIMEOUTS.request + TIMEOUTS.answer); // a reader that never takes its answer
  await listen(server, options);
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function limitConnections(server: Server): void {
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const remote = networkOf(socket.remoteAddress ?? "");
    const count = (open.get(remote) ?? 0) + 1;
    open.set(remote, count);
    socket.once("close", () => {
      const left = (open.get(remote) ?? 1) - 1;
      if (left === 0) open.delete(remote);
      else open.set(remote, left);
    });
    if (count > MAX_CONNECTIONS.each) socket.destroy();
  });
}

async function listen(server: Server, { host, port, onFault }: RelayServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const detail = { code: "RELAY_LISTEN_FAILED", host, port } as const;
      reject(new RelayError(detail, `cannot listen on ${host}:${port}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  server.on("error", onFault); // such as too many open files: the others are still served
}

interface Door extends Pick<RelayServerOptions, "nowMs" | "onFault"> {
  readonly desk: RelayDesk;
  readonly limit: RateLimit;
  readonly atOnce: { count: number };
}

async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on("error", () => {}); // whoever asked is gone
  try {
    const answer = await answerTo(door, request);
    send(
      response,
      answer === undefined ? 404 : 200,
      answer ?? { error: { code: "RELAY_REQUEST_MALFORMED", message: "there is nothing here" } },
    );
  } catch (error) {
    refuse(door, response, error);
  }
}

async function answerTo(door: Door, request: IncomingMessage): Promise<object | undefined> {
  const { desk } = door;
  const path = (request.url ?? "").split("?", 1)[0]!;
  const isHandIn = request.method === "POST" && path === HAND_IN_PATH;
  takeTokens(door, request, isHandIn ? HAND_IN_TOKENS : 1);
  if (isHandIn) return handIn(door, request);
  if (request.method !== "GET") return undefined;
  if (path === INFO_PATH) return desk.info();
  const key = parseEntryPath(path);
  return key === undefined ? undefined : desk.answer(key);
}

async function handIn({ desk, atOnce }: Door, request: IncomingMessage): Promise<Receipt> {
  const entry = parseHandIn(await readBody(request));
  if (atOnce.count >= MAX_AT_ONCE) throw busy();
  atOnce.count++;
  try {
    return await desk.handIn(entry, AbortSignal.timeout(TIMEOUTS.answer));
  } finally {
    atOnce.count--;
  }
}

function takeTokens({ limit, nowMs }: Door, request: IncomingMessage, tokens: number): void {
  const waitSeconds = limit.take(request.socket.remoteAddress ?? "", tokens, nowMs());
  if (waitSeconds === 0) return;
  const retrySeconds = Math.ceil(waitSeconds);
  throw new RelayError({ code: "RELAY_TOO_MANY_REQUESTS", retrySeconds }, `too many requests: wait ${retrySeconds} s`);
}

/** Reads no byte beyond the limit, whatever the header says. */
async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = (): RelayError => {
    const detail = { code: "RELAY_REQUEST_TOO_LARGE", limitBytes: MAX_REQUEST_BYTES } as const;
    return new RelayError(detail, `a request has at most ${MAX_REQUEST_BYTES} bytes`);
  };
  if (Number(request.headers["content-length"] ?? 0) > MAX_REQUEST_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_REQUEST_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (isTagged(error)) throw error;
    throw new RelayError({ code: "RELAY_REQUEST_MALFORMED", field: "body" }, "the request was cut short");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function busy(): RelayError {
  return new RelayError({ code: "RELAY_BUSY" }, "the relay has more to do than it can: send the commitment yourself");
}

/** What the chain or the disk says is not for strangers: to them the relay is busy. */
function refuse({ onFault }: Door, response: ServerResponse, error: unknown): void {
  const isKnown = error instanceof RelayError && isRefusal(error.code);
  if (!isKnown) onFault(error);
  const { detail, message } = isKnown ? error : busy();
  if (detail.code === "RELAY_TOO_MANY_REQUESTS") response.setHeader("Retry-After", `${detail.retrySeconds}`);
  response.setHeader("Connection", "close"); // the rest of the request is not read
  send(response, isRefusal(detail.code) ? STATUS_OF[detail.code] : 500, { error: { code: detail.code, message } });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  response.end(text);
}
