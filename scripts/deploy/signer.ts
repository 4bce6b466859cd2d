/**
 * Who signs: a keystore file here, or another program that holds the key (clef, Frame, a node), hardware wallets behind it.
 *
 * A signer gets Ignition's finished transactions. What another program gives back signed is compared with what it was
 * asked, so that it can't change fees, nonces or code. Must not keep a key longer than the process.
 */
import { readFile } from "node:fs/promises";
import { getAddress, Transaction, Wallet } from "ethers";
import { KeystoreError } from "../../trainer/src/cli/keystore/keystoreError.ts";
import { decryptKeystore, parseKeystore } from "../../trainer/src/cli/keystore/keystoreV3.ts";
import { addressOf, checksumAddress } from "../../trainer/src/cli/keystore/privateKey.ts";
import { DeployError } from "./deployError.ts";
import { openRpc, type Rpc, RpcAnswerError } from "./jsonRpc.ts";

/** As `eth_sendTransaction` takes it: hexadecimal throughout. */
export type TransactionRequest = Readonly<Record<string, string | undefined>>;

export type OnSigned = (nonce: number, hash: string) => Promise<void>;

export interface Signer {
  readonly address: string;
  /** For the text that is confirmed. */
  readonly title: string;
  /**
   * Signs and hands over to the chain.
   *
   * @param onSigned is waited for between the two, where that is in our hands.
   * @returns the transaction's hash
   */
  send(transaction: TransactionRequest, onSigned: OnSigned): Promise<string>;
}

interface SignerContext {
  readonly rpc: Rpc;
  readonly chainId: number;
  readonly signal: AbortSignal;
}

/** A person looks at a small screen. Unit: milliseconds. */
const APPROVAL_MS = 10 * 60_000;

/**
 * Reads the file now and asks for the password when the first transaction is signed, or at once when the file doesn't
 * name its address.
 *
 * @throws {KeystoreError} as the keystore's functions do
 */
export async function openKeystoreSigner(
  path: string,
  askPassword: () => Promise<string>,
  { rpc, chainId }: SignerContext,
): Promise<Signer> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new KeystoreError({ code: "KEYSTORE_UNREADABLE", path }, `cannot read ${path}`, { cause });
  });
  const keystore = parseKeystore(text);
  let opened: Promise<Wallet> | undefined;
  const open = async (): Promise<Wallet> => {
    const key = await decryptKeystore(keystore, await askPassword());
    const wallet = new Wallet(`0x${Buffer.from(key).toString("hex")}`);
    const claimed = keystore.address === undefined ? addressOf(key) : checksumAddress(keystore.address);
    if (claimed !== wallet.address) {
      const detail = { code: "KEYSTORE_MALFORMED", field: "address" } as const;
      throw new KeystoreError(detail, `${path} names ${claimed} and holds the key of ${wallet.address}`);
    }
    return wallet;
  };
  if (keystore.address === undefined) opened = open();
  const address = keystore.address === undefined ? (await opened!).address : checksumAddress(keystore.address);
  return {
    address,
    title: `the keystore ${path}`,
    async send(transaction, onSigned) {
      opened ??= open();
      const raw = await (await opened).signTransaction(toUnsigned(transaction, chainId));
      return broadcast(rpc, raw, onSigned);
    },
  };
}

/**
 * Finds out what answers at `url`: clef signs and we send; anything else is asked to sign and send (`eth_sendTransaction`).
 *
 * @throws {DeployError} `DEPLOY_SIGNER_LACKS` | `DEPLOY_WRONG_CHAIN` when a sending signer is on another chain
 */
