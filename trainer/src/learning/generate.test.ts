import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Executor } from "../engine/executor.ts";
import { createRandomStream } from "../engine/philox.ts";
import { hasCode } from "../engine/testing/programs.ts";
import { createGenerator } from "./generate.ts";

const SEED = new Uint8Array(32).fill(3);
const LENGTH = 4;
const CLASSES = 3;

/** A model of three tokens in windows of four, whose logits `give` tells from the input and the position. */
function model(give: (inputs: Float32Array, position: number) => readonly number[]): Executor {
  const program = { inputSize: LENGTH, classes: CLASSES, batchSize: 1 };
  const outputs = (inputs: Float32Array): Float32Array =>
    Float32Array.from(Array.from({ length: LENGTH }, (_, position) => give(inputs, position)).flat());
  return { program, outputs } as unknown as Executor;
}

describe("createGenerator", () => {
  it("takes the likeliest token at temperature 0, the first of equals", () => {
    const next = createGenerator(
      model(() => [1, 2, 2]),
      { seed: SEED, temperature: 0 },
    );
    assert.equal(next([0]), 1);
  });

  it("refuses logits that are not finite, at any temperature: there is no likeliest among them", () => {
    for (const temperature of [0, 1]) {
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const next = createGenerator(
          model(() => [0, bad, 1]),
          { seed: SEED, temperature },
        );
        assert.throws(() => next([0]), hasCode("ENGINE_NOT_FINITE"));
      }
    }
  });

  it("draws the likeliest where the temperature is so low that logits overflow", () => {
    const next = createGenerator(
      model(() => [1, 3, 2]),
      { seed: SEED, temperature: 1e-39 },
    );
    assert.equal(next([0]), 1);
  });

  it("reads the logits of the last token, and of a long sequence the last window alone", () => {
    const seen: number[][] = [];
    const echo = model((inputs, position) => {
      if (position === 0) seen.push([...inputs]);
      return [0, 1, 2].map((token) => (token === inputs[position] ? 1 : 0));
    });
    const next = createGenerator(echo, { seed: SEED, temperature: 0 });
    assert.equal(next([2, 1]), 1);
    assert.equal(next([0, 0, 0, 1, 2]), 2);
    assert.deepEqual(seen, [
      [2, 1, 0, 0],
      [0, 0, 1, 2],
    ]);
  });

  it("draws tokens as often as the model says, the same ones for the same seed", () => {
    const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];
    const drawn = (seed: Uint8Array): number[] => {
      const next = createGenerator(
        model(() => logits),
        { seed, temperature: 1 },
      );
      return Array.from({ length: 2_000 }, () => next([0]));
    };
    const tokens = drawn(SEED);
    assert.deepEqual(tokens, drawn(SEED));
    assert.notDeepEqual(tokens, drawn(new Uint8Array(32)));
    const share = (token: number): number => tokens.filter((other) => other === token).length / tokens.length;
    [0.5, 0.3, 0.2].forEach((p, token) => {
      assert.ok(Math.abs(share(token) - p) < 0.04, `${share(token)}`); // four deviations: √(0.25 / 2000) · 4 = 0.045
    });
    // By hand: the first number of the stream falls below one half, between it and 0.8, or above.
    const first = createRandomStream(SEED, "generate").nextFloat();
    assert.equal(tokens[0], first < 0.5 ? 0 : first < 0.8 ? 1 : 2);
  });

  it("draws nearly as at temperature 0 when it is cold, and evenly when it is hot", () => {
    const tokens = (temperature: number): number[] => {
      const next = createGenerator(
        model(() => [1, 2, 3]),
        { seed: SEED, temperature },
      );
      return Array.from({ length: 300 }, () => next([0]));
    };
    assert.ok(tokens(Math.fround(0.05)).every((token) => token === 2));
    assert.ok(tokens(100).filter((token) => token === 0).length > 70);
  });
});
