/**
 * Causal self-attention without a matrix of size T²: a thread has a position, its numbers in registers, and walks over the
 * others tile by tile through shared memory. Softmax is carried along (the largest score so far, and the sums scaled to it).
 *
 * @see Dao et al.: "FlashAttention", 2022; Milakov, Gimelshein: "Online normalizer calculation for softmax", 2018
 *
 * Longer than usual: four kernels walk over the same tiles and share how they read them.
 */
import type { Attention, AttentionBackward, AttentionShape } from "../operations/sequence.ts";
import { type GpuKernel, kernel } from "./gpuKernel.ts";

/** Positions of a group. */
const GROUP = 64;
/** Most positions of a tile. */
const MAX_TILE = 32;
/** Vectors of two tiles that fit the shared memory which every adapter has, 16 KiB. */
const SHARED_VECTORS = 1_024;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

interface Geometry {
  readonly heads: number;
  readonly length: number;
  readonly size: number;
  /** Vectors of four in a head. */
  readonly vectors: number;
  /** Positions of a tile. */
  readonly tile: number;
  readonly width: number;
  readonly workgroups: [number, number, number];
  readonly scale: string;
}

function geometryOf({ batch, length, heads, headSize }: AttentionShape): Geometry {
  const vectors = Math.ceil(headSize / 4);
  return {
    ...{ heads, length, size: headSize, vectors },
    tile: Math.max(1, Math.min(MAX_TILE, Math.floor(SHARED_VECTORS / 2 / vectors))),
    width: heads * headSize,
    workgroups: [Math.ceil(length / GROUP), heads, batch],
    scale: `${(1 / Math.sqrt(headSize)).toPrecision(9)}f`,
  };
}

/** Text of vector `v` of part 0 (q), 1 (k) or 2 (v) at `position`. */
function ofQkv(name: string, { width, length, size }: Geometry, part: number, position: string, v: string): string {
  const row = `(group.z * ${length}u + ${position}) * ${3 * width}u + ${part * width}u + group.y * ${size}u`;
  return vectorAt(name, row, size, v);
}

/** The same of a slot with one part. */
function ofRows(name: string, { width, length, size }: Geometry, position: string, v: string): string {
  return vectorAt(name, `(group.z * ${length}u + ${position}) * ${width}u + group.y * ${size}u`, size, v);
}

function vectorAt(name: string, row: string, size: number, v: string): string {
  if (size % 4 === 0) return `${name}[(${row}) / 4u + ${v}]`;
  const parts = range(4).map((i) => {
    return `select(0.0, ${name}[${row} + min(4u * ${v} + ${i}u, ${size - 1}u)], 4u * ${v} + ${i}u < ${size}u)`;
  });
  return `vec4f(${parts.join(", ")})`;
}

/** Statements that write the vectors `value0` … to a row. */
function writeRow(name: string, row: string, size: number, value: (v: number) => string): string {
  return range(Math.ceil(size / 4))
    .flatMap((v) => {
      if (size % 4 === 0) return [`${name}[(${row}) / 4u + ${v}u] = ${value(v)};`];
      return range(Math.min(4, size - 4 * v)).map((i) => `${name}[${row} + ${4 * v + i}u] = (${value(v)})[${i}];`);
    })
    .join("\n    ");
}

const each = (g: Geometry, text: (v: number) => string, joint = "\n    "): string =>
  range(g.vectors).map(text).join(joint);

/** `dot` of two rows of vectors. */
function dot(g: Geometry, left: (v: number) => string, right: (v: number) => string): string {
  return each(g, (v) => `dot(${left(v)}, ${right(v)})`, " + ");
}

/** Fills `tileA` and `tileB` with two vectors of each position from `from` on. */
function fill(
  g: Geometry,
  a: (position: string, v: string) => string,
  b: (position: string, v: string) => string,
): string {
  return `workgroupBarrier();
    for (var i = thread; i < ${g.tile * g.vectors}u; i += ${GROUP}u) {
      let position = min(base + i / ${g.vectors}u, ${g.length - 1}u);
      let v = i % ${g.vectors}u;
      tileA[i] = ${a("position", "v")};
      tileB[i] = ${b("position", "v")};
    }
    workgroupBarrier();`;
}

