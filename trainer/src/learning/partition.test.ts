import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode, seedOf, testStream } from "../engine/testing/programs.ts";
import { type PartitionRule, parsePartitionRule, partition } from "./partition.ts";

function labelsOf(count: number, classes: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, record) => (record * 7) % classes);
}

/** Share of the largest class in each shard, averaged: 1 / classes when even, 1 when every shard is of one class. */
function concentration(shards: readonly Uint32Array[], labels: Uint8Array): number {
  const shares = shards.map((shard) => {
    const counts = new Array<number>(256).fill(0);
    for (const record of shard) counts[labels[record]!]!++;
    return Math.max(...counts) / shard.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const RULES: readonly PartitionRule[] = [
  { kind: "iid" },
  { kind: "class", classesPerShard: 1 },
  { kind: "class", classesPerShard: 2 },
  { kind: "dirichlet", alpha: 0.001 },
  { kind: "dirichlet", alpha: 0.5 },
  { kind: "dirichlet", alpha: 1_000 },
];

describe("partition", () => {
  for (const rule of RULES) {
    it(`deals every record to exactly one shard and leaves none empty: ${JSON.stringify(rule)}`, () => {
      const stream = testStream("partition");
      for (let trial = 0; trial < 60; trial++) {
        const shards = 1 + stream.nextBelow(20);
        const labels = labelsOf(40 + stream.nextBelow(300), 1 + stream.nextBelow(10));
        const dealt = partition(rule, labels, shards, seedOf(trial));
        assert.equal(dealt.length, shards);
        assert.ok(
          dealt.every((shard) => shard.length > 0),
          `trial ${trial}: an empty shard`,
        );
        const all = dealt.flatMap((shard) => [...shard]).sort((a, b) => a - b);
        assert.deepEqual(
          all,
          Array.from(labels, (_, record) => record),
          `trial ${trial}`,
        );
      }
    });

    it(`is decided by the seed: ${JSON.stringify(rule)}`, () => {
      const labels = labelsOf(500, 10);
      assert.deepEqual(partition(rule, labels, 5, seedOf(1)), partition(rule, labels, 5, seedOf(1)));
      assert.notDeepEqual(partition(rule, labels, 5, seedOf(1)), partition(rule, labels, 5, seedOf(2)));
    });
  }

  it("makes shards of equal size, or one apart, by iid", () => {
    const sizes = partition({ kind: "iid" }, labelsOf(103, 10), 10, seedOf(1)).map(({ length }) => length);
    assert.deepEqual([...new Set(sizes)].sort(), [10, 11]);
  });

  it("gives one class a shard where pieces and classes match", () => {
    const labels = labelsOf(1_000, 10);
    assert.equal(concentration(partition({ kind: "class", classesPerShard: 1 }, labels, 10, seedOf(1)), labels), 1);
  });

  it("is the more uneven the smaller alpha is", () => {
    const labels = labelsOf(5_000, 10);
    const [uneven, middle, even] = [0.05, 1, 1_000].map((alpha) =>
      concentration(partition({ kind: "dirichlet", alpha }, labels, 10, seedOf(1)), labels),
    ) as [number, number, number];
    assert.ok(uneven > 0.5 && uneven > middle && middle > even, `${uneven}, ${middle}, ${even}`);
    assert.ok(even < 0.13, `${even} at alpha 1,000; perfectly even is 0.1`);
  });

  it("refuses fewer records than its shards need", () => {
    const three = labelsOf(3, 2);
    assert.throws(() => partition({ kind: "iid" }, three, 4, seedOf(1)), hasCode("LEARNING_TOO_FEW_RECORDS"));
    assert.throws(
      () => partition({ kind: "dirichlet", alpha: 1 }, three, 4, seedOf(1)),
      hasCode("LEARNING_TOO_FEW_RECORDS"),
    );
    const rule = { kind: "class", classesPerShard: 2 } as const;
    assert.throws(() => partition(rule, three, 2, seedOf(1)), hasCode("LEARNING_TOO_FEW_RECORDS"));
    assert.throws(() => partition(rule, three, 0, seedOf(1)), RangeError);
  });
});

describe("parsePartitionRule", () => {
  it("takes the three kinds", () => {
    for (const rule of [{ kind: "iid" }, { kind: "dirichlet", alpha: 0.5 }, { kind: "class", classesPerShard: 2 }]) {
      assert.deepEqual(parsePartitionRule(rule), rule);
    }
  });

  it("names what is missing, unknown or out of range", () => {
    const refused = [
      null,
      { kind: "random" },
      { kind: "iid", alpha: 1 },
      { kind: "dirichlet" },
      { kind: "dirichlet", alpha: 0 },
      { kind: "dirichlet", alpha: "1" },
      { kind: "class", classesPerShard: 0 },
      { kind: "class", classesPerShard: 1.5 },
    ];
    for (const rule of refused) {
      assert.throws(() => parsePartitionRule(rule), hasCode("LEARNING_RULE_MALFORMED"), JSON.stringify(rule));
    }
  });
});
