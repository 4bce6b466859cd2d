/** What a reviewed file per network fixes before anybody deploys there. Pure. */
import type { DeploymentParameters } from "../../deploy.ts";

export interface NetworkPlan {
  /** As `--network` names it. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly chainId: number;
  readonly isTestnet: boolean;
  /** Blocks on top of a transaction's own, itself included, before the next one relies on it. */
  readonly confirmations: number;
  /** How often receipts are looked for. Unit: milliseconds. */
  readonly pollingMs: number;
  readonly parameters: DeploymentParameters;
  /** Where people look transactions up; absent on a chain of one's own. */
  readonly explorerUrl?: string;
  /** Who checks sources, by the name that `--verify` takes. The key of Etherscan is the operator's. */
  readonly verifiers: Readonly<Partial<Record<VerifierName, string>>>;
}

export const VERIFIER_NAMES = ["sourcify", "blockscout", "etherscan"] as const;

export type VerifierName = (typeof VERIFIER_NAMES)[number];
