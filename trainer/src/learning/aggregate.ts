/** From accepted updates to the next version: the register of rules. A pure function, attested by the committee. */
import { readFields } from "../engine/fields.ts";
import { type Parameters, sameShape } from "../engine/tensor.ts";
import { LearningError } from "./errors.ts";
import { type Contribution, federatedAverage } from "./federatedAverage.ts";

export type { Contribution } from "./federatedAverage.ts";

export type AggregationRule = { readonly kind: "fedavg" };

const RULES: { readonly [K in AggregationRule["kind"]]: (updates: readonly Contribution[]) => Parameters } = {
  fedavg: federatedAverage,
};

/**
 * @param value JSON from anywhere.
 * @throws {LearningError} `LEARNING_RULE_MALFORMED` naming the path
 */
export function parseAggregationRule(value: unknown): AggregationRule {
  const fields = readFields(value, "$", (path, problem) => {
    return new LearningError({ code: "LEARNING_RULE_MALFORMED", path }, `the aggregation rule's ${path} ${problem}`);
  });
  const rule = { kind: fields.word("kind", Object.keys(RULES) as AggregationRule["kind"][]) };
  fields.end();
  return rule;
}

/**
 * Applies `rule` to updates in ascending order of address, whatever order they come in.
 *
 * @param updates one an address.
 * @returns the aggregate, fresh tensors.
 * @throws {LearningError} `LEARNING_NO_UPDATES` | `LEARNING_DUPLICATE_ADDRESS` | `LEARNING_SAMPLE_COUNT` |
 *   `LEARNING_UPDATE_MISMATCH` | `LEARNING_NOT_FINITE`
 */
export function aggregate(rule: AggregationRule, updates: readonly Contribution[]): Parameters {
  const ordered = updates
    .map((update) => ({ ...update, address: update.address.toLowerCase() }))
    .sort((left, right) => (left.address < right.address ? -1 : 1));
  const first = ordered[0];
  if (first === undefined) throw new LearningError({ code: "LEARNING_NO_UPDATES" }, "there is no update to aggregate");
  ordered.forEach((update, i) => {
    requireSound(update);
    requireSameShapes(update, first.parameters);
    const { address } = update;
    if (i === 0 || ordered[i - 1]!.address !== address) return;
    throw new LearningError({ code: "LEARNING_DUPLICATE_ADDRESS", address }, `${address} has two updates`);
  });
  return RULES[rule.kind](ordered);
}

function requireSound({ address, sampleCount }: Contribution): void {
  if (Number.isSafeInteger(sampleCount) && sampleCount >= 1 && sampleCount <= 0xffffffff) return;
  throw new LearningError(
    { code: "LEARNING_SAMPLE_COUNT", address, sampleCount },
    `${address} claims ${sampleCount} samples`,
  );
}

function requireSameShapes({ address, parameters }: Contribution, expected: Parameters): void {
  const names = new Set([...parameters.keys(), ...expected.keys()]);
  for (const name of names) {
    const actual = parameters.get(name);
    const needed = expected.get(name);
    if (actual !== undefined && needed !== undefined && sameShape(actual.shape, needed.shape)) continue;
    throw new LearningError(
      { code: "LEARNING_UPDATE_MISMATCH", address, name },
      `${address}'s update and another's differ in the shape of ${name}`,
    );
  }
}
