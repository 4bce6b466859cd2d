/** Hoodi, Ethereum's test network for staking and protocol changes; the second choice when Sepolia's ether is short. */
import { PRODUCTION_PARAMETERS } from "../../deploy.ts";
import type { NetworkPlan } from "./networkPlan.ts";

export const HOODI: NetworkPlan = {
  name: "hoodi",
  title: "Hoodi",
  chainId: 560_048,
  isTestnet: true,
  confirmations: 5,
  pollingMs: 4_000,
  parameters: PRODUCTION_PARAMETERS,
  explorerUrl: "https://hoodi.etherscan.io",
  verifiers: {
    sourcify: "https://sourcify.dev/server",
    blockscout: "https://eth-hoodi.blockscout.com/api",
    etherscan: "https://api.etherscan.io/v2/api",
  },
};
