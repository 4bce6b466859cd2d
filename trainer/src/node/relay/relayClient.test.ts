/** A trainer's view of relays that answer whatever they like. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "node:test";
import { keccak256, stringToBytes } from "viem";
import { openRelayClient } from "./relayClient.ts";
import { RelayError } from "./relayError.ts";

const RELAY = "0x00000000000000000000000000000000000000f1";
const WORD = keccak256(stringToBytes("a word"));
const entry = { taskId: 1n, round: 2, trainer: RELAY, commitment: WORD, r: WORD, vs: WORD } as const;
const signal = new AbortController().signal;

describe("openRelayClient", () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function relayThat(answers: RequestListener): Promise<ReturnType<typeof openRelayClient>> {
    server = createServer(answers).listen(0, "127.0.0.1");
    await once(server, "listening");
    return openRelayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  async function codeOf(work: Promise<unknown>): Promise<string> {
    const error = await work.then(
      () => undefined,
      (it: unknown) => it,
    );
    assert.ok(error instanceof RelayError, String(error));
    return error.code;
  }

  it("reads receipts and places", async () => {
    const place = { batch: 1, index: 3, path: [WORD, WORD] };
    const client = await relayThat(({ method }, response) => {
      const answer = method === "POST" ? { relay: RELAY, sendsBy: 7 } : { state: "sent", relay: RELAY, ...place };
      response.end(JSON.stringify(answer));
    });
    assert.deepEqual(await client.handIn(entry, signal), { relay: RELAY, sendsBy: 7 });
    assert.deepEqual(await client.answer(entry, signal), { state: "sent", relay: RELAY, ...place });
  });

  it("takes nothing that no relay answers", async () => {
    const receipt = { relay: RELAY, sendsBy: 7 };
    const sent = { state: "sent", relay: RELAY, batch: 1, index: 0, path: [] };
    const bodies = [
      "",
      "<html>",
      "[]",
      JSON.stringify({ ...receipt, sendsBy: "soon" }),
      JSON.stringify({ sendsBy: 7 }),
    ];
    const answers = [
      ...[{ state: "lost" }, { ...sent, index: 256 }, { ...sent, batch: -1 }, { ...sent, path: "0x" }],
      ...[
        { ...sent, path: Array(9).fill(WORD) },
        { ...sent, path: ["0x12"] },
      ],
    ];
    let body = "";
    const client = await relayThat((_, response) => void response.end(body));
    for (body of bodies) assert.equal(await codeOf(client.handIn(entry, signal)), "RELAY_ANSWER_MALFORMED", body);
    for (const answer of answers) {
      body = JSON.stringify(answer);
      assert.equal(await codeOf(client.answer(entry, signal)), "RELAY_ANSWER_MALFORMED", body);
    }
  });

  it("tells a refusal from a failure, and lets no control character through", async () => {
    const error = { code: "RELAY_FULL", message: "no\u001b[2Jroom" };
    const client = await relayThat((_, response) => void response.writeHead(503).end(JSON.stringify({ error })));
    const refused: unknown = await client.handIn(entry, signal).catch((it: unknown) => it);
    assert.ok(refused instanceof RelayError && refused.detail.code === "RELAY_REFUSED");
    assert.equal(refused.detail.reason, "RELAY_FULL");
    assert.ok(refused.message.endsWith("no?[2Jroom"));
  });

  it("follows nobody elsewhere, and reads no endless answer", async () => {
    const away = await relayThat(
      (_, response) => void response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end(),
    );
    assert.equal(await codeOf(away.handIn(entry, signal)), "RELAY_UNREACHABLE");
    server.close();
    const endless = await relayThat((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write("x".repeat(1_024)));
      };
      response.on("drain", pour);
      pour();
    });
    assert.equal(await codeOf(endless.handIn(entry, signal)), "RELAY_ANSWER_MALFORMED");
  });

  it("waits for nobody longer than five seconds", async () => {
    const silent = await relayThat(() => {});
    const started = performance.now();
    assert.equal(await codeOf(silent.handIn(entry, signal)), "RELAY_UNREACHABLE");
    assert.ok(performance.now() - started < 9_000);
  });
});
