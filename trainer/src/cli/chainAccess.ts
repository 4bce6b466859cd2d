/** From settings to a connection: reads the deployment record, opens the keystore where something is to be signed. */
import { readFile } from "node:fs/promises";
import type { Address, LocalAccount } from "viem";
import type { Chain, SentTransaction } from "../chain/connection.ts";
import type { Deployment } from "../chain/deployment.ts";
import type { ChainNotice } from "../chain/notice.ts";
import { CliError } from "./cliError.ts";
import type { Context } from "./command.ts";
import { type Config, ConfigError } from "./config.ts";
import { KeystoreError } from "./keystore/keystoreError.ts";
import { keystorePath, readKeystore } from "./keystore/keystoreFolder.ts";
import { decryptKeystore } from "./keystore/keystoreV3.ts";
import { checksumAddress } from "./keystore/privateKey.ts";
import { readPassword } from "./password.ts";

export interface ChainAccess {
  readonly chain: Chain;
  readonly config: Config;
  /** The account's address; `undefined` when nothing is signed and the account has no readable keystore. */
  readonly address: Address | undefined;
}

export interface AccessOptions {
  /** Open the keystore, so that transactions can be signed. */
  readonly sign: boolean;
  readonly onTransaction?: (transaction: SentTransaction) => void;
  readonly onNotice?: (notice: ChainNotice) => void;
}

/**
 * Connects, and checks chain id and contracts before anything is signed.
 *
 * @throws {ConfigError} `CONFIG_NETWORK_MISSING` | `CONFIG_NETWORK_UNREADABLE`
 * @throws {ChainError} as `connectChain` | `CHAIN_INSUFFICIENT_FUNDS` when what is to sign has no ether at all
 * @throws {KeystoreError}
 */
export async function openChain(context: Context, options: AccessOptions): Promise<ChainAccess> {
  const { output, signal } = context;
  const config = await context.config();
  const deployment = await readDeployment(config);
  const { connectChain } = await import("../chain/connection.ts");
  const rpcUrl = config.settings.rpcUrl ?? deployment.rpcUrl;
  const maxFeeWei = maxFeeOf(config.settings.maxFeeGwei);
  const onNotice = options.onNotice ?? (({ code, message }: ChainNotice) => output.warn(`${code}: ${message}`));
  output.progress(`asking ${hostOf(rpcUrl)} …`);
  if (!options.sign) {
    const chain = await connectChain({ deployment, rpcUrl, signal, onNotice });
    return { chain, config, address: await knownAddress(config) };
  }
  await connectChain({ deployment, rpcUrl, signal }); // a wrong chain shows before a password is asked for
  output.progress("");
  const account = await unlock(context, config);
  const onTransaction = options.onTransaction ?? ((sent: SentTransaction) => output.say(transactionText(sent)));
  const { openOutbox } = await import("../node/outbox.ts");
  const transactions = openOutbox(config.settings.dataDir);
  const sending = { account, transactions, maxFeeWei, onTransaction, onNotice };
  const chain = await connectChain({ deployment, rpcUrl, signal, ...sending });
  await requireEther(chain, account.address, signal);
  return { chain, config, address: account.address };
}

/** Said before the first transaction: RPCs word it each in its own way, some of them unrecognisably. */
async function requireEther(chain: Chain, address: Address, signal: AbortSignal): Promise<void> {
  const wei = await chain.request("eth_getBalance", () => chain.client.getBalance({ address }), { signal });
  if (wei > 0n) return;
  const { ChainError } = await import("../chain/chainError.ts");
  throw new ChainError(
    { code: "CHAIN_INSUFFICIENT_FUNDS", account: address },
    `${address} has no ether to pay for gas`,
  );
}

/** @throws {KeystoreError} `KEYSTORE_NOT_FOUND` when no account is known */
export function requireAddress({ address, config }: Pick<ChainAccess, "address" | "config">): Address {
  if (address !== undefined) return address;
  const { account } = config.settings;
  const path = keystorePath(config.keystoreDir, account);
  throw new KeystoreError({ code: "KEYSTORE_NOT_FOUND", account, path }, `the address of ${account} is not known`);
}

/** @throws {ConfigError} `CONFIG_NETWORK_MISSING` | `CONFIG_NETWORK_UNREADABLE`; {ChainError} `CHAIN_DEPLOYMENT_MALFORMED` */
export async function readDeployment({ settings, file }: Pick<Config, "settings" | "file">): Promise<Deployment> {
  const path = settings.network;
  if (path === undefined) {
    const detail = { code: "CONFIG_NETWORK_MISSING", ...(file === undefined ? {} : { file }) } as const;
    throw new ConfigError(detail, "no network is configured");
  }
  const { parseDeployment } = await import("../chain/deployment.ts");
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const detail = { code: "CONFIG_NETWORK_UNREADABLE", path } as const;
    throw new ConfigError(detail, `cannot read the deployment record ${path}`, { cause });
  }
  return parseDeployment(value);
}

/** @throws {KeystoreError} | {CliError} as `readKeystore` and `readPassword` */
export async function unlock(context: Context, config: Config): Promise<LocalAccount> {
  const { host, signal, output } = context;
  const { account } = config.settings;
  const { keystore } = await readKeystore(config.keystoreDir, account);
  const password = await readPassword(host, context.passwordSource(config), `Password of ${account}`, { signal });
  output.progress(`opening ${account} …`);
  const key = await decryptKeystore(keystore, password);
  output.progress("");
  const [{ privateKeyToAccount }, { toHex }] = await Promise.all([
    import("viem/accounts"),
    import("../protocol/hex.ts"),
  ]);
  return privateKeyToAccount(toHex(key));
}

/** The address of the account in use, where its file tells it without a password. */
async function knownAddress(config: Config): Promise<Address | undefined> {
  const found = await readKeystore(config.keystoreDir, config.settings.account).catch(() => undefined);
  const digits = found?.keystore.address;
  return digits === undefined ? undefined : checksumAddress(digits);
}

/** One line a transaction, on stderr. */
function transactionText({ contract, functionName, receipt }: SentTransaction): string {
  return `  ${contract}.${functionName}  ${receipt.transactionHash}  gas ${receipt.gasUsed}`;
}

const GWEI = 1e9;

/** @throws {CliError} `CLI_USAGE` */
function maxFeeOf(gwei: string | undefined): bigint | undefined {
  if (gwei === undefined) return undefined;
  const wei = Math.round(Number(gwei) * GWEI);
  if (Number.isSafeInteger(wei) && wei > 0) return BigInt(wei);
  throw new CliError({ code: "CLI_USAGE" }, `--max-fee-gwei ${gwei}: it must be a number of gwei above 0`);
}

/** The RPC without its path, which may hold an access key. */
function hostOf(url: string): string {
  return URL.canParse(url) && !url.includes(",") ? new URL(url).host : "the RPCs";
}
