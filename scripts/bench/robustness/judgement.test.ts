/** Tests of the judgement over robustness tables. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judge, renderTable, type Table, worstOf } from "./judgement.ts";

function table(rows: Table["rows"], partition: Table["partition"] = "Dirichlet 0.5"): Table {
  return { partition, bad: 4, rows };
}

function missed(...tables: readonly Table[]): string[] {
  return judge(tables).flatMap(({ isMet, sentence }) => (isMet ? [] : [sentence]));
}

describe("worstOf", () => {
  it("takes the lowest mean of a column and the lowest seed of all", () => {
    assert.deepEqual(worstOf({ none: [90, 92], "IPM 10": [80, 90], "label flip": [84, 84] }), {
      worstMean: 84,
      worstMin: 80,
    });
  });
});

describe("judge", () => {
  const good = { none: [92, 92], "IPM 10": [88, 87], "sign flip ×10": [88, 88] };
  const dead = { none: [92, 92.4], "IPM 10": [10, 9], "sign flip ×10": [9, 9] };

  it("lets a default pass that holds, beside a mean that dies", () => {
    assert.deepEqual(missed(table({ default: good, mean: dead }), table({ default: good, mean: dead }, "IID")), []);
  });

  it("misses a low seed, a low mean, a cost without attack, a mean that lives, and a root that does not help", () => {
    assert.match(missed(table({ default: { ...good, "IPM 10": [90, 81] } })).join(), /worst seed 81\.0/);
    assert.match(missed(table({ default: { ...good, "IPM 10": [83, 84] } })).join(), /worst mean is 83\.5/);
    assert.match(missed(table({ default: { ...good, "IPM 10": [87, 87] } }, "IID")).join(), /worst mean is 87\.0/);
    assert.match(missed(table({ default: { ...good, none: [91, 91] }, mean: dead })).join(), /1\.2 below the mean/);
    assert.match(missed(table({ mean: { ...dead, "IPM 10": [70, 70] } })).join(), /70\.0 under IPM 10/);
    assert.match(missed({ ...table({ rooted: { none: [90, 79] } }), bad: 8 }).join(), /8 bad and a root .* 79\.0/);
  });
});

describe("renderTable", () => {
  it("gives a row a rule, with mean and lowest", () => {
    const text = renderTable(table({ default: { none: [90, 92] } }));
    assert.equal(text, "| rule | none |\n| --- | ---: |\n| default | 91.0 (90.0) |");
  });
});
