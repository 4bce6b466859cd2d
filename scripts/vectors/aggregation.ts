/** Rounds of every aggregation rule, for the vectors: two after each other, so that the state is in them too. */
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import type { Parameters } from "../../trainer/src/engine/tensor.ts";
import { aggregate } from "../../trainer/src/learning/aggregate.ts";
import type { AggregationRound } from "../../trainer/src/learning/aggregation/round.ts";
import { AGGREGATION_KINDS, parseAggregationRule } from "../../trainer/src/learning/aggregation/rule.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import { tensors } from "./words.ts";

const TRAINERS = 7;
const BYZANTINE: readonly string[] = ["trimmedMean", "krum", "multiKrum", "bulyan"];
const LOCAL = { steps: 6, learningRate: 0.25, momentum: 0.5 };
const SHAPES = { "layers.0.bias": [2], "layers.0.weight": [2, 3] } as const;

const RULES: readonly object[] = [
  ...AGGREGATION_KINDS.map((kind) => (BYZANTINE.includes(kind) ? { kind, byzantine: 1 } : { kind })),
  { kind: "fedavgm", nesterov: true },
  { kind: "median", bucketSize: 2 },
  { kind: "centeredClipping", radius: 0.75, normCap: false, workerMomentum: 0 },
];

/** Small numbers around `base`; the last trainer's are thirty times as far away. */
function numbers(seed: Uint8Array, name: string, factor: number, base?: Parameters): Parameters {
  return new Map(
    Object.entries(SHAPES).map(([tensor, shape]) => {
      const stream = createRandomStream(seed, `vector/aggregation/${name}/${tensor}`);
      const length = shape.reduce((product: number, size: number) => product * size, 1);
      const at = (i: number): number => base?.get(tensor)?.data[i] ?? 0;
      return [
        tensor,
        { shape, data: Float32Array.from({ length }, (_, i) => at(i) + factor * (2 * stream.nextFloat() - 1)) },
      ];
    }),
  );
}

/** What each rule makes of two rounds of the same updates; in the second the first trainer is absent. */
export function aggregationVectors(seed: Uint8Array): object {
  const base = numbers(seed, "base", 1);
  const root = numbers(seed, "root", 0.125, base);
  const updates = Array.from({ length: TRAINERS }, (_, k) => ({
    address: `0x${`${k + 1}c`.repeat(20)}`,
    sampleCount: 10 + 3 * k,
    steps: LOCAL.steps - (k % 2),
    parameters: numbers(seed, `update/${k}`, k === TRAINERS - 1 ? 4 : 0.125, base),
  }));
  const rules = RULES.map((document) => {
    const rule = parseAggregationRule(document);
    const round: AggregationRound = { base, state: new Map(), seed, local: LOCAL, population: 8, root };
    const first = aggregate(rule, round, updates);
    const isLimited = rule.kind === "bulyan"; // seven are just enough
    const second = aggregate(rule, { ...round, state: first.state }, isLimited ? updates : updates.slice(1));
    return {
      rule,
      rounds: [first, second].map(({ parameters, state }) => ({ weights: tensors(parameters), state: tensors(state) })),
    };
  });
  return {
    ...{ committeeSeed: toHex(seed), local: LOCAL, population: 8, base: tensors(base), root: tensors(root) },
    updates: updates.map((update) => ({ ...update, parameters: tensors(update.parameters) })),
    rules,
  };
}
