/** Tests that drawn and photographed digits come out as the data set's records do, and are told apart by a trained model. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { glyphHands } from "@cairn/trainer/data/glyphStrokes";
import { createGlyphs, GLYPHS_ROOT } from "@cairn/trainer/data/glyphs";
import { parseArchitecture } from "@cairn/trainer/engine/architecture";
import { initialParameters } from "@cairn/trainer/engine/initialParameters";
import { compile } from "@cairn/trainer/engine/program";
import { createWasmExecutor } from "@cairn/trainer/engine/wasm/wasmExecutor";
import { trainLocally } from "@cairn/trainer/learning/localTraining";
import { createInferHost } from "../worker/inferHost.ts";
import { centreOnPaper, type Rgba } from "./picture.ts";
import { recordOf } from "./record.ts";
import { renderStrokes, SIZE } from "./strokes.ts";

const CONTEXT = { signal: new AbortController().signal, progress: () => {} };

const ARCHITECTURE = parseArchitecture({
  input: [28, 28, 1],
  layers: [{ type: "flatten" }, { type: "dense", units: 64 }, { type: "relu" }, { type: "dense", units: 10 }],
  loss: "softmaxCrossEntropy",
});

/** How people hold pens: every glyph in every hand, small and large, narrow and wide, leaning either way. */
const HANDS = [
  { scale: 3, lean: 0, widen: 1 },
  { scale: 0.6, lean: 0.2, widen: 1.1 },
  { scale: 5, lean: -0.15, widen: 0.85 },
] as const;

/** Every glyph as strokes somewhere on a large sheet. */
function drawings() {
  return glyphHands.flatMap((ways, digit) =>
    ways.flatMap((strokes) =>
      HANDS.map(({ scale, lean, widen }) => ({
        digit,
        strokes: strokes.map((stroke) =>
          stroke.map((value, i) => {
            if (i % 2 === 1) return 40 + scale * value;
            return 90 + scale * (widen * value - lean * stroke[i + 1]!);
          }),
        ),
      })),
    ),
  );
}

/** A picture of strokes drawn with a felt pen: grey on paper that is not quite white, or chalk on a board. */
function photograph(strokes: readonly (readonly number[])[], ink: number, paper: number): Rgba {
  const [width, height] = [640, 720];
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) data.fill(paper + (i % 5), 4 * i, 4 * i + 3);
  const radius = 11;
  for (const stroke of strokes) {
    for (let i = 2; i + 1 < stroke.length; i += 2) {
      for (let step = 0; step <= 40; step++) {
        const x = stroke[i - 2]! + ((stroke[i]! - stroke[i - 2]!) * step) / 40;
        const y = stroke[i - 1]! + ((stroke[i + 1]! - stroke[i - 1]!) * step) / 40;
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            const [px, py] = [Math.round(x) + dx, Math.round(y) + dy];
            if (dx * dx + dy * dy > radius * radius || px < 0 || py < 0 || px >= width || py >= height) continue;
            data.fill(ink, 4 * (py * width + px), 4 * (py * width + px) + 3);
          }
        }
      }
    }
  }
  return { width, height, data };
}

