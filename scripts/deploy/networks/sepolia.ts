/** Sepolia, Ethereum's test network for applications. Parameters are those of a real chain: nothing is made easier. */
import { PRODUCTION_PARAMETERS } from "../../deploy.ts";
import type { NetworkPlan } from "./networkPlan.ts";

export const SEPOLIA: NetworkPlan = {
  name: "sepolia",
  title: "Sepolia",
  chainId: 11_155_111,
  isTestnet: true,
  confirmations: 5, // a minute; deeper reorganisations have been rare, and the checks at the end would show one
  pollingMs: 4_000, // a third of a slot
  parameters: PRODUCTION_PARAMETERS,
  explorerUrl: "https://sepolia.etherscan.io",
  verifiers: {
    sourcify: "https://sourcify.dev/server",
    blockscout: "https://eth-sepolia.blockscout.com/api",
    etherscan: "https://api.etherscan.io/v2/api",
  },
};
