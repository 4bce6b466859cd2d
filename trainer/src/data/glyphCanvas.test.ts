import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createCanvas, drawMove } from "./glyphCanvas.ts";

/** Row `row` of a canvas. */
function rowOf({ size, ink }: ReturnType<typeof createCanvas>, row: number): number[] {
  return [...ink.subarray(row * size, (row + 1) * size)];
}

describe("drawMove", () => {
  it("covers pixels by their distance from the line", () => {
    const canvas = createCanvas(4);
    drawMove(canvas, { fromX: 1, fromY: 1.5, toX: 2.5, toY: 1.5, radius: 0.5 }, 1);
    // Centres of row 1 lie ½ left of the start, on the line, at its end, 1 behind it; other rows are 1 away or more.
    assert.deepEqual(rowOf(canvas, 1), [0.5, 1, 1, 0]);
    for (const row of [0, 2, 3]) assert.deepEqual(rowOf(canvas, row), [0, 0, 0, 0]);
  });

  it("draws a dot when it goes nowhere, with the slope of half a pixel to either side of the radius", () => {
    const canvas = createCanvas(5);
    drawMove(canvas, { fromX: 2.5, fromY: 2.5, toX: 2.5, toY: 2.5, radius: 1.25 }, 1);
    // Distances 2, 1, 0, 1, 2 against reach 1.75; the corners are √2 away.
    assert.deepEqual(rowOf(canvas, 2), [0, 0.75, 1, 0.75, 0]);
    assert.deepEqual(rowOf(canvas, 1), [0, 1.75 - Math.SQRT2, 0.75, 1.75 - Math.SQRT2, 0]);
  });

  it("measures slanted lines across, not along an axis", () => {
    const canvas = createCanvas(5);
    drawMove(canvas, { fromX: 0.5, fromY: 0.5, toX: 4.5, toY: 4.5, radius: 0.5 }, 1);
    // One pixel beside the diagonal is √½ away.
    assert.deepEqual(rowOf(canvas, 2), [0, 1 - Math.sqrt(0.5), 1, 1 - Math.sqrt(0.5), 0]);
  });

  it("keeps the darker ink where lines cross", () => {
    const canvas = createCanvas(3);
    drawMove(canvas, { fromX: 0.5, fromY: 1.5, toX: 2.5, toY: 1.5, radius: 0.5 }, 0.9);
    drawMove(canvas, { fromX: 1.5, fromY: 0.5, toX: 1.5, toY: 2.5, radius: 0.5 }, 0.4);
    assert.deepEqual(rowOf(canvas, 1), [0.9, 0.9, 0.9]);
    assert.deepEqual(rowOf(canvas, 0), [0, 0.4, 0]);
  });

  it("leaves out what lies outside", () => {
    const canvas = createCanvas(2);
    drawMove(canvas, { fromX: -9, fromY: 0.5, toX: 0.5, toY: 0.5, radius: 0.5 }, 1);
    drawMove(canvas, { fromX: 50, fromY: 50, toX: 60, toY: 60, radius: 3 }, 1);
    assert.deepEqual([...canvas.ink], [1, 0, 0, 0]);
  });
});