describe("a digit that somebody draws", () => {
  const host = createInferHost({
    createExecutor: (program) => createWasmExecutor(program),
    yieldToMessages: async () => {},
    nowMs: () => performance.now(),
  });

  before(async () => {
    const dataset = createGlyphs();
    const program = compile(ARCHITECTURE, {
      batchSize: 32,
      optimiser: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    });
    const executor = await createWasmExecutor(program);
    const { bytes } = await trainLocally({
      ...{ executor, base: initialParameters(program, new Uint8Array(32)), records: dataset.train },
      shard: Uint32Array.from({ length: dataset.train.count }, (_, i) => i),
      ...{ seed: new Uint8Array(32), localSteps: 1_500, traceStride: 1_500 },
    });
    await host.open({ architecture: ARCHITECTURE, weights: bytes }, CONTEXT);
  });

  async function shareOfRight(records: readonly { readonly digit: number; readonly record: Float32Array }[]) {
    let right = 0;
    for (const { digit, record } of records) {
      const { probabilities } = await host.predict({ record }, CONTEXT);
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5, "shares of one");
      if (probabilities.indexOf(Math.max(...probabilities)) === digit) right++;
    }
    return right / records.length;
  }

  it("is told right most times when drawn on the canvas, at any size, width and slant", async (test) => {
    const share = await shareOfRight(
      drawings().map(({ digit, strokes }) => ({ digit, record: renderStrokes(strokes) })),
    );
    test.diagnostic(`${(100 * share).toFixed(1)} % right`);
    assert.ok(share >= 0.9, `${(100 * share).toFixed(1)} % right; on unseen records this model has some 93 %`);
  });

  for (const [what, ink, paper] of [
    ["dark ink on light paper", 40, 235],
    ["chalk on a board", 230, 30],
  ] as const) {
    it(`is told right most times in a picture of ${what}`, async (test) => {
      const own = drawings().filter((_, i) => i % 3 === 0);
      const records = own.map(({ digit, strokes }) => {
        return { digit, record: recordOf(photograph(strokes, ink, paper), [28, 28, 1])! };
      });
      const share = await shareOfRight(records);
      test.diagnostic(`${(100 * share).toFixed(1)} % right`);
      assert.ok(share >= 0.85, `${(100 * share).toFixed(1)} % right`);
    });
  }

  it("is measured as the command line measures it, on the built-in records only", async () => {
    const { accuracy = 0, confusion, count } = await host.evaluate({ recordsRoot: GLYPHS_ROOT }, CONTEXT);
    assert.equal(count, 2_000);
    assert.ok(accuracy > 0.9, `${accuracy}`);
    const diagonal = confusion!.reduce((sum, row, i) => sum + row[i]!, 0);
    assert.equal(diagonal, Math.round(2_000 * accuracy));
    const elsewhere = host.evaluate({ recordsRoot: `0x${"00".repeat(32)}` }, CONTEXT);
    await assert.rejects(elsewhere, { code: "INFER_NO_TEST_DATA" });
  });
});

describe("renderStrokes", () => {
  it("gives the same record wherever and however large a digit is drawn", () => {
    const seven = [[0, 0, 60, 0, 20, 100]];
    const moved = seven.map((stroke) => stroke.map((value, i) => 7 * value + (i % 2 === 0 ? 300 : 20)));
    assert.deepEqual(renderStrokes(moved), renderStrokes(seven));
  });

  it("leaves the sheet dark when nothing, or next to nothing, was drawn", () => {
    assert.equal(Math.max(...renderStrokes([])), 0);
    assert.equal(Math.max(...renderStrokes([[]])), 0);
    const dot = renderStrokes([[5, 5]]);
    assert.ok(Math.max(...dot) > 0 && dot.every(Number.isFinite));
  });
});

describe("centreOnPaper", () => {
  it("finds no ink on an even sheet, whatever its colour", () => {
    for (const value of [0, 128, 255]) {
      const data = new Uint8ClampedArray(4 * 100 * 60).fill(value);
      assert.equal(centreOnPaper({ width: 100, height: 60, data }), undefined);
    }
  });

  it("puts a square's centre of mass into the middle", () => {
    const data = new Uint8ClampedArray(4 * 90 * 90).fill(255);
    for (let y = 10; y < 40; y++) data.fill(0, 4 * (90 * y + 50), 4 * (90 * y + 80) - 1);
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    const record = centreOnPaper({ width: 90, height: 90, data })!;
    const mass = record.reduce((sum, value) => sum + value, 0);
    const at = (axis: (i: number) => number) =>
      record.reduce((sum, value, i) => sum + value * (axis(i) + 0.5), 0) / mass;
    assert.ok(Math.abs(at((i) => i % SIZE) - 14) <= 0.5);
    assert.ok(Math.abs(at((i) => Math.floor(i / SIZE)) - 14) <= 0.5);
  });
});

describe("recordOf", () => {
  it("scales a colour picture to the model's shape", () => {
    const data = new Uint8ClampedArray(4 * 4 * 4);
    for (let i = 0; i < 16; i++) data.set(i % 4 < 2 ? [255, 0, 0, 255] : [0, 0, 255, 255], 4 * i);
    const record = recordOf({ width: 4, height: 4, data }, [2, 2, 3]);
    assert.deepEqual(record, Float32Array.of(1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1));
  });
});
