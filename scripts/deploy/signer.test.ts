import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { Transaction, Wallet } from "ethers";
import { DeployError } from "./deployError.ts";
import { openExternalSigner } from "./signer.ts";

const WALLET = new Wallet(`0x${"11".repeat(32)}`);
const REQUEST = {
  from: WALLET.address,
  data: "0x6000",
  nonce: "0x2",
  gas: "0x5208",
  maxFeePerGas: "0x77359400",
  maxPriorityFeePerGas: "0x1",
};

/** Signs over clef's protocol; `change` is what a careless or hostile signer does to a transaction. */
describe("openExternalSigner with clef", () => {
  let change: (transaction: Transaction) => void = () => {};
  let wallet = WALLET;
  let server: Server;
  const sent: string[] = [];
  const rpc = {
    request: async ({ params }: { params?: unknown }) => {
      sent.push((params as [string])[0]);
      return "0xhash";
    },
  };

  before(async () => {
    server = createServer((request, response) => {
      answer(json(request)).then((body) => response.end(JSON.stringify(body)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => void server.close());

  // biome-ignore lint/suspicious/noExplicitAny: JSON-RPC
  async function answer(request: Promise<any>): Promise<object> {
    const { id, method, params } = await request;
    if (method === "account_version") return { jsonrpc: "2.0", id, result: "6.1.0" };
    if (method === "account_list") return { jsonrpc: "2.0", id, result: [WALLET.address.toLowerCase()] };
    const { input, nonce, gas, maxFeePerGas, maxPriorityFeePerGas, chainId, value } = params[0];
    const fees = { maxFeePerGas, maxPriorityFeePerGas, chainId: BigInt(chainId), type: 2 };
    const transaction = Transaction.from({
      to: null,
      data: input,
      nonce: Number(nonce),
      gasLimit: gas,
      value,
      ...fees,
    });
    change(transaction);
    return { jsonrpc: "2.0", id, result: { raw: await wallet.signTransaction(transaction) } };
  }

  async function open() {
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    return openExternalSigner(url, undefined, { rpc, chainId: 11_155_111, signal: new AbortController().signal });
  }

  async function changedField(): Promise<string> {
    sent.length = 0;
    const error: unknown = await (await open()).send(REQUEST, async () => {}).catch((reason) => reason);
    assert.ok(error instanceof DeployError && error.detail.code === "DEPLOY_SIGNER_CHANGED", String(error));
    assert.deepEqual(sent, [], "nothing is sent");
    return error.detail.field;
  }

  it("sends what was signed as it was asked", async () => {
    const signer = await open();
    assert.equal(signer.address, WALLET.address);
    const noted: [number, string][] = [];
    const note = async (nonce: number, hash: string): Promise<void> => {
      assert.deepEqual(sent, [], "noted before it is sent");
      noted.push([nonce, hash]);
    };
    assert.equal(await signer.send(REQUEST, note), "0xhash");
    const signed = Transaction.from(sent[0]);
    assert.deepEqual(noted, [[2, signed.hash]]);
    assert.equal(signed.from, WALLET.address);
    assert.equal(signed.chainId, 11_155_111n);
    assert.equal(signed.nonce, 2);
  });

  it("sends nothing that was changed before it was signed", async () => {
    const changes = {
      maxFeePerGas: 10n ** 12n,
      maxPriorityFeePerGas: 10n ** 9n,
      to: WALLET.address,
      data: "0x6001",
      chainId: 1n,
    };
    for (const [field, value] of Object.entries(changes)) {
      change = (transaction) => Object.assign(transaction, { [field]: value });
      assert.equal(await changedField(), field);
    }
    change = () => {};
    wallet = new Wallet(`0x${"22".repeat(32)}`);
    assert.equal(await changedField(), "from");
  });
});
