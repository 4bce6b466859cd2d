/**
 * Matrix products on the graphics card: `out[m, n] = Σ_k A(m, k) · B(k, n)`, dense or the three of a convolution, by one
 * generator.
 *
 * A group computes a tile of the output. Its threads load 4 × 4 blocks of A and B into shared memory, k by k, while
 * they multiply the blocks before; each keeps `4·gm × 4·gn` sums in registers. Where tiles are too few to fill a card the
 * sum over k is cut into parts, whose sums a second kernel adds in a fixed order.
 *
 * Longer than usual: one generator, whose loads, stores and sums must agree on one layout.
 */
import type { Matmul } from "../operations/dense.ts";
import type { Slot } from "../operations/slot.ts";
import { RECTIFY } from "./elementwiseKernels.ts";
import { elementwise, type GpuKernel, kernel, MAX_GROUPS } from "./gpuKernel.ts";
import type { ProductShape, Tile, TileChoice } from "./tiles.ts";

/** One of the two factors: how to read four of its numbers. */
export interface Operand {
  readonly slot: Slot;
  /** Whether the four run along k; else along the output's axis (m of A, n of B). */
  readonly alongK: boolean;
  /** Whether the slot is read in vectors of four. */
  readonly isVector: boolean;
  /**
   * Body of `fn load(at: u32, k: u32) -> vec4f`, `at` the place on the output's axis: the four numbers, 0 where either
   * is out of range.
   */
  readonly text: (name: string) => string;
}

export interface Epilogue {
  readonly bias?: Slot | undefined;
  readonly relu?: boolean;
  readonly mask?: Slot | undefined;
}

export interface Product extends ProductShape {
  readonly a: Operand;
  readonly b: Operand;
  /** Row-major, shape `[m, n]`. */
  readonly out: Slot;
  readonly epilogue: Epilogue;
}

/** @returns one kernel, or two where the sum is cut into parts. */
export function productKernels(product: Product, { tile, parts }: TileChoice): GpuKernel[] {
  const { label, m, n, k, a, b, out, epilogue } = product;
  const { bias, mask } = epilogue;
  const isWhole = parts === 1;
  const own = { a: a.slot, b: b.slot };
  const ends = { out, bias: bias ?? out, mask: mask ?? out };
  const slots: Record<string, Slot> = isWhole ? { ...own, ...ends } : own;
  const vectors = [...(a.isVector ? ["a"] : []), ...(b.isVector ? ["b"] : [])];
  const rows = 4 * tile.ty * tile.gm;
  const columns = 4 * tile.tx * tile.gn;
  const terms = Math.ceil(k / parts / tile.depth) * tile.depth;
  const count = Math.ceil(k / terms);
  const tiles = Math.ceil(n / columns) * Math.ceil(m / rows);
  const first = kernel({
    label: `${label} ${m}×${n}×${k}${count > 1 ? ` in ${count} parts` : ""}`,
    slots,
    vectors,
    extras: isWhole ? [] : ["scratch"],
    scratch: isWhole ? 0 : count * m * n,
    workgroups: [Math.min(tiles, MAX_GROUPS), Math.ceil(tiles / MAX_GROUPS), count],
    text: (names) => tileText(product, { tile, terms, isWhole, names }),
  });
  if (isWhole) return [first];
  const second = elementwise({
    label: `${label}, sum of parts`,
    slots: ends,
    extras: ["scratch"],
    scratch: count * m * n,
    length: m * n,
    functions: RECTIFY,
    body: (names) => `var sum = 0.0;
    for (var part = 0u; part < ${count}u; part++) { sum += scratch[part * ${m * n}u + i]; }
    ${names.out}[i] = ${finished("sum", epilogue, { names, column: `i % ${n}u`, at: "i" })};`,
  });
  return [first, second];
}

interface Place {
  readonly names: Readonly<Record<string, string>>;
  readonly column: string;
  readonly at: string;
}

/** The number that is written, from its sum. */
function finished(sum: string, { bias, relu, mask }: Epilogue, { names, column, at }: Place): string {
  const biased = bias === undefined ? sum : `${sum} + ${names.bias}[${column}]`;
  const rectified = relu === true ? `rectify(${biased})` : biased;
  return mask === undefined ? rectified : `select(0.0, ${rectified}, ${names.mask}[${at}] > 0.0)`;
}