export async function openExternalSigner(
  url: string,
  from: string | undefined,
  context: SignerContext,
): Promise<Signer> {
  const signer = openRpc(url, { signal: context.signal, timeoutMs: APPROVAL_MS });
  const isClef = await answers(signer, "account_version");
  const accounts: string[] = await signer.request({ method: isClef ? "account_list" : "eth_accounts" });
  const offered = accounts.map((account) => getAddress(account));
  const address = from === undefined && offered.length === 1 ? offered[0] : from;
  if (address === undefined || !offered.includes(address)) {
    const detail = { code: "DEPLOY_SIGNER_LACKS", address: from ?? "", offered } as const;
    throw new DeployError(
      detail,
      from === undefined ? "the signer holds several accounts" : `the signer lacks ${from}`,
    );
  }
  const { host } = new URL(url);
  if (isClef)
    return {
      address,
      title: `clef at ${host}`,
      send: (request, onSigned) => sendByClef(signer, request, onSigned, context),
    };
  const chainId = Number(await signer.request({ method: "eth_chainId" }));
  if (chainId !== context.chainId) {
    const detail = { code: "DEPLOY_WRONG_CHAIN", expected: context.chainId, actual: chainId } as const;
    throw new DeployError(detail, `the signer at ${host} is on chain ${chainId}, not on ${context.chainId}`);
  }
  const send = (request: TransactionRequest): Promise<string> => approved(signer, "eth_sendTransaction", request);
  return { address, title: `the wallet at ${host}`, send };
}

async function sendByClef(
  signer: Rpc,
  request: TransactionRequest,
  onSigned: OnSigned,
  { rpc, chainId }: SignerContext,
): Promise<string> {
  const { data, ...rest } = request;
  const filled = { ...rest, value: rest.value ?? "0x0", input: data, chainId: `0x${chainId.toString(16)}` };
  const { raw } = await approved<{ raw: string }>(signer, "account_signTransaction", filled);
  const [asked, signed] = [toUnsigned(request, chainId), Transaction.from(raw)];
  for (const field of [
    "to",
    "data",
    "value",
    "nonce",
    "chainId",
    "gasLimit",
    "maxFeePerGas",
    "maxPriorityFeePerGas",
  ] as const) {
    if (signed[field] === asked[field]) continue;
    throw new DeployError({ code: "DEPLOY_SIGNER_CHANGED", field }, `the signer changed the transaction's ${field}`);
  }
  if (signed.from === null || signed.from !== getAddress(request.from ?? "")) {
    throw new DeployError({ code: "DEPLOY_SIGNER_CHANGED", field: "from" }, "the signer signed with another key");
  }
  return broadcast(rpc, raw, onSigned);
}

async function broadcast(rpc: Rpc, raw: string, onSigned: OnSigned): Promise<string> {
  const { nonce, hash } = Transaction.from(raw);
  await onSigned(nonce, hash!);
  return rpc.request({ method: "eth_sendRawTransaction", params: [raw] });
}

/** @throws {DeployError} `DEPLOY_SIGNER_REFUSED` when the answer is an error, such as a person's no */
async function approved<T = string>(signer: Rpc, method: string, request: TransactionRequest): Promise<T> {
  try {
    return await signer.request({ method, params: [request] });
  } catch (cause) {
    if (!(cause instanceof RpcAnswerError)) throw cause;
    throw new DeployError({ code: "DEPLOY_SIGNER_REFUSED", method }, `the signer refused: ${cause.message}`, { cause });
  }
}

async function answers(signer: Rpc, method: string): Promise<boolean> {
  try {
    return typeof (await signer.request({ method })) === "string";
  } catch (error) {
    if (error instanceof RpcAnswerError) return false;
    throw error;
  }
}

function toUnsigned(request: TransactionRequest, chainId: number): Transaction {
  const { to, data, value, nonce, gas, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
  const fees = gasPrice === undefined ? { type: 2, maxFeePerGas, maxPriorityFeePerGas } : { type: 0, gasPrice };
  const common = { to: to ?? null, data: data ?? "0x", value: value ?? "0x0", nonce: Number(nonce), gasLimit: gas };
  return Transaction.from({ ...common, ...fees, chainId } as Parameters<typeof Transaction.from>[0] & object);
}
