/**
 * From accepted updates to the next version: a pure function of base, state, rule and updates, attested by the committee.
 *
 * State in, updates in, new weights and state out: whoever has these can compute the same bits again. Updates that are no
 * numbers of this model are left out by everybody alike, and said so in the report.
 */
import { allFinite, type Parameters } from "../engine/tensor.ts";
import { createAveraging } from "./aggregation/averaging.ts";
import { type FlatLayout, findMismatch, flatten, layoutOf, unflatten } from "./aggregation/layout.ts";
import { createRobust } from "./aggregation/robust.ts";
import type {
  AggregationResult,
  AggregationRound,
  AggregationState,
  Contribution,
  FlatState,
  RuleInput,
  RuleRun,
  UpdateProblem,
  UpdateReport,
} from "./aggregation/round.ts";
import type { AggregationRule } from "./aggregation/rule.ts";
import { difference, norm } from "./aggregation/vectors.ts";
import { LearningError } from "./errors.ts";

/** A contribution whose weights are one flat vector already, in the layout's order. */
export interface FlatContribution {
  readonly address: string;
  readonly sampleCount: number;
  readonly steps?: number | undefined;
  /** Read during the call only. */
  readonly values: Float32Array;
}

/** One round's aggregation under way. Averaging rules keep a sum and no update; robust rules keep them all. */
export interface Aggregation {
  readonly layout: FlatLayout;
  /** Updates come in ascending order of address. */
  add(update: Contribution): UpdateReport;
  addFlat(update: FlatContribution): UpdateReport;
  finish(): AggregationResult;
}

/**
 * @param updates one an address, in whatever order; they are taken in ascending order of address.
 * @returns fresh tensors.
 * @throws {LearningError} as {@link openAggregation} and its `finish`
 */
export function aggregate(
  rule: AggregationRule,
  round: AggregationRound,
  updates: readonly Contribution[],
): AggregationResult {
  const ordered = updates
    .map((update) => ({ ...update, address: update.address.toLowerCase() }))
    .sort((left, right) => (left.address < right.address ? -1 : 1));
  const aggregation = openAggregation(rule, round);
  for (const update of ordered) aggregation.add(update);
  return aggregation.finish();
}

/**
 * Opens the aggregation of one round. Its `add` throws `LEARNING_DUPLICATE_ADDRESS`; its `finish` throws
 * `LEARNING_NO_UPDATES` when none is left, `LEARNING_TOO_FEW_UPDATES` below the rule's limit, `LEARNING_NONE_TRUSTED`, and
 * `LEARNING_NOT_FINITE` when the next weights overflow.
 *
 * @throws {LearningError} `LEARNING_STATE_MISMATCH` | `LEARNING_ROOT_MISSING` | `LEARNING_UPDATE_MISMATCH` for root weights
 */
export function openAggregation(rule: AggregationRule, round: AggregationRound): Aggregation {
  const layout = layoutOf(round.base);
  const base = flatten(layout, round.base);
  const run = createRun(rule, {
    base,
    state: flatState(round.state, layout),
    seed: round.seed,
    local: round.local,
    population: round.population,
    root: rule.kind === "fltrust" ? rootDifference(round, layout, base) : undefined,
  });
  const scratch = new Float32Array(layout.size);
  const report: UpdateReport[] = [];
  const note = (entry: UpdateReport): UpdateReport => {
    report.push(entry);
    return entry;
  };
  const refused = (address: string, problem: UpdateProblem, size = Number.NaN): UpdateReport =>
    note({ address, norm: size, problem });
  let last = "";
  const claim = (address: string): void => {
    if (address === last) {
      throw new LearningError({ code: "LEARNING_DUPLICATE_ADDRESS", address }, `${address} has two updates`);
    }
    if (address < last) throw new RangeError(`${address} comes after ${last}: updates go in ascending order`);
    last = address;
  };
  const take = ({ address, sampleCount, steps = round.local.steps, values }: FlatContribution): UpdateReport => {
    if (!isCount(sampleCount) || !isCount(steps)) return refused(address, "LEARNING_SAMPLE_COUNT");
    if (values.length !== layout.size) return refused(address, "LEARNING_UPDATE_MISMATCH");
    if (!allFinite(values)) return refused(address, "LEARNING_UPDATE_NOT_FINITE");
    const change = difference(values, base);
    const size = norm(change);
    if (!Number.isFinite(size)) return refused(address, "LEARNING_UPDATE_UNBOUNDED", size);
    run.add({ address, sampleCount, steps, values, difference: change, norm: size });
    return note({ address, norm: size });
  };
  return {
    layout,
    add({ parameters, ...update }) {
      claim(update.address);
      if (findMismatch(layout, parameters) !== undefined) return refused(update.address, "LEARNING_UPDATE_MISMATCH");
      return take({ ...update, values: flatten(layout, parameters, scratch) });
    },
    addFlat(update) {
      claim(update.address);
      return take(update);
    },
    finish() {
      if (!report.some(({ problem }) => problem === undefined)) throw noUpdates(report);
      const { weights, state } = run.finish();
      const parameters = unflatten(layout, weights);
      requireFinite(parameters, state);
      return { parameters, state: stateTensors(state), report };
    },
  };
}

const AVERAGING = ["fedavg", "fedprox", "fedavgm", "fedadagrad", "fedadam", "fedyogi", "scaffold", "fednova"] as const;

function createRun(rule: AggregationRule, input: RuleInput): RuleRun {
  return isAveraging(rule) ? createAveraging(rule, input) : createRobust(rule, input);
}

function isAveraging(rule: AggregationRule): rule is Extract<AggregationRule, { kind: (typeof AVERAGING)[number] }> {
  return (AVERAGING as readonly string[]).includes(rule.kind);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= 0xffffffff;
}

function rootDifference({ root }: AggregationRound, layout: FlatLayout, base: Float32Array): Float32Array {
  if (root === undefined) {
    throw new LearningError({ code: "LEARNING_ROOT_MISSING" }, "fltrust needs weights trained on the root records");
  }
  const name = findMismatch(layout, root);
  if (name === undefined) return difference(flatten(layout, root), base);
  const text = `the root's weights have another tensor ${name}`;
  throw new LearningError({ code: "LEARNING_UPDATE_MISMATCH", address: "root", name }, text);
}

/** Tensors of the state are `[P]`, but for the few median norms and the trainers' ages. */
function flatState(state: AggregationState, { size }: FlatLayout): FlatState {
  for (const [name, { data }] of state) {
    const isShort = name === "medianNorms" || (name.startsWith("age.") && data.length === 1);
    if ((isShort || data.length === size) && allFinite(data)) continue;
    throw new LearningError(
      { code: "LEARNING_STATE_MISMATCH", name },
      `the aggregation state's ${name} is not of this model`,
    );
  }
  return new Map([...state].map(([name, { data }]) => [name, data]));
}

function stateTensors(state: FlatState): AggregationState {
  return new Map([...state].map(([name, data]) => [name, { shape: [data.length], data }]));
}

function requireFinite(parameters: Parameters, state: FlatState): void {
  const named = [...parameters].map(([name, { data }]) => [name, data] as const);
  for (const [name, data] of [...named, ...state]) {
    if (allFinite(data)) continue;
    throw new LearningError({ code: "LEARNING_NOT_FINITE", name }, `the aggregate of ${name} overflows`);
  }
}

function noUpdates(report: readonly UpdateReport[]): LearningError {
  const why = report.length === 0 ? "there is no update to aggregate" : "every update was left out";
  return new LearningError({ code: "LEARNING_NO_UPDATES", leftOut: report.length }, why);
}
