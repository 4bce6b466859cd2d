/** The networks that a deployment was thought through for. Ethereum itself is left out on purpose: nothing is audited. */
import { DeployError } from "../deployError.ts";
import { HOODI } from "./hoodi.ts";
import { LOCAL } from "./local.ts";
import type { NetworkPlan } from "./networkPlan.ts";
import { SEPOLIA } from "./sepolia.ts";

export const NETWORKS: readonly NetworkPlan[] = [SEPOLIA, HOODI, LOCAL];

/** @throws {DeployError} `DEPLOY_UNKNOWN_NETWORK` */
export function findNetwork(name: string): NetworkPlan {
  const plan = NETWORKS.find((each) => each.name === name);
  if (plan !== undefined) return plan;
  const known = NETWORKS.map((each) => each.name);
  throw new DeployError({ code: "DEPLOY_UNKNOWN_NETWORK", name, known }, `there is no plan for a network "${name}"`);
}
