/**
 * A JSON-RPC proxy in front of a geth that makes it behave as Hardhat's chain: accounts that sign, a block for every
 * transaction before it is answered, and a clock that tests set. Everything else is geth's own answer.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { HDNodeWallet, Transaction, type Wallet } from "ethers";
import type { BlockMaker } from "./engineApi.ts";

interface Request {
  readonly id: number | string;
  readonly method: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON-RPC; geth checks them
  readonly params?: any[];
}

type Answer = { readonly result: unknown } | { readonly error: unknown };

/** Published, for development chains alone. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** Hardhat's 20 accounts. */
export function developmentAccounts(): readonly HDNodeWallet[] {
  const root = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
  return Array.from({ length: 20 }, (_, index) => root.deriveChild(index));
}

/** Serves on a free port of the loopback until closed. */
export async function startDeveloperProxy(
  target: string,
  blocks: BlockMaker,
): Promise<{ readonly url: string; readonly server: Server }> {
  const handler = makeHandler(target, blocks);
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const answer = (async () => {
      const body = (await json(request as IncomingMessage)) as Request;
      if (!handler.changesState(body.method)) return handler.answer(body);
      const turn = last.then(() => handler.answer(body)); // one block after the other
      last = turn.catch(() => {});
      return turn;
    })();
    answer.then(
      (text) => response.setHeader("content-type", "application/json").end(JSON.stringify(text)),
      (error: Error) => response.writeHead(502).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, server };
}

function makeHandler(target: string, blocks: BlockMaker) {
  const wallets = new Map(developmentAccounts().map((wallet) => [wallet.address.toLowerCase(), wallet]));
  let [offset, next] = [0, 0];

  const nextTimestamp = (): number => {
    const set = next;
    next = 0;
    if (set === 0) return Math.max(blocks.timestamp + 1, Math.floor(Date.now() / 1000) + offset);
    offset = set - Math.floor(Date.now() / 1000);
    return Math.max(blocks.timestamp + 1, set);
  };
  const geth = (method: string, params: readonly unknown[]): Promise<Answer> => post(target, { id: 1, method, params });
  const mineSent = async (answer: Answer): Promise<Answer> => {
    if ("result" in answer) await blocks.make(nextTimestamp(), String(answer.result));
    return answer;
  };

  const methods: Readonly<Record<string, (params: Request["params"] & unknown[]) => Promise<Answer>>> = {
    web3_clientVersion: async () => ({ result: "HardhatNetwork/in-front-of-geth" }), // the test helpers ask for it
    hardhat_getAutomine: async () => ({ result: true }),
    eth_accounts: async () => ({ result: [...wallets.keys()] }),
    eth_sendRawTransaction: async (params) => mineSent(await geth("eth_sendRawTransaction", params)),
    async eth_sendTransaction([request]) {
      const signed = await sign(request, walletOf(wallets, request.from), geth);
      return typeof signed === "string" ? mineSent(await geth("eth_sendRawTransaction", [signed])) : signed;
    },
    async eth_signTypedData_v4([from, data]) {
      const { domain, types, message } = typeof data === "string" ? JSON.parse(data) : data;
      const { EIP712Domain: _, ...own } = types;
      return { result: await walletOf(wallets, from).signTypedData(domain, own, message) };
    },
    async personal_sign([message, from]) {
      return { result: await walletOf(wallets, from).signMessage(Buffer.from(String(message).slice(2), "hex")) };
    },
    async evm_mine() {
      await blocks.make(nextTimestamp());
      return { result: "0x0" };
    },
    async hardhat_mine([count = "0x1"]) {
      for (let i = 0; i < Number(count); i++) await blocks.make(nextTimestamp());
      return { result: true };
    },
    async evm_setNextBlockTimestamp([timestamp]) {
      next = Number(timestamp);
      return { result: `0x${next.toString(16)}` };
    },
    async evm_increaseTime([seconds]) {
      offset += Number(seconds);
      return { result: `0x${offset.toString(16)}` };
    },
  };
  return {
    changesState: (method: string): boolean => /^(eth_send|evm_|hardhat_mine)/.test(method),
    async answer({ id, method, params = [] }: Request): Promise<object> {
      return { jsonrpc: "2.0", id, ...(await (methods[method]?.(params) ?? geth(method, params))) };
    },
  };
}

/** Fills in what Hardhat's provider leaves out. @returns the raw transaction, or geth's word that it would fail */
async function sign(
  request: Record<string, string | undefined>,
  wallet: Wallet | HDNodeWallet,
  geth: (method: string, params: readonly unknown[]) => Promise<Answer>,
): Promise<string | Answer> {
  const filled: Answer = await geth("eth_fillTransaction", [
    { ...request, nonce: await nonceOf(wallet.address, geth) },
  ]);
  if ("error" in filled) return filled;
  const { tx } = filled.result as { tx: Record<string, string | null> };
  return wallet.signTransaction(
    Transaction.from({
      type: 2,
      chainId: BigInt(tx.chainId ?? 0),
      nonce: Number(tx.nonce),
      to: tx.to ?? null,
      data: tx.input ?? "0x",
      value: tx.value ?? "0x0",
      gasLimit: request.gas ?? tx.gas,
      maxFeePerGas: tx.maxFeePerGas,
      maxPriorityFeePerGas: tx.maxPriorityFeePerGas,
    } as Parameters<typeof Transaction.from>[0] & object),
  );
}

async function nonceOf(address: string, geth: (method: string, params: readonly unknown[]) => Promise<Answer>) {
  const answer = await geth("eth_getTransactionCount", [address, "latest"]);
  return "result" in answer ? answer.result : undefined;
}

function walletOf(wallets: ReadonlyMap<string, HDNodeWallet>, address: string): HDNodeWallet {
  const wallet = wallets.get(String(address).toLowerCase());
  if (wallet === undefined) throw new Error(`nobody here signs for ${address}`);
  return wallet;
}

async function post(target: string, request: object): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(target, {
    method: "POST",
    headers,
    body: JSON.stringify({ jsonrpc: "2.0", ...request }),
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: unknown };
  return error === undefined ? { result } : { error };
}
