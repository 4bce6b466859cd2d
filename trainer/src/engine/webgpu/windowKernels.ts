/** Kernels of the pools of `operations/window.ts`: a thread computes one element, and looks at all windows that hold it. */
import type { AveragePool, AveragePoolBackward, MaxPool, MaxPoolBackward, Window } from "../operations/window.ts";
import { elementwise, type GpuKernel } from "./gpuKernel.ts";

/** Names image, row, column and channel of output element `i`. */
function outputPlace({ outHeight, outWidth, channels }: Window): string {
  return `let c = i % ${channels}u; let x = i / ${channels}u % ${outWidth}u;
    let y = i / ${channels * outWidth}u % ${outHeight}u; let image = i / ${channels * outWidth * outHeight}u;`;
}

/** The element of the input under window (y, x) at row u, column v. */
function under({ height, width, channels, stride }: Window, [u, v]: readonly [string, string]): string {
  return `((image * ${height}u + y * ${stride}u + ${u}) * ${width}u + x * ${stride}u + ${v}) * ${channels}u + c`;
}

export function maxPool({ window, input, out }: MaxPool): GpuKernel[] {
  const { size } = window;
  return [
    elementwise({
      label: "maxPool",
      slots: { input, out },
      length: out.length,
      body: (n) => `${outputPlace(window)}
    var most = ${n.input}[${under(window, ["0u", "0u"])}];
    for (var u = 0u; u < ${size}u; u++) { for (var v = 0u; v < ${size}u; v++) {
      let value = ${n.input}[${under(window, ["u", "v"])}];
      if (value > most) { most = value; }
    } }
    ${n.out}[i] = most;`,
    }),
  ];
}

/** Names the place of input element `i`, and the half-open ranges of windows that hold it. */
function inputPlace({ height, width, channels, size, stride, outHeight, outWidth }: Window): string {
  const range = (axis: string, at: string, count: number): string =>
    `let ${axis}From = u32(max(0, (i32(${at}) - ${size - stride}) / ${stride})); let ${axis}To = min(${at} / ${stride}u + 1u, ${count}u);`;
  return `let c = i % ${channels}u; let w = i / ${channels}u % ${width}u;
    let h = i / ${channels * width}u % ${height}u; let image = i / ${channels * width * height}u;
    ${range("y", "h", outHeight)}
    ${range("x", "w", outWidth)}`;
}

export function maxPoolBackward({ window, input, outGradient, inputGradient, mask }: MaxPoolBackward): GpuKernel[] {
  const { size, channels, outHeight, outWidth } = window;
  const slots = { input, outGradient, inputGradient, mask: mask ?? inputGradient };
  return [
    elementwise({
      label: "maxPoolBackward",
      slots,
      length: inputGradient.length,
      body: (n) => {
        const result = mask === undefined ? "sum" : `select(0.0, sum, ${n.mask}[i] > 0.0)`;
        return `${inputPlace(window)}
    var sum = 0.0;
    for (var y = yFrom; y < yTo; y++) { for (var x = xFrom; x < xTo; x++) {
      var best = ${under(window, ["0u", "0u"])};
      var most = ${n.input}[best];
      for (var u = 0u; u < ${size}u; u++) { for (var v = 0u; v < ${size}u; v++) {
        let candidate = ${under(window, ["u", "v"])};
        let value = ${n.input}[candidate];
        if (value > most) { most = value; best = candidate; }
      } }
      if (best == i) { sum += ${n.outGradient}[((image * ${outHeight}u + y) * ${outWidth}u + x) * ${channels}u + c]; }
    } }
    ${n.inputGradient}[i] = ${result};`;
      },
    }),
  ];
}

export function averagePool({ window, input, out }: AveragePool): GpuKernel[] {
  const { size } = window;
  return [
    elementwise({
      label: "averagePool",
      slots: { input, out },
      length: out.length,
      body: (n) => `${outputPlace(window)}
    var sum = 0.0;
    for (var u = 0u; u < ${size}u; u++) { for (var v = 0u; v < ${size}u; v++) { sum += ${n.input}[${under(window, ["u", "v"])}]; } }
    ${n.out}[i] = sum / ${size * size}.0;`,
    }),
  ];
}

export function averagePoolBackward({ window, outGradient, inputGradient }: AveragePoolBackward): GpuKernel[] {
  const { size, channels, outHeight, outWidth } = window;
  return [
    elementwise({
      label: "averagePoolBackward",
      slots: { outGradient, inputGradient },
      length: inputGradient.length,
      body: (n) => `${inputPlace(window)}
    var sum = 0.0;
    for (var y = yFrom; y < yTo; y++) { for (var x = xFrom; x < xTo; x++) {
      sum += ${n.outGradient}[((image * ${outHeight}u + y) * ${outWidth}u + x) * ${channels}u + c];
    } }
    ${n.inputGradient}[i] = sum / ${size * size}.0;`,
    }),
  ];
}
