/** The aggregation rules that a plan may name, and how they are read. Every field is filled in, so a plan says it all. */
import { type Fields, readFields } from "../../engine/fields.ts";
import { LearningError } from "../errors.ts";

/** What comes before a robust rule: momentum of each trainer, then the cap on its norm, then buckets. */
export interface Preparation {
  /**
   * `mᵢ = b·mᵢ + (1 − b)·Δᵢ` a trainer, `b = min(β, (t − 1)/t)` in its t-th round in a row. Range: 0 ≤ β < 1; 0: none.
   *
   * @see Karimireddy, He, Jaggi 2021, https://arxiv.org/abs/2012.10333
   */
  readonly workerMomentum: number;
  /** Longer updates are scaled down to the running median of the norms. */
  readonly normCap: boolean;
  /** Updates that are averaged at random before the rule sees them; above 1 only with `normCap`. Range: 1 … 64. */
  readonly bucketSize: number;
}

/** Rules that trust every update alike. */
export type AveragingRule =
  /** The mean of the weights by samples. McMahan et al. 2017, https://arxiv.org/abs/1602.05629 */
  | { readonly kind: "fedavg" }
  /** As fedavg; trainers are held to the base by `(μ/2)·‖w − w₀‖²`. Li et al. 2020, https://arxiv.org/abs/1812.06127 */
  | { readonly kind: "fedprox"; readonly proximal: number }
  /**
   * Server momentum. Hsu, Qi, Brown 2019, https://arxiv.org/abs/1909.06335; with Nesterov's look ahead the outer step of
   * DiLoCo, Douillard et al. 2023, https://arxiv.org/abs/2311.08105
   */
  | { readonly kind: "fedavgm"; readonly learningRate: number; readonly momentum: number; readonly nesterov: boolean }
  | AdaptiveRule
  /** Control variates. Karimireddy et al. 2020, https://arxiv.org/abs/1910.06378, option II */
  | { readonly kind: "scaffold"; readonly learningRate: number }
  /** Normalised averaging: as fedavg where all took equally many steps. Wang et al. 2020, https://arxiv.org/abs/2007.07481 */
  | { readonly kind: "fednova" };

/** Adaptive server optimisers. Reddi et al. 2021, https://arxiv.org/abs/2003.00295, algorithm 2 */
export type AdaptiveRule = {
  readonly learningRate: number;
  readonly beta1: number;
  /** The paper's τ. */
  readonly epsilon: number;
} & ({ readonly kind: "fedadagrad" } | { readonly kind: "fedadam" | "fedyogi"; readonly beta2: number });

/** Rules that bound what a few bad updates can do; every update counts alike, whatever samples it claims. */
export type RobustRule = Preparation &
  (
    | { readonly kind: "mean" }
    /** A coordinate at a time. Yin et al. 2018, https://arxiv.org/abs/1803.01498 */
    | { readonly kind: "median" }
    /** Without the `byzantine` lowest and highest of each coordinate; n > 2f. Yin et al. 2018 */
    | { readonly kind: "trimmedMean"; readonly byzantine: number }
    /** The update with the closest neighbours; n ≥ 2f + 3. Blanchard et al. 2017, https://arxiv.org/abs/1703.02757 */
    | { readonly kind: "krum"; readonly byzantine: number }
    /** The mean of the n − f best by Krum's score; n ≥ 2f + 3. Blanchard et al. 2017 */
    | { readonly kind: "multiKrum"; readonly byzantine: number }
    /** Krum n − 2f times, then a trimmed mean around the median; n ≥ 4f + 3. El Mhamdi et al. 2018, https://arxiv.org/abs/1802.07927 */
    | { readonly kind: "bulyan"; readonly byzantine: number }
    /** Smoothed Weiszfeld (RFA). Pillutla, Kakade, Harchaoui 2022, https://arxiv.org/abs/1912.13445 */
    | { readonly kind: "geometricMedian"; readonly iterations: number }
    /** Clips around the last aggregate. Karimireddy, He, Jaggi 2021; the radius 0 stands for the median of the distances. */
    | { readonly kind: "centeredClipping"; readonly iterations: number; readonly radius: number }
    /** Weighs by the cosine to an update from public records. Cao et al. 2021, https://arxiv.org/abs/2012.13995 */
    | { readonly kind: "fltrust"; readonly rootRecords: number }
  );

export type AggregationRule = AveragingRule | RobustRule;
export type AggregationKind = AggregationRule["kind"];

/** What new tasks use: the measured choice of docs/benchmarks.md, "Robustness". */
export const DEFAULT_RULE: RobustRule = {
  kind: "centeredClipping",
  iterations: 3,
  radius: 0,
  workerMomentum: Math.fround(0.9),
  normCap: true,
  bucketSize: 1,
};

const ADAPTIVE = ["learningRate", "beta1", "beta2", "epsilon"] as const;
const PREPARATION = ["workerMomentum", "normCap", "bucketSize"] as const;
const BYZANTINE = ["byzantine", ...PREPARATION] as const;

