import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { glyphHands } from "./glyphStrokes.ts";

describe("glyphHands", () => {
  it("has three ways to write each of ten digits, no two alike", () => {
    assert.equal(glyphHands.length, 10);
    for (const hands of glyphHands) assert.equal(hands.length, 3);
    assert.equal(new Set(glyphHands.flat().map((hand) => JSON.stringify(hand))).size, 30);
  });

  it("fills the box of 60 by 100 and keeps within it, up to the swing of a curve", () => {
    for (const [digit, hands] of glyphHands.entries()) {
      for (const strokes of hands) {
        const points = strokes.flat();
        const [xs, ys] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)];
        assert.equal(xs.length, ys.length);
        assert.ok(Math.min(...xs) >= -4 && Math.max(...xs) <= 64, `width of a ${digit}`);
        assert.ok(Math.min(...ys) >= -4 && Math.max(...ys) <= 104, `height of a ${digit}`);
        assert.ok(Math.max(...ys) - Math.min(...ys) >= 90, `a ${digit} stands tall`);
      }
    }
  });

  it("draws in steps short enough to look round, except along straight lines", () => {
    const loop = glyphHands[0]![0]![0]!;
    assert.deepEqual(loop.slice(0, 2), loop.slice(-2), "a loop ends where it began");
    for (let i = 2; i < loop.length; i += 2) {
      const [x, y] = [loop[i]! - loop[i - 2]!, loop[i + 1]! - loop[i - 1]!];
      assert.ok(x * x + y * y < 10 * 10, `step ${i / 2}`);
    }
  });
});
