/** A fresh key for every node, in an encrypted keystore of its own, with ether and CAIRN from the chain's first account. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, createWalletClient, encodeFunctionData, http, parseEther } from "viem";
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { encryptKeystore, SCRYPT_FAST_N } from "../../../trainer/src/cli/keystore/keystoreV3.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import { fromHex, type Hex } from "../../../trainer/src/protocol/hex.ts";

export interface Wallet {
  readonly address: Address;
  readonly keystoreFile: string;
  readonly passwordFile: string;
}

/** Hardhat's public development mnemonic: its first account owns the local chain's ether, and nothing anywhere else. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** Enough for thousands of calls. Unit: wei. */
const ETHER_EACH = parseEther("10");

/** The account that deploys, owns the task and holds all CAIRN. */
export function adminAccount() {
  return mnemonicToAccount(MNEMONIC);
}

/** Makes a key and writes its keystore and password file, readable by this user only. */
export async function createWallet(directory: string): Promise<Wallet> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = generatePrivateKey();
  const password = generatePrivateKey();
  const { address } = privateKeyToAccount(key);
  const keystore = await encryptKeystore(fromHex(key), password, { address, n: SCRYPT_FAST_N });
  const keystoreFile = join(directory, "keystore.json");
  const passwordFile = join(directory, "password");
  await writeFile(keystoreFile, `${JSON.stringify(keystore, null, 2)}\n`, { mode: 0o600 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await chmod(directory, 0o700);
  return { address, keystoreFile, passwordFile };
}

/** Sends each of `addresses` ether and `cairnWei`, all at once with consecutive nonces, and waits until they have it. */
export async function fundWallets(
  chain: Chain,
  addresses: readonly Address[],
  { cairnWei, signal }: { readonly cairnWei: bigint; readonly signal: AbortSignal },
): Promise<void> {
  const account = adminAccount();
  const wallet = createWalletClient({ account, transport: http(chain.rpcUrl) });
  const token = chain.deployment.contracts.cairnToken;
  const network = { chain: chain.client.chain ?? null };
  let nonce = await chain.client.getTransactionCount({ address: account.address });
  const hashes: Hex[] = [];
  for (const to of addresses) {
    const data = encodeFunctionData({ abi: ABIS.cairnToken, functionName: "transfer", args: [to, cairnWei] });
    hashes.push(await wallet.sendTransaction({ ...network, to, value: ETHER_EACH, nonce: nonce++ }));
    hashes.push(await wallet.sendTransaction({ ...network, to: token, data, nonce: nonce++ }));
  }
  const last = hashes.at(-1);
  while (last !== undefined && !signal.aborted) {
    const receipt = await chain.client.getTransactionReceipt({ hash: last }).catch(() => undefined); // not mined yet
    if (receipt !== undefined) return;
    await pause(chain.pollingMs, signal);
  }
  signal.throwIfAborted();
}
