import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode } from "../../engine/testing/programs.ts";
import { AGGREGATION_KINDS, DEFAULT_RULE, parseAggregationRule } from "./rule.ts";

const NEEDS_BYZANTINE = ["trimmedMean", "krum", "multiKrum", "bulyan"];
const NEEDS_NOTHING = AGGREGATION_KINDS.filter((kind) => !NEEDS_BYZANTINE.includes(kind));

describe("parseAggregationRule", () => {
  it("fills every field in, so that a plan says it all and parses to itself", () => {
    for (const kind of AGGREGATION_KINDS) {
      const asked = NEEDS_BYZANTINE.includes(kind) ? { kind, byzantine: 2 } : { kind };
      const rule = parseAggregationRule(asked);
      assert.equal(rule.kind, kind);
      assert.deepEqual(parseAggregationRule(JSON.parse(JSON.stringify(rule))), rule);
    }
    assert.equal(AGGREGATION_KINDS.length, 17);
  });

  it("leaves the plans of before as they are", () => {
    assert.deepEqual(parseAggregationRule({ kind: "fedavg" }), { kind: "fedavg" });
  });

  it("gives the default rule for its name alone", () => {
    assert.deepEqual(parseAggregationRule({ kind: DEFAULT_RULE.kind }), DEFAULT_RULE);
  });

  it("refuses what is no rule, and names the field", () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [null, "$"],
      ["fedavg", "$"],
      [{}, "$.kind"],
      [{ kind: "toString" }, "$.kind"],
      [{ kind: "fedavg", trim: 1 }, "$.trim"],
      [{ kind: "krum" }, "$.byzantine"],
      [{ kind: "krum", byzantine: 0 }, "$.byzantine"],
      [{ kind: "median", workerMomentum: 1 }, "$.workerMomentum"],
      [{ kind: "median", normCap: "yes" }, "$.normCap"],
      [{ kind: "fedadam", learningRate: 0 }, "$.learningRate"],
      [{ kind: "fedadagrad", beta2: 0.9 }, "$.beta2"],
      [{ kind: "centeredClipping", radius: -1 }, "$.radius"],
    ];
    for (const [value, path] of cases) {
      assert.throws(
        () => parseAggregationRule(value),
        (error: unknown) => hasCode("LEARNING_RULE_MALFORMED")(error) && pathOf(error) === path,
        JSON.stringify(value),
      );
    }
  });

  it("refuses buckets without a cap, since one huge update would take its bucket along", () => {
    const bucketed = { kind: "centeredClipping", bucketSize: 2 };
    assert.throws(() => parseAggregationRule({ ...bucketed, normCap: false }), hasCode("LEARNING_RULE_MALFORMED"));
    assert.equal("bucketSize" in parseAggregationRule(bucketed), true);
  });

  it("needs nothing but a name for most rules", () => {
    for (const kind of NEEDS_NOTHING) assert.doesNotThrow(() => parseAggregationRule({ kind }));
  });
});

function pathOf(error: unknown): string {
  return (error as { readonly detail: { readonly path: string } }).detail.path;
}