/** What each kind may have beside its name. */
const FIELDS = {
  fedavg: [],
  fedprox: ["proximal"],
  fedavgm: ["learningRate", "momentum", "nesterov"],
  fedadagrad: ["learningRate", "beta1", "epsilon"],
  fedadam: ADAPTIVE,
  fedyogi: ADAPTIVE,
  scaffold: ["learningRate"],
  fednova: [],
  mean: PREPARATION,
  median: PREPARATION,
  trimmedMean: BYZANTINE,
  krum: BYZANTINE,
  multiKrum: BYZANTINE,
  bulyan: BYZANTINE,
  geometricMedian: ["iterations", ...PREPARATION],
  centeredClipping: ["iterations", "radius", ...PREPARATION],
  fltrust: ["rootRecords", ...PREPARATION],
} as const satisfies { readonly [K in AggregationKind]: readonly string[] };

export const AGGREGATION_KINDS = Object.keys(FIELDS) as readonly AggregationKind[];

/** FLTrust's own example has 100 root records; more than this is a data set. */
const MAX_ROOT_RECORDS = 10_000;
const MAX_BYZANTINE = 127;

/**
 * Fields that are left out get the defaults of the rule's paper, or of {@link DEFAULT_RULE} where the paper names none.
 *
 * @param value JSON from anywhere.
 * @throws {LearningError} `LEARNING_RULE_MALFORMED` naming the path
 */
export function parseAggregationRule(value: unknown): AggregationRule {
  const refuse = (path: string, problem: string): LearningError =>
    new LearningError({ code: "LEARNING_RULE_MALFORMED", path }, `the aggregation rule's ${path} ${problem}`);
  const fields = readFields(value, "$", refuse);
  const kind = fields.word("kind", AGGREGATION_KINDS);
  fields.only(FIELDS[kind]);
  const rule = readRule(kind, fields);
  if ("bucketSize" in rule && rule.bucketSize > 1 && !rule.normCap) {
    throw refuse("$.bucketSize", "is above 1 without normCap: one huge update would take its whole bucket along");
  }
  fields.end();
  return rule;
}

function readRule(kind: AggregationKind, fields: Fields): AggregationRule {
  switch (kind) {
    case "fedavg":
    case "fednova":
      return { kind };
    case "fedprox":
      return { kind, proximal: positive(fields, "proximal", 0.01) };
    case "fedavgm":
      return {
        kind,
        learningRate: positive(fields, "learningRate", 1),
        momentum: share(fields, "momentum", 0.9),
        nesterov: fields.has("nesterov") ? fields.flag("nesterov") : false,
      };
    case "fedadagrad":
      return { kind, ...readAdaptive(fields), beta1: share(fields, "beta1", 0) };
    case "fedadam":
    case "fedyogi":
      return { kind, ...readAdaptive(fields), beta1: share(fields, "beta1", 0.9), beta2: share(fields, "beta2", 0.99) };
    case "scaffold":
      return { kind, learningRate: positive(fields, "learningRate", 1) };
    case "mean":
    case "median":
      return { kind, ...readPreparation(fields) };
    case "trimmedMean":
    case "krum":
    case "multiKrum":
    case "bulyan":
      return { kind, byzantine: fields.integer("byzantine", 1, MAX_BYZANTINE), ...readPreparation(fields) };
    case "geometricMedian":
      return { kind, iterations: whole(fields, "iterations", 4, 100), ...readPreparation(fields) };
    case "centeredClipping":
      return {
        kind,
        iterations: whole(fields, "iterations", 3, 100),
        radius: fields.has("radius") ? fields.float("radius", "from 0 on", (number) => number >= 0) : 0,
        ...readPreparation(fields),
      };
    case "fltrust":
      return { kind, rootRecords: whole(fields, "rootRecords", 100, MAX_ROOT_RECORDS), ...readPreparation(fields) };
    default:
      return kind satisfies never;
  }
}

function readAdaptive(fields: Fields) {
  return { learningRate: positive(fields, "learningRate", 0.03), epsilon: positive(fields, "epsilon", 0.001) };
}

function readPreparation(fields: Fields): Preparation {
  return {
    workerMomentum: share(fields, "workerMomentum", DEFAULT_RULE.workerMomentum),
    normCap: fields.has("normCap") ? fields.flag("normCap") : DEFAULT_RULE.normCap,
    bucketSize: whole(fields, "bucketSize", 1, 64),
  };
}

function positive(fields: Fields, name: string, otherwise: number): number {
  if (!fields.has(name)) return Math.fround(otherwise);
  return fields.float(name, "above 0", (number) => number > 0);
}

function share(fields: Fields, name: string, otherwise: number): number {
  if (!fields.has(name)) return Math.fround(otherwise);
  return fields.float(name, "from 0 to below 1", (number) => number >= 0 && number < 1);
}

function whole(fields: Fields, name: string, otherwise: number, max: number): number {
  return fields.has(name) ? fields.integer(name, 1, max) : otherwise;
}
