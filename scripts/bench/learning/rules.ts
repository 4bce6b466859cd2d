/** The rows and columns of the learning table. Data only. */
import type { Optimiser } from "../../../trainer/src/engine/optimiser.ts";

const MOMENTUM: Optimiser = { type: "sgd", learningRate: 0.05, momentum: 0.9 };
/** SCAFFOLD's controls are gradients, so its steps must be plain ones; 0.2 moves about as far as MOMENTUM in 25 steps. */
const PLAIN: Optimiser = { type: "sgd", learningRate: 0.2, momentum: 0 };

export interface LearningRow {
  readonly aggregation: object;
  readonly optimiser: Optimiser;
}

function row(aggregation: object, optimiser = MOMENTUM): LearningRow {
  return { aggregation, optimiser };
}

export const ROWS: Readonly<Record<string, LearningRow>> = {
  FedAvg: row({ kind: "fedavg" }),
  "FedAvg, plain SGD": row({ kind: "fedavg" }, PLAIN),
  FedProx: row({ kind: "fedprox", proximal: 0.1 }),
  FedAvgM: row({ kind: "fedavgm", learningRate: 0.5, momentum: 0.7 }),
  FedAdagrad: row({ kind: "fedadagrad", learningRate: 0.02 }),
  FedAdam: row({ kind: "fedadam", learningRate: 0.005 }),
  FedYogi: row({ kind: "fedyogi", learningRate: 0.005 }),
  SCAFFOLD: row({ kind: "scaffold" }, PLAIN),
  FedNova: row({ kind: "fednova" }),
  default: row({ kind: "centeredClipping" }),
  mean: row({ kind: "mean" }),
  median: row({ kind: "median" }),
  "trimmed mean": row({ kind: "trimmedMean", byzantine: 2 }),
  "geometric median": row({ kind: "geometricMedian" }),
  Krum: row({ kind: "krum", byzantine: 2 }),
  "Multi-Krum": row({ kind: "multiKrum", byzantine: 2 }),
  Bulyan: row({ kind: "bulyan", byzantine: 1 }), // with 2 it needs 11 trainers
  FLTrust: row({ kind: "fltrust" }),
};

/** Goals are of the best rule. Unit: per cent. */
export const COLUMNS = {
  IID: { partition: { kind: "iid" }, goal: 98 },
  "Dirichlet 0.5": { partition: { kind: "dirichlet", alpha: 0.5 }, goal: 97.5 },
  "2 classes each": { partition: { kind: "class", classesPerShard: 2 }, goal: 92 },
} as const;

export const SETTING = { architecture: "lenet5", batchSize: 32, trainers: 10, rounds: 30, localSteps: 25 } as const;
