/** A loopback HTTP server that speaks the few RPC calls of Kubo we use, honestly or not. For tests only. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toCid } from "../protocol/contentRef.ts";
import { peerIdOf, peerIdText } from "../protocol/peerProof.ts";
import { computeContentRef } from "./contentDigest.ts";

/** Answers one call instead of the honest daemon. */
export type Lie = (request: IncomingMessage, response: ServerResponse) => void;

export interface FakeDaemon {
  readonly url: string;
  /** Every call so far: path and query. */
  readonly calls: readonly URL[];
  stop(): Promise<void>;
}

const peerId = peerIdText(peerIdOf(new Uint8Array(32).fill(5)));

/** @param lies by name of the call, such as `cat`. */
export async function startFakeDaemon(lies: Readonly<Record<string, Lie>> = {}): Promise<FakeDaemon> {
  const honest = honestCalls();
  const calls: URL[] = [];

  const server = createServer((request, response) => {
    const url = new URL(request.url!, "http://127.0.0.1");
    calls.push(url);
    const call = url.pathname.replace("/api/v0/", "");
    const lie = lies[call];
    response.setHeader("Content-Type", "application/json");
    if (lie !== undefined) lie(request, response);
    else void honest[call]!(url, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Call = (url: URL, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A daemon's calls over contents in memory. */
function honestCalls(): Readonly<Record<string, Call>> {
  const contents = new Map<string, Uint8Array>();
  return {
    async id(_url, _request, response) {
      response.end(JSON.stringify({ ID: peerId, Addresses: [`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`] }));
    },
    async add(_url, request, response) {
      const bytes = filePart(await readBody(request));
      const cid = toCid(await computeContentRef(bytes)).toString();
      contents.set(cid, bytes);
      response.end(`${JSON.stringify({ Name: cid, Hash: cid, Size: String(bytes.length) })}\n`);
    },
    async cat(url, _request, response) {
      const bytes = contents.get(url.searchParams.get("arg")!);
      if (bytes === undefined) return; // it looks for providers, without end
      response.end(bytes.subarray(0, Number(url.searchParams.get("length") ?? bytes.length)));
    },
    async "block/get"(url, _request, response) {
      const bytes = contents.get(url.searchParams.get("arg")!);
      if (bytes !== undefined) response.end(bytes); // else it looks for providers, without end
    },
    async "block/stat"(url, _request, response) {
      const Key = url.searchParams.get("arg")!;
      if (contents.has(Key)) response.end(JSON.stringify({ Key, Size: 1 }));
      else response.writeHead(500).end(JSON.stringify({ Message: "ipld: could not find" }));
    },
    async "swarm/connect"(_url, _request, response) {
      response.end(JSON.stringify({ Strings: ["connect success"] }));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The bytes of the one file in a multipart body: between the empty line and the closing boundary. */
function filePart(body: Buffer): Uint8Array {
  const start = body.indexOf("\r\n\r\n") + 4;
  const boundary = body.subarray(0, body.indexOf("\r\n"));
  return Uint8Array.from(body.subarray(start, body.lastIndexOf(boundary) - 2));
}
