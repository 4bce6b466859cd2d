/** The three products of a convolution, over images that are never spread out in memory. */
import type { Slot } from "../operations/slot.ts";
import type { Conv2d, Conv2dBackwardInput, Conv2dBackwardWeight, Window } from "../operations/window.ts";
import { type Operand, type Product, stridedOperand } from "./product.ts";

/** Reads an image `[n, h, w, c]` at rows and columns that may lie outside it. */
interface Images {
  readonly slot: Slot;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Text of the number at `(image, h, w, c)`, 0 outside; h and w are signed. */
function pixel(name: string, { height, width, channels }: Images, c: string, isVector: boolean): string {
  const address = `((image * ${height}u + u32(h)) * ${width}u + u32(w)) * ${channels}u + ${c}`;
  return isVector ? `${name}[(${address}) / 4u]` : `${name}[${address}]`;
}

interface Gathered {
  readonly images: Images;
  /** Output places a row of the product stands for: images × rows × columns. */
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  /** Length of (u, v, c). */
  readonly terms: number;
  readonly size: number;
  /** Text of the image's row for output row `y` and window row `u`, and whether there is one. */
  readonly line: (y: string, u: string) => string;
  readonly isThere: (axis: "h" | "w") => string;
}

/** `function gather(row, term) -> f32` over (n, y, x) and (u, v, c). */
function gatherOne(name: string, gathered: Gathered, isVector: boolean): string {
  const { images, width, height, size, line, isThere } = gathered;
  const { channels } = images;
  const zero = isVector ? "vec4f()" : "0.0";
  return `  let c = term % ${channels}u; let v = term / ${channels}u % ${size}u; let u = term / ${channels * size}u;
  let x = row % ${width}u; let y = row / ${width}u % ${height}u; let image = row / ${width * height}u;
  let h = ${line("y", "u")}; let w = ${line("x", "v")};
  if (${isThere("h")} || ${isThere("w")}) { return ${zero}; }
  return ${pixel(name, images, "c", isVector)};`;
}

/** @param axis which of `at` and `k` is the term (u, v, c). */
function gatheredOperand(gathered: Gathered, axis: "k" | "at"): Operand {
  const { images, rows, terms } = gathered;
  const isVector = images.channels % 4 === 0 && images.slot.length % 4 === 0;
  const [row, term] = axis === "k" ? ["at", "k"] : ["k", "at"];
  return {
    slot: images.slot,
    alongK: axis === "k",
    isVector,
    text(name) {
      const guard = `  if (${row} >= ${rows}u || ${term} >= ${terms}u) { return vec4f(); }`;
      if (isVector)
        return `${guard}\n  return gather(${row}, ${term});\n}\nfn gather(row: u32, term: u32) -> vec4f {\n${gatherOne(name, gathered, true)}`;
      const parts = [0, 1, 2, 3].map((i) => `gather(${row}, ${term} + ${i}u)`);
      return `${guard}\n  return vec4f(${parts.join(", ")});\n}\nfn gather(row: u32, term: u32) -> f32 {\n  if (term >= ${terms}u) { return 0.0; }\n${gatherOne(name, gathered, false)}`;
    },
  };
}

/** Windows over the padded input. */
function windowsOf(window: Window, slot: Slot): Gathered {
  const { batch, height, width, channels, size, stride, padding, outHeight, outWidth } = window;
  return {
    images: { slot, height, width, channels },
    rows: batch * outHeight * outWidth,
    ...{ width: outWidth, height: outHeight, terms: size * size * channels, size },
    line: (y, u) => `i32(${y} * ${stride}u + ${u}) - ${padding}`,
    isThere: (axis) => `${axis} < 0 || ${axis} >= ${axis === "h" ? height : width}`,
  };
}

export function conv2d({ window, filters, input, weight, bias, out, relu }: Conv2d): Product {
  const gathered = windowsOf(window, input);
  const { rows: m, terms: k } = gathered;
  return {
    ...{ label: "conv2d", m, n: filters, k, out },
    a: gatheredOperand(gathered, "k"),
    b: stridedOperand({ slot: weight, stride: k, kStride: 1, count: filters, k }),
    epilogue: { bias, relu },
  };
}

/** `[f, (u, v, c)] = Σ_(n, y, x) outGradient[(n, y, x), f] · patch[(n, y, x), (u, v, c)]`. */
export function conv2dBackwardWeight(operation: Conv2dBackwardWeight): Product {
  const { window, filters, input, outGradient, weightGradient } = operation;
  const gathered = windowsOf(window, input);
  const { rows: k, terms: n } = gathered;
  return {
    ...{ label: "conv2dBackwardWeight", m: filters, n, k, out: weightGradient },
    a: stridedOperand({ slot: outGradient, stride: 1, kStride: filters, count: filters, k }),
    b: gatheredOperand(gathered, "at"),
    epilogue: {},
  };
}

/** `[(n, h, w), c] = Σ_(u, v, f) spread[(n, h + u, w + v), f] · weight[f, size−1−u, size−1−v, c]`. */
export function conv2dBackwardInput(operation: Conv2dBackwardInput): Product {
  const { window, filters, weight, outGradient, inputGradient, mask } = operation;
  const { batch, height, width, channels, size, stride, padding, outHeight, outWidth } = window;
  const before = size - 1 - padding;
  const gathered: Gathered = {
    images: { slot: outGradient, height: outHeight, width: outWidth, channels: filters },
    rows: batch * height * width,
    ...{ width, height, terms: size * size * filters, size },
    // Between two of its rows the spread gradient has stride − 1 rows of zeros: what does not divide is one of those.
    line: (y, u) => (stride === 1 ? `i32(${y} + ${u}) - ${before}` : `spreadLine(i32(${y} + ${u}) - ${before})`),
    isThere: (axis) => `${axis} < 0 || ${axis} >= ${axis === "h" ? outHeight : outWidth}`,
  };
  const [m, n, k] = [gathered.rows, channels, gathered.terms];
  const a = gatheredOperand(gathered, "k");
  const spread = `}\nfn spreadLine(at: i32) -> i32 {\n  if (at < 0 || at % ${stride} != 0) { return -1; }\n  return at / ${stride};`;
  return {
    ...{ label: "conv2dBackwardInput", m, n, k, out: inputGradient },
    a: stride === 1 ? a : { ...a, text: (name) => `${a.text(name)}\n${spread}` },
    b: turnedWeights({ weight, filters, size, channels }),
    epilogue: { mask },
  };
}

interface Turned {
  readonly weight: Slot;
  readonly filters: number;
  readonly size: number;
  readonly channels: number;
}

/** Weight number `(f, size−1−u, size−1−v, c)` for k = (u, v, f) and place c; four along c. */
function turnedWeights({ weight, filters, size, channels }: Turned): Operand {
  const isVector = channels % 4 === 0;
  const terms = size * size * filters;
  return {
    ...{ slot: weight, alongK: false, isVector },
    text(name) {
      const address = `((f * ${size}u + ${size - 1}u - u) * ${size}u + ${size - 1}u - v) * ${channels}u + at`;
      const parts = [0, 1, 2, 3].map(
        (i) => `select(0.0, ${name}[min(start + ${i}u, ${weight.length - 1}u)], at + ${i}u < ${channels}u)`,
      );
      return `  if (at >= ${channels}u || k >= ${terms}u) { return vec4f(); }
  let f = k % ${filters}u; let v = k / ${filters}u % ${size}u; let u = k / ${filters * size}u;
  let start = ${address};
  return ${isVector ? `${name}[start / 4u]` : `vec4f(${parts.join(", ")})`};`;
    },
  };
}
