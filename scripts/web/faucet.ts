/** Hands out coins on a local chain, one visitor after the other. Signs as an account of its own. */
import { type Address, createWalletClient, encodeFunctionData, type Hash, http, isAddress, parseEther } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import { ABIS } from "../../trainer/src/protocol/generated/abi.ts";

/** Hardhat's public development mnemonic. The second account: the first one owns tasks, and its nonces are its own. */
const ACCOUNT = mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: 1 });

export const FAUCET_ADDRESS: Address = ACCOUNT.address;

/** What the faucet is filled with. Unit: wei. */
export const FAUCET_SUPPLY_WEI = 1_000_000n * 10n ** 18n;

/** What a visitor gets: enough to stake in several tasks, and for thousands of calls. Unit: wei. */
const PORTION = { etherWei: parseEther("10"), cairnWei: 1_000n * 10n ** 18n };

export interface Faucet {
  /** @returns the two transactions, sent and not yet mined. @throws {TypeError} when `account` is no address. */
  give(account: unknown): Promise<readonly Hash[]>;
}

export function createFaucet(chain: Chain): Faucet {
  const wallet = createWalletClient({ account: ACCOUNT, transport: http(chain.rpcUrl) });
  const network = { chain: chain.client.chain ?? null };
  const token = chain.deployment.contracts.cairnToken;
  let queue: Promise<unknown> = Promise.resolve();

  async function send(to: Address): Promise<readonly Hash[]> {
    const nonce = await chain.client.getTransactionCount({ address: ACCOUNT.address, blockTag: "pending" });
    const data = encodeFunctionData({ abi: ABIS.cairnToken, functionName: "transfer", args: [to, PORTION.cairnWei] });
    const ether = await wallet.sendTransaction({ ...network, to, value: PORTION.etherWei, nonce });
    return [ether, await wallet.sendTransaction({ ...network, to: token, data, nonce: nonce + 1 })];
  }

  return {
    async give(account) {
      if (typeof account !== "string" || !isAddress(account)) throw new TypeError("account is no address");
      const mine = queue.then(() => send(account));
      queue = mine.catch(() => {}); // the next visitor is not to blame
      return mine;
    },
  };
}
