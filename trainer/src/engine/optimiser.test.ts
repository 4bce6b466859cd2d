import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "./errors.ts";
import { type Optimiser, parseOptimiser } from "./optimiser.ts";
import { compile } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import { createRate } from "./schedule.ts";
import type { Tensor } from "./tensor.ts";
import { hasCode } from "./testing/programs.ts";

const { fround } = Math;
const SGD = { type: "sgd", learningRate: 0.1, momentum: 0 } as const;
const ADAM = { type: "adamW", learningRate: 0.1 } as const;

function pathOf(value: unknown): string {
  try {
    parseOptimiser(value);
  } catch (error) {
    if (error instanceof EngineError && "path" in error.detail) return `${error.code} ${error.detail.path}`;
    throw error;
  }
  return "accepted";
}

describe("parseOptimiser", () => {
  it("rounds its numbers to binary32 once", () => {
    const optimiser = parseOptimiser({ type: "sgd", learningRate: 0.1, momentum: 0.9 });
    const numbers = { learningRate: 0.10000000149011612, momentum: 0.8999999761581421, weightDecay: 0 };
    assert.deepEqual(optimiser, { type: "sgd", ...numbers, nesterov: false, schedule: { type: "constant" } });
    assert.deepEqual(parseOptimiser(optimiser), optimiser);
  });

  it("fills in AdamW's defaults", () => {
    const optimiser = parseOptimiser(ADAM);
    const numbers = { learningRate: fround(0.1), beta1: fround(0.9), beta2: fround(0.999), epsilon: fround(1e-8) };
    const rest = { weightDecay: fround(0.01), schedule: { type: "constant" } };
    assert.deepEqual(optimiser, { type: "adamW", ...numbers, ...rest });
    assert.deepEqual(parseOptimiser(optimiser), optimiser);
  });

  it("keeps everything that is given", () => {
    const schedule = { type: "cosine", warmupSteps: 2, totalSteps: 9, floor: 0.25 } as const;
    const given = {
      ...SGD,
      learningRate: 0.5,
      momentum: 0.5,
      nesterov: true,
      weightDecay: 0.125,
      schedule,
      clipNorm: 2,
    };
    assert.deepEqual(parseOptimiser(given), given);
    const floorless = parseOptimiser({ ...ADAM, schedule: { type: "cosine", warmupSteps: 0, totalSteps: 9 } });
    assert.deepEqual(floorless.schedule, { type: "cosine", warmupSteps: 0, totalSteps: 9, floor: 0 });
  });

  it("says which field was mistyped, and not that another one is missing", () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ type: "sgd", learningRate: 0.1, momentun: 0.9 }, /\$\.momentun is unknown; did you mean momentum\?/],
      [{ type: "sgd", learninRate: 0.1, momentum: 0.9 }, /\$\.learninRate is unknown; did you mean learningRate\?/],
      [{ type: "sgd", momentum: 2, wieghtDecay: 0.9 }, /\$\.wieghtDecay is unknown; did you mean weightDecay\?/],
      [{ ...ADAM, lion: 1, beta1: 7 }, /\$\.lion is unknown; known are type, learningRate, schedule, clipNorm, beta1/],
      [
        { ...SGD, schedule: { type: "cosine", warmUpSteps: 0, totalSteps: 9 } },
        /\$\.schedule\.warmUpSteps is unknown; did you mean warmupSteps\?/,
      ],
      [{ ...SGD, schedule: { type: "step", evry: 3 } }, /\$\.schedule\.evry is unknown; did you mean every\?/],
    ];
    for (const [value, message] of wrong) assert.throws(() => parseOptimiser(value), message);
  });

  const refused: Readonly<Record<string, readonly [unknown, string]>> = {
    "no rate": [{ type: "sgd", momentum: 0 }, "$.learningRate"],
    "a rate of 0": [{ ...SGD, learningRate: 0 }, "$.learningRate"],
    "a rate that rounds to 0": [{ ...SGD, learningRate: 1e-46 }, "$.learningRate"],
    "a rate that overflows binary32": [{ ...SGD, learningRate: 1e39 }, "$.learningRate"],
    "a rate that is no number": [{ ...SGD, learningRate: "0.1" }, "$.learningRate"],
    "a momentum that rounds to 1": [{ ...SGD, momentum: 0.999999999 }, "$.momentum"],
    "a negative momentum": [{ ...SGD, momentum: -0.1 }, "$.momentum"],
    "no momentum": [{ type: "sgd", learningRate: 0.1 }, "$.momentum"],
    "nesterov without momentum": [{ ...SGD, nesterov: true }, "$.nesterov"],
    "a nesterov of 1": [{ ...SGD, momentum: 0.9, nesterov: 1 }, "$.nesterov"],
    "a negative weight decay": [{ ...SGD, weightDecay: -1 }, "$.weightDecay"],
    "a weight decay of infinity": [{ ...ADAM, weightDecay: Infinity }, "$.weightDecay"],
    "another type": [{ ...SGD, type: "lion" }, "$.type"],
    "momentum of AdamW": [{ ...ADAM, momentum: 0.9 }, "$.momentum"],
    "a field nobody reads": [{ ...SGD, beta1: 0.9 }, "$.beta1"],
    "a beta of 1": [{ ...ADAM, beta2: 1 }, "$.beta2"],
    "a negative beta": [{ ...ADAM, beta1: -0.5 }, "$.beta1"],
    "an epsilon of 0": [{ ...ADAM, epsilon: 0 }, "$.epsilon"],
    "a clip of 0": [{ ...ADAM, clipNorm: 0 }, "$.clipNorm"],
    "a clip of null": [{ ...SGD, clipNorm: null }, "$.clipNorm"],
    "a schedule by name": [{ ...SGD, schedule: "cosine" }, "$.schedule"],
    "an unknown schedule": [{ ...SGD, schedule: { type: "cyclic" } }, "$.schedule.type"],
    "a constant schedule with steps": [
      { ...SGD, schedule: { type: "constant", totalSteps: 3 } },
      "$.schedule.totalSteps",
    ],
    "a step of 0": [{ ...SGD, schedule: { type: "step", every: 0, factor: 0.5 } }, "$.schedule.every"],
    "a factor above 1": [{ ...SGD, schedule: { type: "step", every: 1, factor: 1.5 } }, "$.schedule.factor"],
    "a factor of 0": [{ ...SGD, schedule: { type: "step", every: 1, factor: 0 } }, "$.schedule.factor"],
    "a warm-up of all steps": [
      { ...SGD, schedule: { type: "linear", warmupSteps: 5, totalSteps: 5 } },
      "$.schedule.warmupSteps",
    ],
    "no total": [{ ...SGD, schedule: { type: "linear", warmupSteps: 5 } }, "$.schedule.totalSteps"],
    "a floor above 1": [
      { ...SGD, schedule: { type: "cosine", warmupSteps: 0, totalSteps: 5, floor: 2 } },
      "$.schedule.floor",
    ],
  };
  for (const [what, [value, path]] of Object.entries(refused)) {
    it(`refuses ${what}, naming ${path}`, () => {
      assert.equal(pathOf(value), `ENGINE_OPTIMISER_MALFORMED ${path}`);
      assert.throws(() => parseOptimiser(value), hasCode("ENGINE_OPTIMISER_MALFORMED"));
    });
  }
});

