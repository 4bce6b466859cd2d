/** A relay's door against strangers. The desk behind it only counts; what it would decide is tried on a real chain. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { keccak256, stringToBytes } from "viem";
import { RelayError } from "./relayError.ts";
import { encodeHandIn, type HandIn, MAX_REQUEST_BYTES } from "./relayProtocol.ts";
import { openRelayServer, type RelayServer } from "./relayServer.ts";

const TRAINER = "0x00000000000000000000000000000000000000f1";
const WORD = keccak256(stringToBytes("a word"));
const entry: HandIn = { taskId: 1n, round: 2, trainer: TRAINER, commitment: WORD, r: WORD, vs: WORD };

describe("a relay's server", () => {
  let server: RelayServer;
  let nowMs = 0;
  const seen: HandIn[] = [];
  const faults: unknown[] = [];
  before(async () => {
    server = await openRelayServer(
      {
        info: () => ({ schema: "cairn/relay/v1" }),
        async handIn(it) {
          seen.push(it);
          if (it.round === 404) throw new RelayError({ code: "RELAY_ROUND_CLOSED", taskId: "1", round: 404 }, "closed");
          if (it.round === 500) throw new Error("the key is 0xsecret");
          return { relay: TRAINER, sendsBy: 9 };
        },
        answer: () => {
          throw new RelayError({ code: "RELAY_ENTRY_UNKNOWN" }, "unknown");
        },
      },
      { host: "127.0.0.1", port: 0, nowMs: () => nowMs, tokensPerSecond: 1, onFault: (error) => faults.push(error) },
    );
  });
  after(() => server.stop());

  async function post(body: string | ReadableStream, path = "/v1/commitments") {
    nowMs += 60_000; // a full bucket for each
    const response = await fetch(server.url + path, { method: "POST", body, duplex: "half" } as RequestInit);
    return { status: response.status, body: (await response.json()) as { error?: { code: string; message: string } } };
  }

  it("takes an entry and gives the receipt", async () => {
    assert.deepEqual(await post(encodeHandIn(entry)), { status: 200, body: { relay: TRAINER, sendsBy: 9 } });
    assert.deepEqual(seen.at(-1)?.taskId, 1n);
  });

  it("passes the desk's refusals on by their codes, and nothing of what else went wrong", async () => {
    const refused = await post(encodeHandIn({ ...entry, round: 404 }));
    assert.deepEqual([refused.status, refused.body.error?.code], [410, "RELAY_ROUND_CLOSED"]);
    const failed = await post(encodeHandIn({ ...entry, round: 500 }));
    assert.deepEqual([failed.status, failed.body.error?.code], [503, "RELAY_BUSY"]);
    assert.ok(!failed.body.error?.message.includes("secret"));
    assert.equal(faults.length, 1, "the operator is told");
  });

  it("refuses malformed entries before the desk sees them", async () => {
    const before = seen.length;
    const fields = JSON.parse(encodeHandIn(entry));
    const broken = [
      "",
      "[]",
      "{",
      "null",
      ...[
        { taskId: 1 },
        { taskId: "0" },
        { taskId: "1e3" },
        { taskId: `${"9".repeat(79)}` },
        { round: "2" },
        { round: 0 },
        { round: 2 ** 32 },
        { round: 1.5 },
        { trainer: "0x12" },
        { trainer: 5 },
        { commitment: "0x12" },
        { r: `${WORD}00` },
        { vs: null },
      ].map((change) => JSON.stringify({ ...fields, ...change })),
    ];
    for (const body of broken) {
      const { status, body: answer } = await post(body);
      assert.deepEqual([status, answer.error?.code], [400, "RELAY_REQUEST_MALFORMED"], body.slice(0, 80));
    }
    assert.equal(seen.length, before);
  });

  it("reads no more than its limit, whether the length is told or not", async () => {
    const long = JSON.stringify({ ...JSON.parse(encodeHandIn(entry)), more: "x".repeat(MAX_REQUEST_BYTES) });
    assert.deepEqual((await post(long)).status, 413);
    const chunked = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; i++) controller.enqueue(new TextEncoder().encode("x".repeat(MAX_REQUEST_BYTES / 2)));
        controller.close();
      },
    });
    assert.deepEqual((await post(chunked)).status, 413);
  });

  it("knows no other paths and methods", async () => {
    for (const path of ["/", "/v1/commitments/", "/v1/tasks/1/rounds/1/commitments/0x12/..", "/v1/commitments%00"]) {
      assert.notEqual((await post("{}", path)).status, 200, path);
    }
    assert.equal((await fetch(`${server.url}/v1/relay`, { method: "DELETE" })).status, 404);
    const key = await fetch(`${server.url}/v1/tasks/1/rounds/x/commitments/${TRAINER}`);
    assert.equal(key.status, 400);
    const unknown = await fetch(`${server.url}/v1/tasks/1/rounds/1/commitments/${TRAINER}`);
    assert.equal(unknown.status, 404);
  });

  it("lets one address ask only so often, and says when it may again", async () => {
    nowMs += 60_000;
    const statuses: number[] = [];
    let retry: string | null = null;
    for (let i = 0; i < 70; i++) {
      const response = await fetch(`${server.url}/v1/relay`);
      statuses.push(response.status);
      retry ??= response.headers.get("retry-after");
      await response.arrayBuffer();
    }
    assert.equal(statuses.filter((status) => status === 200).length, 60, "a bucket of 60 seconds at one a second");
    assert.equal(statuses.filter((status) => status === 429).length, 10);
    assert.equal(retry, "1");
  });

  it("lets one address hold only so many connections", async () => {
    const { port } = new URL(server.url);
    const closed: number[] = [];
    const sockets = Array.from({ length: 70 }, (_, i) => {
      const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
      return socket.once("close", () => closed.push(i)).resume();
    });
    const deadline = performance.now() + 2_000; // idle ones are closed after three seconds
    while (closed.length < 6 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(closed.length >= 6 && closed.length < 70, `${closed.length} of 70 were closed at once`);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it("hangs up on who sends a request too slowly", async () => {
    nowMs += 60_000;
    const before = seen.length;
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write("POST /v1/commitments HTTP/1.1\r\nHost: relay\r\nContent-Length: 100\r\n\r\n{");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    const started = performance.now();
    await once(socket, "close");
    const waitedMs = performance.now() - started;
    assert.ok(waitedMs > 3_000 && waitedMs < 9_000, `after the request's five seconds: ${waitedMs} ms`);
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 408 /);
    assert.equal(seen.length, before);
  });
});
