import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressOf, play, weightsOf } from "./testing/rounds.ts";

const { fround } = Math;

function stateOf(result: ReturnType<typeof play>, name: string): number[] {
  return [...(result.state.get(name)?.data ?? [])];
}

describe("fedavg and fedprox", () => {
  it("weigh by samples and keep nothing: (1·2 + 3·6) / 4 = 5", () => {
    for (const kind of ["fedavg", "fedprox"]) {
      const result = play({ rule: { kind }, base: [9], updates: [[2], [6]], samples: [1, 3] });
      assert.deepEqual(weightsOf(result), [5]);
      assert.equal(result.state.size, 0);
    }
  });
});

describe("fedavgm", () => {
  it("adds up: v = ½·v + d, w = w + 2·v", () => {
    const rule = { kind: "fedavgm", learningRate: 2, momentum: 0.5 };
    const first = play({ rule, base: [1], updates: [[2], [4]] }); // d = (1 + 3) / 2 = 2, v = 2
    assert.deepEqual(weightsOf(first), [5]);
    const second = play({ rule, base: [5], updates: [[6], [6]], state: first.state }); // d = 1, v = 2
    assert.deepEqual(weightsOf(second), [9]);
    assert.deepEqual(stateOf(second, "velocity"), [2]);
  });

  it("looks ahead with Nesterov: v = ½·v + d, w = w + 2·(d + ½·v)", () => {
    const rule = { kind: "fedavgm", learningRate: 2, momentum: 0.5, nesterov: true };
    const first = play({ rule, base: [1], updates: [[2], [4]] }); // d = 2, v = 2, step 3
    assert.deepEqual(weightsOf(first), [7]);
    const second = play({ rule, base: [7], updates: [[8], [8]], state: first.state }); // d = 1, v = 2, step 2
    assert.deepEqual(weightsOf(second), [11]);
    assert.deepEqual(stateOf(second, "velocity"), [2]);
  });
});

describe("fedadagrad, fedadam and fedyogi", () => {
  const common = { learningRate: 1, beta1: 0.5, epsilon: 1 }; // v₀ = 1
  const cases = {
    // d = 2, m = ½·0 + ½·2 = 1, d² = 4
    fedadagrad: { second: 1 + 4 },
    fedadam: { second: 0.75 * 1 + 0.25 * 4, beta2: 0.75 },
    fedyogi: { second: 1 - 0.25 * 4 * Math.sign(1 - 4), beta2: 0.75 },
  };
  for (const [kind, { second, ...betas }] of Object.entries(cases)) {
    it(`${kind} steps by m / (√v + τ), worked by hand`, () => {
      const result = play({ rule: { kind, ...common, ...betas }, base: [10], updates: [[12]] });
      assert.deepEqual(stateOf(result, "firstMoment"), [1]);
      assert.deepEqual(stateOf(result, "secondMoment"), [second]);
      assert.deepEqual(weightsOf(result), [fround(10 + fround(1 / fround(fround(Math.sqrt(second)) + 1)))]);
    });
  }

  it("yogi's second moment falls where squares are small, by a part of the square and not of the moment", () => {
    const rule = { kind: "fedyogi", ...common, beta2: 0.75 };
    const state = new Map([
      ["firstMoment", { shape: [1], data: Float32Array.of(0) }],
      ["secondMoment", { shape: [1], data: Float32Array.of(16) }],
    ]);
    const result = play({ rule, base: [0], updates: [[2]], state });
    assert.deepEqual(stateOf(result, "secondMoment"), [16 - 0.25 * 4]);
  });
});

describe("fednova", () => {
  it("is fedavg where all took equally many steps", () => {
    const round = {
      base: [1, 1],
      updates: [
        [2, 0],
        [4, 8],
      ],
      samples: [1, 3],
    };
    const nova = weightsOf(play({ rule: { kind: "fednova" }, ...round }));
    const average = weightsOf(play({ rule: { kind: "fedavg" }, ...round }));
    for (const [i, value] of nova.entries()) assert.ok(Math.abs(value - average[i]!) < 1e-6);
  });

  it("takes a trainer of twice the steps for one that went half as far each: τ·d = 6·(½·4/4 + ½·4/8) = 4.5", () => {
    const result = play({ rule: { kind: "fednova" }, updates: [[4], [4]], steps: [4, 8] });
    assert.deepEqual(weightsOf(result), [4.5]); // fedavg gives 4
  });

  it("counts the steps of momentum by what they move: s = 2, ρ = ½ gives (2 − ½·¾/½)/½ = 2.5", () => {
    const local = { momentum: 0.5 };
    const result = play({ rule: { kind: "fednova" }, updates: [[5], [5]], steps: [2, 2], local });
    assert.ok(Math.abs(weightsOf(result)[0]! - 5) < 1e-6);
    const uneven = play({ rule: { kind: "fednova" }, updates: [[5], [1]], steps: [2, 1], local }); // a = 2.5 and 1
    assert.ok(Math.abs(weightsOf(uneven)[0]! - 1.75 * (0.5 * 2 + 0.5 * 1)) < 1e-6);
  });
});

describe("scaffold", () => {
  it("makes controls of what trainers did: K·η = 5, M = 4 places", () => {
    const rule = { kind: "scaffold" };
    const first = play({ rule, base: [1], updates: [[6], [11]] }); // Δ = 5, 10; Δ̄ = 7.5; c₁ = −1, c₂ = −2; c = −3/4
    assert.deepEqual(weightsOf(first), [8.5]);
    assert.deepEqual(stateOf(first, `control.${addressOf(1)}`), [-1]);
    assert.deepEqual(stateOf(first, `control.${addressOf(2)}`), [-2]);
    assert.deepEqual(stateOf(first, "control"), [-0.75]);
    const second = play({ rule, base: [8.5], updates: [[8.5]], state: first.state }); // c₁′ = (−1 + ¾) − 0
    assert.deepEqual(stateOf(second, `control.${addressOf(1)}`), [-0.25]);
    assert.deepEqual(stateOf(second, `control.${addressOf(2)}`), [-2], "who is absent keeps its own");
    assert.deepEqual(stateOf(second, "control"), [-0.75 + 0.75 / 4]);
  });
});