/** A model `y = w·x + b` with squared loss on one example a step: its gradients are `2 (y − t) x` and `2 (y − t)`. */
const EXAMPLES = [
  [1, 2],
  [-0.5, 1],
  [2, -1],
  [0.25, 3],
] as const;
const STEPS = 40;

/** The weights after the steps, by the engine. */
function trained(optimiser: Optimiser): number[] {
  const architecture = { input: [1], layers: [{ type: "dense", units: 1 }], loss: "meanSquaredError" } as const;
  const executor = createReferenceExecutor(compile(architecture, { batchSize: 1, optimiser }));
  const start = [
    ["layers.0.weight", { shape: [1, 1], data: Float32Array.of(0.5) }],
    ["layers.0.bias", { shape: [1], data: Float32Array.of(-0.25) }],
  ] as const;
  executor.loadParameters(new Map<string, Tensor>(start));
  for (let step = 0; step < STEPS; step++) {
    const [x, target] = EXAMPLES[step % 4]!;
    executor.step(Float32Array.of(x), Float32Array.of(target));
  }
  const parameters = executor.parameters();
  return start.map(([name]) => parameters.get(name)!.data[0]!);
}

/** One weight's update in binary64: a closure over its state. */
type Update64 = (weight: number, gradient: number, rate: number, t: number) => number;

