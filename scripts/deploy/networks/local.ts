/** A chain of one's own on this machine: `hardhat node`, anvil, or a geth with this chain id. To rehearse everything. */
import { LOCAL_PARAMETERS } from "../../deploy.ts";
import type { NetworkPlan } from "./networkPlan.ts";

export const LOCAL: NetworkPlan = {
  name: "local",
  title: "a local chain",
  chainId: 31_337,
  isTestnet: true,
  confirmations: 1, // nobody reorganises it
  pollingMs: 20,
  parameters: LOCAL_PARAMETERS,
  verifiers: {},
};
