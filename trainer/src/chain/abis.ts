/** What each contract of a deployment can be asked and told. */

import type { ContractName } from "../protocol/contractNames.ts";
import {
  aggregateGameAbi,
  cairnTokenAbi,
  cohortsAbi,
  dataRegistryAbi,
  disputeGameAbi,
  flContractAbi,
  modelRegistryAbi,
  nodeRegistryAbi,
} from "../protocol/generated/abi.ts";

export const ABIS = {
  cairnToken: cairnTokenAbi,
  nodeRegistry: nodeRegistryAbi,
  modelRegistry: modelRegistryAbi,
  dataRegistry: dataRegistryAbi,
  flContract: flContractAbi,
  disputeGame: disputeGameAbi,
  cohorts: cohortsAbi,
  aggregateGame: aggregateGameAbi,
} as const satisfies Record<ContractName, unknown>;