function sgd64({ momentum = 0, nesterov = false, weightDecay = 0 }): Update64 {
  let velocity = 0;
  return (weight, raw, rate) => {
    const gradient = raw + weightDecay * weight;
    velocity = momentum * velocity + gradient;
    return weight - rate * (nesterov ? gradient + momentum * velocity : velocity);
  };
}

function adamW64({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 }): Update64 {
  let [m, v] = [0, 0];
  return (weight, gradient, rate, t) => {
    m = beta1 * m + (1 - beta1) * gradient;
    v = beta2 * v + (1 - beta2) * gradient ** 2;
    const step = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
    return weight * (1 - rate * weightDecay) - rate * step;
  };
}

function trained64(optimiser: Optimiser): number[] {
  const make = optimiser.type === "sgd" ? () => sgd64(optimiser) : () => adamW64(optimiser);
  const updates = [make(), make()];
  const { clipNorm = Infinity, schedule = { type: "constant" } } = optimiser;
  const rate = createRate(optimiser.learningRate, schedule); // has a test of its own
  let weights = [0.5, -0.25];
  for (let step = 0; step < STEPS; step++) {
    const [x, target] = EXAMPLES[step % 4]!;
    const error = 2 * (weights[0]! * x + weights[1]! - target);
    const gradients = [error * x, error];
    const norm = Math.hypot(...gradients);
    const factor = norm > clipNorm ? clipNorm / norm : 1;
    weights = weights.map((weight, i) => updates[i]!(weight, gradients[i]! * factor, rate(step), step + 1));
  }
  return weights;
}

const CASES: Readonly<Record<string, Optimiser>> = {
  "plain descent": { type: "sgd", learningRate: 0.0625, momentum: 0 },
  "weight decay": { type: "sgd", learningRate: 0.0625, momentum: 0, weightDecay: 0.125 },
  momentum: { type: "sgd", learningRate: 0.03125, momentum: 0.75 },
  "momentum with weight decay": { type: "sgd", learningRate: 0.03125, momentum: 0.75, weightDecay: 0.0625 },
  nesterov: { type: "sgd", learningRate: 0.03125, momentum: 0.75, nesterov: true, weightDecay: 0.0625 },
  "AdamW by default": { type: "adamW", learningRate: 0.03125 },
  "AdamW without weight decay": { type: "adamW", learningRate: 0.03125, weightDecay: 0 },
  "AdamW with everything": {
    type: "adamW",
    learningRate: 0.0625,
    beta1: 0.75,
    beta2: 0.875,
    epsilon: 0.125,
    weightDecay: 0.5,
  },
  "AdamW that forgets at once": { type: "adamW", learningRate: 0.03125, beta1: 0, beta2: 0 },
  "clipped descent": { type: "sgd", learningRate: 0.0625, momentum: 0.5, clipNorm: 1.5 },
  "clipped AdamW": { type: "adamW", learningRate: 0.03125, clipNorm: 0.5 },
  "a falling rate": {
    ...{ type: "sgd", learningRate: 0.125, momentum: 0 },
    schedule: { type: "linear", warmupSteps: 5, totalSteps: 30 },
  },
  "AdamW along a cosine": {
    ...{ type: "adamW", learningRate: 0.125 },
    schedule: { type: "cosine", warmupSteps: 5, totalSteps: 50, floor: 0.25 },
  },
};

describe("updateOperation", () => {
  for (const [name, optimiser] of Object.entries(CASES)) {
    it(`trains like the same optimiser in binary64: ${name}`, () => {
      const [found, expected] = [trained(optimiser), trained64(optimiser)];
      found.forEach((weight, i) => {
        const error = Math.abs(weight - expected[i]!);
        assert.ok(error < 5e-6, `weight ${i} is ${weight}, not ${expected[i]}`);
      });
    });
  }

  it("keeps the state that its kind needs, named after the parameter", () => {
    const architecture = { input: [2], layers: [{ type: "dense", units: 2 }], loss: "softmaxCrossEntropy" } as const;
    const names = (optimiser: Optimiser): string[] =>
      compile(architecture, { batchSize: 1, optimiser }).optimiserState.map(({ name }) => name);
    assert.deepEqual(names(SGD), []);
    assert.deepEqual(names({ ...SGD, momentum: 0.5 }), ["velocity.layers.0.weight", "velocity.layers.0.bias"]);
    assert.deepEqual(names(ADAM), [
      ...["firstMoment.layers.0.weight", "secondMoment.layers.0.weight"],
      ...["firstMoment.layers.0.bias", "secondMoment.layers.0.bias"],
    ]);
  });
});