function tiles(g: Geometry): string {
  return `var<workgroup> tileA: array<vec4f, ${g.tile * g.vectors}>;
var<workgroup> tileB: array<vec4f, ${g.tile * g.vectors}>;
@compute @workgroup_size(${GROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let own = group.x * ${GROUP}u + thread;
  let at = min(own, ${g.length - 1}u);`;
}

function vectorNames<const N extends string>(shape: AttentionShape, names: readonly N[]): readonly N[] {
  return shape.headSize % 4 === 0 ? names : [];
}

export function attention({ shape, qkv, output }: Attention): GpuKernel[] {
  const g = geometryOf(shape);
  return [
    kernel({
      label: `attention ${shape.batch}×${shape.heads}×${shape.length}×${shape.headSize}`,
      slots: { qkv, output },
      vectors: vectorNames(shape, ["qkv", "output"]),
      workgroups: g.workgroups,
      text: (n) => `${tiles(g)}
    ${each(g, (v) => `let q${v} = ${ofQkv(n.qkv, g, 0, "at", `${v}u`)} * ${g.scale};`)}
    ${each(g, (v) => `var o${v} = vec4f();`)}
  var most = -3.4e38f;
  var sum = 0.0;
  for (var base = 0u; base < min(${g.length}u, (group.x + 1u) * ${GROUP}u); base += ${g.tile}u) {
    ${fill(
      g,
      (position, v) => ofQkv(n.qkv, g, 1, position, v),
      (position, v) => ofQkv(n.qkv, g, 2, position, v),
    )}
    if (base <= at) {
      for (var j = 0u; j < min(${g.tile}u, at + 1u - base); j++) {
        let row = j * ${g.vectors}u;
        let s = ${dot(
          g,
          (v) => `q${v}`,
          (v) => `tileA[row + ${v}u]`,
        )};
        if (s > most) {
          let shrink = exp(most - s);
          most = s; sum *= shrink;
          ${each(g, (v) => `o${v} *= shrink;`)}
        }
        let e = exp(s - most);
        sum += e;
        ${each(g, (v) => `o${v} = fma(vec4f(e), tileB[row + ${v}u], o${v});`)}
      }
    }
  }
  if (own < ${g.length}u) {
    let row = (group.z * ${g.length}u + own) * ${g.width}u + group.y * ${g.size}u;
    ${writeRow(n.output, "row", g.size, (v) => `o${v} / sum`)}
  }
}`,
    }),
  ];
}

/**
 * In three kernels: gradients of q, with which the statistics of each row (largest score, 1 / sum, t) go to the scratch; of
 * v; of k. Scores are computed again in each.
 */
