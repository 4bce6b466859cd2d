/** Whether the account can pay and has stake. Reads only; asks for no password. */
import { openChain } from "../chainAccess.ts";
import type { Context } from "../command.ts";
import { shortUnits18 } from "../jsonText.ts";
import { type Check, ok, skipped, type Verdict, warning } from "./check.ts";

export function accountChecks(context: Context): Check[] {
  const group = "Account";
  const withAccount = (check: (access: Reachable) => Promise<Verdict>) => async (): Promise<Verdict> => {
    const access = await openChain(context, { sign: false }).catch(() => undefined);
    if (access?.address === undefined) return skipped("chain or account cannot be asked");
    return check({ chain: access.chain, address: access.address });
  };
  const { signal } = context;
  return [
    {
      group,
      name: "ether",
      run: withAccount(async ({ chain, address }) => {
        const wei = await chain.request("eth_getBalance", () => chain.client.getBalance({ address }), { signal });
        return wei > 0n ? ok(`${shortUnits18(wei)} ETH`) : await noEther(address);
      }),
    },
    {
      group,
      name: "stake",
      run: withAccount(async ({ chain, address }) => {
        const [balanceWei, { stakeWei, registered }] = await Promise.all([
          chain.read("cairnToken", "balanceOf", [address], { signal }),
          chain.read("nodeRegistry", "nodeOf", [address], { signal }),
        ]);
        const text = `${shortUnits18(stakeWei)} CAIRN staked, ${shortUnits18(balanceWei)} free`;
        if (!registered)
          return warning(`${text}; not registered`, "cairn register, or cairn node start, which does it");
        return stakeWei > 0n ? ok(text) : warning(text, "cairn stake add AMOUNT, or cairn node start, which does it");
      }),
    },
  ];
}

type Reachable = { readonly chain: Awaited<ReturnType<typeof openChain>>["chain"]; readonly address: `0x${string}` };

async function noEther(address: string): Promise<never> {
  const { ChainError } = await import("../../chain/chainError.ts");
  throw new ChainError({ code: "CHAIN_INSUFFICIENT_FUNDS", account: address }, `${address} has no ether for gas`);
}
