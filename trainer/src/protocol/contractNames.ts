/** The contracts that every deployment has, by the names that its record and a site's `cairn.json` give them. */
export const CONTRACT_NAMES = [
  "cairnToken",
  "nodeRegistry",
  "modelRegistry",
  "dataRegistry",
  "flContract",
  "disputeGame",
  "cohorts",
  "aggregateGame",
  "roundReports",
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];