export function attentionBackward({ shape, qkv, outputGradient, qkvGradient }: AttentionBackward): GpuKernel[] {
  const g = geometryOf(shape);
  const { batch, heads, length, headSize } = shape;
  const label = `${batch}×${heads}×${length}×${headSize}`;
  const slots = { qkv, outputGradient, qkvGradient };
  const vectors = vectorNames(shape, ["qkv", "outputGradient", "qkvGradient"]);
  const rows = batch * heads * length;
  const common = { slots, vectors, extras: ["scratch"] as const, scratch: 3 * rows, workgroups: g.workgroups };
  const gradientRow = (part: number): string =>
    `(group.z * ${length}u + own) * ${3 * g.width}u + ${part * g.width}u + group.y * ${g.size}u`;
  const statistic = (k: number, position: string): string =>
    `scratch[${k * rows}u + (group.z * ${heads}u + group.y) * ${length}u + ${position}]`;
  const forEarlier = (names: Names, body: string): string => `
  for (var base = 0u; base < min(${length}u, (group.x + 1u) * ${GROUP}u); base += ${g.tile}u) {
    ${fill(
      g,
      (position, v) => ofQkv(names.qkv, g, 1, position, v),
      (position, v) => ofQkv(names.qkv, g, 2, position, v),
    )}
    if (base <= at) {
      for (var j = 0u; j < min(${g.tile}u, at + 1u - base); j++) {
        let row = j * ${g.vectors}u;
        let s = ${dot(
          g,
          (v) => `q${v}`,
          (v) => `tileA[row + ${v}u]`,
        )};
        let r = ${dot(
          g,
          (v) => `g${v}`,
          (v) => `tileB[row + ${v}u]`,
        )};
        ${body}
      }
    }
  }`;
  const ofQueries = kernel({
    ...common,
    label: `attentionBackward of q ${label}`,
    text: (n) => `${tiles(g)}
    ${each(g, (v) => `let q${v} = ${ofQkv(n.qkv, g, 0, "at", `${v}u`)} * ${g.scale};`)}
    ${each(g, (v) => `let g${v} = ${ofRows(n.outputGradient, g, "at", `${v}u`)};`)}
    ${each(g, (v) => `var d${v} = vec4f();`)}
  var most = -3.4e38f;
  var sum = 0.0;
  var weighted = 0.0;${forEarlier(
    n,
    `let top = max(most, s);
        let shrink = exp(most - top);
        let e = exp(s - top);
        sum = fma(sum, shrink, e);
        weighted = fma(weighted, shrink, e * r);
        most = top;`,
  )}
  let inverse = 1.0 / sum;
  let t = weighted * inverse;${forEarlier(
    n,
    `let u = exp(s - most) * inverse * (r - t);
        ${each(g, (v) => `d${v} = fma(vec4f(u), tileA[row + ${v}u], d${v});`)}`,
  )}
  if (own < ${length}u) {
    ${statistic(0, "own")} = most;
    ${statistic(1, "own")} = inverse;
    ${statistic(2, "own")} = t;
    let row = ${gradientRow(0)};
    ${writeRow(n.qkvGradient, "row", g.size, (v) => `d${v} * ${g.scale}`)}
  }
}`,
  });
  const forLater = (names: Names, body: string): string => `
  for (var base = group.x * ${GROUP}u; base < ${length}u; base += ${g.tile}u) {
    ${fill(
      g,
      (position, v) => ofQkv(names.qkv, g, 0, position, v),
      (position, v) => ofRows(names.outputGradient, g, position, v),
    )}
    for (var j = 0u; j < min(${g.tile}u, ${length}u - base); j++) {
      let i = base + j;
      if (i >= at) {
        let row = j * ${g.vectors}u;
        let s = ${g.scale} * (${dot(
          g,
          (v) => `k${v}`,
          (v) => `tileA[row + ${v}u]`,
        )});
        let p = exp(s - ${statistic(0, "i")}) * ${statistic(1, "i")};
        ${body}
      }
    }
  }`;
  const ofValues = kernel({
    ...common,
    label: `attentionBackward of v ${label}`,
    text: (n) => `${tiles(g)}
    ${each(g, (v) => `let k${v} = ${ofQkv(n.qkv, g, 1, "at", `${v}u`)};`)}
    ${each(g, (v) => `var d${v} = vec4f();`)}${forLater(
      n,
      each(g, (v) => `d${v} = fma(vec4f(p), tileB[row + ${v}u], d${v});`),
    )}
  if (own < ${length}u) {
    let row = ${gradientRow(2)};
    ${writeRow(n.qkvGradient, "row", g.size, (v) => `d${v}`)}
  }
}`,
  });
  const ofKeys = kernel({
    ...common,
    label: `attentionBackward of k ${label}`,
    text: (n) => `${tiles(g)}
    ${each(g, (v) => `let k${v} = ${ofQkv(n.qkv, g, 1, "at", `${v}u`)};`)}
    ${each(g, (v) => `let v${v} = ${ofQkv(n.qkv, g, 2, "at", `${v}u`)};`)}
    ${each(g, (v) => `var d${v} = vec4f();`)}${forLater(
      n,
      `let r = ${dot(
        g,
        (v) => `v${v}`,
        (v) => `tileB[row + ${v}u]`,
      )};
        let u = p * (r - ${statistic(2, "i")}) * ${g.scale};
        ${each(g, (v) => `d${v} = fma(vec4f(u), tileA[row + ${v}u], d${v});`)}`,
    )}
  if (own < ${length}u) {
    let row = ${gradientRow(1)};
    ${writeRow(n.qkvGradient, "row", g.size, (v) => `d${v}`)}
  }
}`,
  });
  return [ofQueries, ofValues, ofKeys];
}

type Names = Readonly<Record<"qkv" | "outputGradient" | "qkvGradient", string>>;
