/**
 * Deals the training records out to trainers. Pure: rule, labels and seed decide, so everybody finds the same shards.
 *
 * Every record is in exactly one shard, and no shard is empty.
 */

import { isInteger, readFields } from "../engine/fields.ts";
import { createRandomStream, permutation, type RandomStream } from "../engine/philox.ts";
import { counted } from "../protocol/counted.ts";
import { LearningError } from "./errors.ts";
import { dirichlet } from "./gamma.ts";

export type PartitionRule =
  /** Shards of equal size (± 1) at random. */
  | { readonly kind: "iid" }
  /** Each class is dealt by shares drawn from Dirichlet(alpha): the smaller, the more uneven. Range: 0.001 … 1,000. */
  | { readonly kind: "dirichlet"; readonly alpha: number }
  /** Records sorted by class are cut into `shards · classesPerShard` pieces; each shard gets that many at random. */
  | { readonly kind: "class"; readonly classesPerShard: number };

/** A class number a record; two bytes each where there are more than 256 classes. */
export type ClassLabels = Uint8Array | Uint16Array;

const KINDS = ["iid", "dirichlet", "class"] as const;
/** What each kind has beside its name. */
const FIELDS = { iid: [], dirichlet: ["alpha"], class: ["classesPerShard"] } as const;
const MIN_ALPHA = 0.001;
const MAX_ALPHA = 1_000;
const MAX_CLASSES_PER_SHARD = 1_000;

/**
 * @param value JSON from anywhere.
 * @throws {LearningError} `LEARNING_RULE_MALFORMED` naming the path
 */
export function parsePartitionRule(value: unknown): PartitionRule {
  const fields = readFields(value, "$", (path, problem) => {
    return new LearningError({ code: "LEARNING_RULE_MALFORMED", path }, `the partition rule's ${path} ${problem}`);
  });
  const kind = fields.word("kind", KINDS);
  fields.only(FIELDS[kind]);
  const rule = ((): PartitionRule => {
    switch (kind) {
      case "iid":
        return { kind };
      case "dirichlet": {
        const inRange = (alpha: number): boolean => alpha >= MIN_ALPHA && alpha <= MAX_ALPHA;
        return { kind, alpha: fields.float("alpha", `from ${MIN_ALPHA} to ${MAX_ALPHA}`, inRange) };
      }
      case "class":
        return { kind, classesPerShard: fields.integer("classesPerShard", 1, MAX_CLASSES_PER_SHARD) };
      default:
        return kind satisfies never;
    }
  })();
  fields.end();
  return rule;
}

/**
 * @param labels class of every record of the training split, by record number.
 * @param shards number of shards. Range: 1 … 65,536: 256 cohorts of 256.
 * @param seed 32 bytes; keys the Philox stream `partition`.
 * @returns record numbers of each shard, ascending.
 * @throws {LearningError} `LEARNING_TOO_FEW_RECORDS` when some shard would be empty
 * @see Hsu, Qi, Brown 2019 (Dirichlet), https://arxiv.org/abs/1909.06335; McMahan et al. 2017 (pieces by class)
 */
export function partition(rule: PartitionRule, labels: ClassLabels, shards: number, seed: Uint8Array): Uint32Array[] {
  if (!isInteger(shards, 1, 65_536)) throw new RangeError(`${shards} shards`);
  const needed = rule.kind === "class" ? shards * rule.classesPerShard : shards;
  if (labels.length < needed) {
    throw new LearningError(
      { code: "LEARNING_TOO_FEW_RECORDS", actual: labels.length, needed },
      `${counted(labels.length, "record")} cannot be dealt to ${counted(shards, "shard")} by this rule: it needs ${needed}`,
    );
  }
  const stream = createRandomStream(seed, "partition");
  return deal(rule, labels, { shards, stream }).map((shard) => Uint32Array.from(shard).sort());
}

function deal(
  rule: PartitionRule,
  labels: ClassLabels,
  { shards, stream }: { readonly shards: number; readonly stream: RandomStream },
): number[][] {
  const shuffled = [...permutation(stream, labels.length)];
  switch (rule.kind) {
    case "iid":
      return cutEvenly(shuffled, shards);
    case "class": {
      const pieces = cutEvenly(byClass(shuffled, labels).flat(), shards * rule.classesPerShard);
      const order = [...permutation(stream, pieces.length)].map((piece) => pieces[piece]!);
      return cutEvenly(order, shards).map((own) => own.flat());
    }
    case "dirichlet": {
      const dealt: number[][] = Array.from({ length: shards }, () => []);
      for (const records of byClass(shuffled, labels)) {
        const shares = dirichlet(stream, rule.alpha, shards);
        cutByShares(records, shares).forEach((own, shard) => {
          for (const record of own) dealt[shard]!.push(record);
        });
      }
      return fillEmpty(dealt);
    }
    default:
      return rule satisfies never;
  }
}

/** @returns the records of each class, classes ascending, order within a class kept. */
function byClass(records: readonly number[], labels: ClassLabels): number[][] {
  const classes = new Map<number, number[]>();
  for (const record of records) {
    const label = labels[record]!;
    const own = classes.get(label);
    if (own === undefined) classes.set(label, [record]);
    else own.push(record);
  }
  return [...classes.entries()].sort(([left], [right]) => left - right).map(([, own]) => own);
}

/** Cuts into `parts` runs, none empty while there are as many items; their lengths differ by at most one. */
function cutEvenly<T>(items: readonly T[], parts: number): T[][] {
  const cut = (part: number): number => Math.ceil((items.length * part) / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(cut(part), cut(part + 1)));
}

/** Cuts into runs in proportion to `shares`; cutting at rounded running sums loses nothing. */
function cutByShares(items: readonly number[], shares: Float64Array): number[][] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  let from = 0;
  return Array.from(shares, (share, part) => {
    sum += share;
    const to = part === shares.length - 1 ? items.length : Math.round((items.length * sum) / total);
    const own = items.slice(from, to);
    from = to;
    return own;
  });
}

/** Moves one record from the largest shard (the first of equals) to each empty one. */
function fillEmpty(shards: number[][]): number[][] {
  for (const shard of shards) {
    if (shard.length > 0) continue;
    const largest = shards.reduce((best, other) => (other.length > best.length ? other : best));
    shard.push(largest.pop()!);
  }
  return shards;
}