interface TileTerms {
  readonly tile: Tile;
  /** Of one part. */
  readonly terms: number;
  readonly isWhole: boolean;
  readonly names: Readonly<Record<string, string>>;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function tileText({ m, n, k, a, b, epilogue }: Product, { tile, terms, isWhole, names }: TileTerms): string {
  const { tx, ty, gn, gm, depth, pad = 0 } = tile;
  const threads = tx * ty;
  const rows = 4 * ty * gm;
  const columns = 4 * tx * gn;
  const blocksA = (rows / 4) * (depth / 4);
  const blocks = blocksA + (columns / 4) * (depth / 4);
  const turns = Math.ceil(blocks / threads); // blocks that a thread loads
  const guard = (turn: number): string => (blocks % threads === 0 ? "" : `if (block${turn} < ${blocks}u)`);
  const lines = (each: readonly string[]): string => each.join("\n");
  const declareBlocks = range(turns).map((t) => `  let block${t} = thread + ${t * threads}u;`);
  const registers = range(turns).flatMap((t) => range(4).map((i) => `  var r${t}${i} = vec4f();`));
  const load = (from: string): string =>
    lines(
      range(turns).map(
        (t) => `    ${guard(t)} { if (block${t} < ${blocksA}u) {
      ${loadBlock(t, { alongK: a.alongK, load: "loadA", wide: rows, start: "rowStart", offset: 0, from, depth })}
    } else {
      ${loadBlock(t, { alongK: b.alongK, load: "loadB", wide: columns, start: "columnStart", offset: blocksA, from, depth })}
    } }`,
      ),
    );
  const store = lines(
    range(turns).map(
      (t) => `    ${guard(t)} { if (block${t} < ${blocksA}u) {
      ${storeBlock(t, { alongK: a.alongK, target: "tileA", wide: rows, pad, offset: 0, depth })}
    } else {
      ${storeBlock(t, { alongK: b.alongK, target: "tileB", wide: columns, pad, offset: blocksA, depth })}
    } }`,
    ),
  );
  const sums = range(gm * 4).flatMap((i) => range(gn).map((j) => `  var c${i}_${j} = vec4f();`));
  const multiply = lines([
    ...range(gm).map((g) => `      let x${g} = tileA[k * ${rows / 4 + pad}u + ${g * ty}u + local.y];`),
    ...range(gn).map((g) => `      let y${g} = tileB[k * ${columns / 4 + pad}u + ${g * tx}u + local.x];`),
    ...range(gm * 4).flatMap((i) =>
      range(gn).map((j) => `      c${i}_${j} = fma(vec4f(x${i >> 2}[${i & 3}]), y${j}, c${i}_${j});`),
    ),
  ]);
  const writes = lines(
    range(gm * 4).flatMap((i) =>
      range(gn).map(
        (j) =>
          `  write(rowStart + ${4 * ty * (i >> 2)}u + 4u * local.y + ${i & 3}u, columnStart + ${4 * tx * j}u + 4u * local.x, c${i}_${j}, group.z);`,
      ),
    ),
  );
  const value = finished("value", epilogue, { names, column: "column + j", at: "at" });
  const target = isWhole ? `${names.out}[at] = ${value};` : `scratch[part * ${m * n}u + at] = value;`;
  return `${RECTIFY}
fn loadA(at: u32, k: u32) -> vec4f {
${a.text(names.a!)}
}
fn loadB(at: u32, k: u32) -> vec4f {
${b.text(names.b!)}
}
fn write(row: u32, column: u32, values: vec4f, part: u32) {
  if (row >= ${m}u) { return; }
  for (var j = 0u; j < 4u; j++) {
    if (column + j < ${n}u) { let at = row * ${n}u + column + j; let value = values[j]; ${target} }
  }
}
var<workgroup> tileA: array<vec4f, ${(rows / 4 + pad) * depth}>;
var<workgroup> tileB: array<vec4f, ${(columns / 4 + pad) * depth}>;
@compute @workgroup_size(${tx}, ${ty})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) thread: u32) {
  let own = group.y * ${MAX_GROUPS}u + group.x;
  if (own >= ${Math.ceil(n / columns) * Math.ceil(m / rows)}u) { return; }
  let rowStart = own / ${Math.ceil(n / columns)}u * ${rows}u;
  let columnStart = own % ${Math.ceil(n / columns)}u * ${columns}u;
  let first = group.z * ${terms}u;
  let last = min(${k}u, first + ${terms}u);
${lines(declareBlocks)}
${lines(registers)}
${lines(sums)}
  ${load("first")}
  for (var base = first; base < last; base += ${depth}u) {
    workgroupBarrier();
${store}
    workgroupBarrier();
    if (base + ${depth}u < last) {
      let next = base + ${depth}u;
${load("next")}
    }
    for (var k = 0u; k < ${depth}u; k++) {
${multiply}
    }
  }
${writes}
}`;
}

interface BlockLoad {
  readonly alongK: boolean;
  readonly load: string;
  /** Of the tile on the output's axis. */
  readonly wide: number;
  readonly start: string;
  /** Number of the first block of this operand. */
  readonly offset: number;
  readonly from: string;
  readonly depth: number;
}

/**
 * Neighbouring threads read neighbouring memory: along k where four numbers run along k, else along the output's axis.
 * Four reads a thread: four places along the other axis.
 */
function loadBlock(t: number, { alongK, load, wide, start, offset, from, depth }: BlockLoad): string {
  const block = `(block${t} - ${offset}u)`;
  if (alongK) {
    const at = `${start} + 4u * (${block} / ${depth / 4}u)`;
    const k = `${from} + 4u * (${block} % ${depth / 4}u)`;
    return range(4)
      .map((i) => `r${t}${i} = ${load}(${at} + ${i}u, ${k});`)
      .join(" ");
  }
  const at = `${start} + 4u * (${block} % ${wide / 4}u)`;
  const k = `${from} + 4u * (${block} / ${wide / 4}u)`;
  return range(4)
    .map((i) => `r${t}${i} = ${load}(${at}, ${k} + ${i}u);`)
    .join(" ");
}

interface BlockStore {
  readonly alongK: boolean;
  readonly target: string;
  readonly wide: number;
  readonly pad: number;
  readonly offset: number;
  readonly depth: number;
}

/** Into rows of k, four places of the output's axis to a vector; what runs along k is turned on the way. */
function storeBlock(t: number, { alongK, target, wide, pad, offset, depth }: BlockStore): string {
  const block = `(block${t} - ${offset}u)`;
  if (alongK) {
    const column = `${block} / ${depth / 4}u`;
    const k = `4u * (${block} % ${depth / 4}u)`;
    return range(4)
      .map(
        (i) =>
          `${target}[(${k} + ${i}u) * ${wide / 4 + pad}u + ${column}] = vec4f(r${t}0[${i}], r${t}1[${i}], r${t}2[${i}], r${t}3[${i}]);`,
      )
      .join(" ");
  }
  const column = `${block} % ${wide / 4}u`;
  const k = `4u * (${block} / ${wide / 4}u)`;
  return range(4)
    .map((i) => `${target}[(${k} + ${i}u) * ${wide / 4 + pad}u + ${column}] = r${t}${i};`)
    .join(" ");
}

interface StridedMatrix {
  readonly slot: Slot;
  /** Elements from one place on the output's axis to the next, and from one k to the next. */
  readonly stride: number;
  readonly kStride: number;
  readonly count: number;
  readonly k: number;
}

/** @returns the operand over a matrix in memory, read along the axis on which its numbers adjoin. */
export function stridedOperand({ slot, stride, kStride, count, k }: StridedMatrix): Operand {
  const alongK = kStride === 1 || stride !== 1;
  const [inner, outer] = alongK ? [kStride, stride] : [stride, kStride];
  const along = alongK ? k : count;
  const isVector = inner === 1 && along % 4 === 0 && outer % 4 === 0 && slot.length % 4 === 0;
  const address = `at * ${stride}u + k * ${kStride}u`;
  return {
    ...{ slot, alongK, isVector },
    text(name) {
      const guard = `  if (at >= ${count}u || k >= ${k}u) { return vec4f(); }`;
      if (isVector) return `${guard}\n  return ${name}[(${address}) / 4u];`;
      const moving = alongK ? "k" : "at";
      const parts = range(4).map((i) => {
        return `select(0.0, ${name}[min(${address} + ${i * inner}u, ${slot.length - 1}u)], ${moving} + ${i}u < ${along}u)`;
      });
      return `${guard}\n  return vec4f(${parts.join(", ")});`;
    },
  };
}

/** @returns a dense layer's product. */
export function matmul(operation: Matmul): Product {
  const { rows: m, columns: n, inner: k, left, right, out, bias, relu, mask } = operation;
  return {
    ...{ label: "matmul", m, n, k, out },
    a: stridedOperand({ slot: left.slot, stride: left.rowStride, kStride: left.columnStride, count: m, k }),
    b: stridedOperand({ slot: right.slot, stride: right.columnStride, kStride: right.rowStride, count: n, k }),
    epilogue: { bias, relu, mask },
  };
}
