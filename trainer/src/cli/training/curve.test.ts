import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Paint } from "../output.ts";
import { curve } from "./curve.ts";
import { countText, lossText, rateText, shareText, speedText } from "./figures.ts";
import { createLossHistory } from "./lossHistory.ts";

const paint: Paint = (_, text) => text;
const frame = { width: 12, rows: 3, paint, xMax: 10, yText: (y: number) => y.toFixed(1) };

describe("curve", () => {
  it("draws a falling line from corner to corner, with labels of both axes", () => {
    const points = [
      { x: 0, y: 3 },
      { x: 10, y: 1 },
    ];
    // 16 dots across and 12 down: eleven steps down in fifteen to the right.
    assert.deepEqual(curve([{ points, format: "cyan" }], frame), [
      "3.0┤⠑⠢⡀",
      "   │  ⠈⠑⢄⡀",
      "1.0┤     ⠈⠢⢄",
      "    0     10",
    ]);
  });

  it("draws marks over dots, so that two series differ without colour", () => {
    const points = [
      { x: 0, y: 3 },
      { x: 10, y: 1 },
    ];
    const [first, , last] = curve(
      [
        { points, format: "cyan" },
        { points, format: "yellow", mark: "o" },
      ],
      frame,
    );
    assert.deepEqual([first, last], ["3.0┤o⠢⡀", "1.0┤     ⠈⠢o"]);
  });

  it("draws an empty plot without points, and leaves out what is not finite", () => {
    const empty = ["1.0┤", "   │", "0.0┤", "    0     10"];
    assert.deepEqual(curve([{ points: [], format: "cyan" }], frame), empty);
    assert.deepEqual(curve([{ points: [{ x: 1, y: Number.NaN }], format: "cyan" }], frame), empty);
  });

  it("never exceeds its width", () => {
    const points = Array.from({ length: 999 }, (_, i) => ({ x: i, y: Math.sin(i) * 1e9 }));
    for (const line of curve([{ points, format: "cyan" }], { ...frame, width: 30, xMax: 999 }))
      assert.ok(line.length <= 30, line);
  });
});

describe("createLossHistory", () => {
  it("keeps a run of any length in bounded memory, and its mean", () => {
    const history = createLossHistory();
    for (let step = 1; step <= 100_000; step++) history.add(step, step % 2);
    const points = history.points();
    assert.ok(points.length <= 1_025, `${points.length}`);
    assert.equal(points.at(-1)?.x, 100_000);
    const mean = points.slice(0, -1).reduce((sum, { y }) => sum + y, 0) / (points.length - 1);
    assert.ok(Math.abs(mean - 0.5) < 1e-9);
  });
});

describe("figures", () => {
  it("have as many digits as say something", () => {
    assert.deepEqual([2.71234, 0.0123456, 12.34567, 1e-7].map(lossText), ["2.712", "0.01235", "12.35", "1.00e-7"]);
    assert.deepEqual([1234.5, 999].map(countText), ["1,235", "999"]);
    assert.equal(shareText(0.931), "93.10 %");
    assert.equal(rateText(Math.fround(0.05)), "0.05");
    assert.deepEqual([3.149, 86_412].map(speedText), ["3.15", "86,412"]);
  });
});
