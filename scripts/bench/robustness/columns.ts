/** What is attacked, and how: the columns of the robustness tables, and the rules that are their rows. Data only. */
import type { Attack } from "../../../trainer/src/simulation/scenario.ts";

export type AttackWithoutCount = Attack extends infer A ? (A extends Attack ? Omit<A, "count"> : never) : never;

/** Names as in the robust-aggregation literature. */
export const COLUMNS: Readonly<Record<string, AttackWithoutCount | undefined>> = {
  none: undefined,
  "label flip": { kind: "labelFlip" },
  "sign flip": { kind: "signFlip", factor: 1 },
  "sign flip ×10": { kind: "signFlip", factor: 10 },
  "Gaussian 0.1": { kind: "gaussian", deviation: 0.1 },
  "ALIE 1.5": { kind: "alie", z: 1.5 },
  "IPM 0.1": { kind: "ipm", epsilon: 0.1 },
  "IPM 10": { kind: "ipm", epsilon: 10 },
  "min-max": { kind: "minMax" },
};

/** Those under which a mean is nothing any more. */
export const SCALED_COLUMNS = ["sign flip ×10", "IPM 10"] as const;

export const PARTITIONS = {
  "Dirichlet 0.5": { kind: "dirichlet", alpha: 0.5 },
  IID: { kind: "iid" },
} as const;
export type PartitionName = keyof typeof PARTITIONS;

/** Rows with a fifth of the trainers bad. `mean` has the default's worker momentum, so that only robustness differs. */
export const RULES: Readonly<Record<string, object>> = {
  default: { kind: "centeredClipping" },
  mean: { kind: "mean", normCap: false },
  "mean, capped": { kind: "mean" },
  median: { kind: "median" },
  "trimmed mean": { kind: "trimmedMean", byzantine: 4 },
  "geometric median": { kind: "geometricMedian" },
  Krum: { kind: "krum", byzantine: 4 },
  "Multi-Krum": { kind: "multiKrum", byzantine: 4 },
  Bulyan: { kind: "bulyan", byzantine: 4 },
  "default, buckets of 2": { kind: "centeredClipping", bucketSize: 2 },
  FLTrust: { kind: "fltrust" },
};

/** The rule for rounds in which two fifths are bad: 100 public records decide whom to believe. */
export const ROOTED_RULE = { kind: "fltrust", rootRecords: 100 };

export const SETTING = {
  architecture: "mlp:64",
  optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 },
  batchSize: 32,
  trainers: 20,
  bad: 4,
  badWithRoot: 8,
  rounds: 40,
  localSteps: 10,
} as const;
