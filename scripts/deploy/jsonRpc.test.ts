import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { DeployError } from "./deployError.ts";
import { openRpc, RpcAnswerError } from "./jsonRpc.ts";

/** A server that hangs up on the first request for each method. */
describe("openRpc", () => {
  const asked: string[] = [];
  let server: Server;
  let url = "";

  before(async () => {
    server = createServer((request, response) => {
      json(request).then((body) => {
        const { id, method } = body as { id: number; method: string };
        asked.push(method);
        if (asked.filter((each) => each === method).length === 1) return response.destroy();
        if (method === "eth_call")
          return response.end(JSON.stringify({ id, error: { code: 3, message: "no", data: "0x1" } }));
        return response.end(JSON.stringify({ id, result: method }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/secret-key`;
  });
  after(() => void server.close());

  const open = () => openRpc(url, { signal: new AbortController().signal });

  it("asks again for what it only reads", async () => {
    assert.equal(await open().request({ method: "eth_chainId" }), "eth_chainId");
    assert.equal(asked.filter((method) => method === "eth_chainId").length, 2);
  });

  it("sends once, and keeps the address's path out of its message", async () => {
    const error: unknown = await open()
      .request({ method: "eth_sendRawTransaction" })
      .catch((reason) => reason);
    assert.ok(error instanceof DeployError && error.code === "DEPLOY_RPC_FAILED");
    assert.doesNotMatch(error.message, /secret-key/);
    assert.equal(asked.filter((method) => method === "eth_sendRawTransaction").length, 1);
  });

  it("hands on what the other side says, without asking again", async () => {
    const error: unknown = await open()
      .request({ method: "eth_call" })
      .catch((reason) => reason);
    assert.ok(error instanceof RpcAnswerError);
    assert.deepEqual([error.code, error.message, error.data], [3, "no", "0x1"]);
    assert.equal(asked.filter((method) => method === "eth_call").length, 2, "one hang-up and one answer");
  });
});
