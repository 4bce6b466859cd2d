/**
 * Writes of attention. @see ../writes.ts
 *
 * Longer than usual: the gradients of q, k and v share registers and loops.
 */

import type { AttentionShape } from "../../../engine/operations/sequence.ts";
import type { Slot } from "../../../engine/operations/slot.ts";
import type { Operation } from "../../../engine/operations.ts";
import { type CodeBuilder, ELEMENT } from "../codeBuilder.ts";
import { exp, give, largest } from "../functions.ts";
import { type Kinds, one } from "./parts.ts";

const { fround } = Math;

export const attentionWrites: Pick<Kinds, "attention" | "attentionBackward"> = {
  attention: ({ shape, qkv, output }) =>
    one(output, (b) => {
      const head = { shape, qkv };
      const [i, most, sum, out, j, s, t] = [1, 2, 3, 4, 5, 6, 7];
      const own = [8, 9, 10, 11] as const;
      positionOf(b, i, { width: shape.heads * shape.headSize, length: shape.length });
      statistics(b, head, { i, most, sum, j, s, t, rowUnit: shape.heads * shape.headSize }, own);
      b.integer(j, 0);
      b.loopThrough(j, i, () => {
        score(b, { ...head, rd: s, i, j, rowUnit: shape.heads * shape.headSize }, own);
        b.three("FSUB", s, s, most);
        exp(b, s, s, [8, 9, 10]);
        b.three("FDIV", s, s, sum);
        qkvIndex(b, { ...head, rd: t, part: 2, position: j, rowUnit: shape.heads * shape.headSize }, 8);
        elementOfHead(b, 8, shape, shape.heads * shape.headSize);
        b.three("ADD", t, t, 8);
        b.load(t, qkv, t);
        b.three("FMAC", out, s, t);
      });
      give(b, out);
    }),
  attentionBackward: (operation) => one(operation.qkvGradient, (b) => attentionGradient(b, operation)),
};

interface HeadOf {
  readonly shape: AttentionShape;
  readonly qkv: Slot;
}

/** `rd` = the element's position, where a position has `width` elements. */
function positionOf(
  b: CodeBuilder,
  rd: number,
  { width, length }: { readonly width: number; readonly length: number },
): void {
  b.with("DIVI", rd, ELEMENT, width);
  b.with("REMI", rd, rd, length);
}

/** `rd` = which number of its head the element is. */
function elementOfHead(b: CodeBuilder, rd: number, { headSize }: AttentionShape, rowUnit: number): void {
  b.with("REMI", rd, ELEMENT, rowUnit);
  b.with("REMI", rd, rd, headSize);
}

interface QkvPlace extends HeadOf {
  readonly rd: number;
  readonly part: 0 | 1 | 2;
  readonly position: number;
  /** Elements of a position in the slot that is written: heads · headSize, or three times that. */
  readonly rowUnit: number;
}

/** `rd` = index of number 0 of the head's q, k or v at a position, in the element's example and head. */
function qkvIndex(b: CodeBuilder, { shape, rd, part, position, rowUnit }: QkvPlace, t: number): void {
  const { length, heads, headSize } = shape;
  const width = heads * headSize;
  b.with("DIVI", rd, ELEMENT, rowUnit * length);
  b.with("MULI", rd, rd, length);
  b.three("ADD", rd, rd, position);
  b.with("MULI", rd, rd, 3 * width);
  headStart(b, t, shape);
  b.three("ADD", rd, rd, t);
  b.with("ADDI", rd, rd, part * width);
}

/** `rd` = head · headSize of the element; also right where a position holds q, k and v side by side. */
function headStart(b: CodeBuilder, rd: number, { heads, headSize }: AttentionShape): void {
  b.with("DIVI", rd, ELEMENT, headSize);
  b.with("REMI", rd, rd, heads);
  b.with("MULI", rd, rd, headSize);
}

/** `rd` = index of number 0 of the head's row in a slot of one part. */
function outputIndex(
  b: CodeBuilder,
  { shape, rd, position, rowUnit }: Omit<QkvPlace, "part" | "qkv">,
  t: number,
): void {
  const { length, heads, headSize } = shape;
  b.with("DIVI", rd, ELEMENT, rowUnit * length);
  b.with("MULI", rd, rd, length);
  b.three("ADD", rd, rd, position);
  b.with("MULI", rd, rd, heads * headSize);
  headStart(b, t, shape);
  b.three("ADD", rd, rd, t);
}

interface Score extends HeadOf {
  readonly rd: number;
  readonly i: number;
  readonly j: number;
  readonly rowUnit: number;
}

/** `rd = (Σ_d qᵢ[d] · kⱼ[d]) · scale`; the loop ends where the index reaches its end. */
function score(b: CodeBuilder, parts: Score, s: readonly [number, number, number, number]): void {
  const { shape, qkv, rd, i, j, rowUnit } = parts;
  const [p, q, x, y] = s;
  qkvIndex(b, { shape, qkv, rd: p, part: 0, position: i, rowUnit }, x);
  qkvIndex(b, { shape, qkv, rd: q, part: 1, position: j, rowUnit }, x);
  dotProduct(b, { rd, left: qkv, right: qkv, headSize: shape.headSize }, [p, q, x, y]);
  b.number(x, scaleOf(shape));
  b.three("FMUL", rd, rd, x);
}

function scaleOf({ headSize }: AttentionShape): number {
  return fround(1 / fround(Math.sqrt(headSize)));
}

interface Dot {
  readonly rd: number;
  readonly left: Slot;
  readonly right: Slot;
  readonly headSize: number;
}

/** `rd = Σ left[p + d] · right[q + d]`, unrolled: there is no register left to count with. */
function dotProduct(
  b: CodeBuilder,
  { rd, left, right, headSize }: Dot,
  [p, q, x, y]: readonly [number, number, number, number],
): void {
  b.integer(rd, 0);
  for (let d = 0; d < headSize; d++) {
    b.load(x, left, p);
    b.load(y, right, q);
    b.three("FMAC", rd, x, y);
    b.with("ADDI", p, p, 1);
    b.with("ADDI", q, q, 1);
  }
}

interface Statistics {
  readonly i: number;
  readonly most: number;
  readonly sum: number;
  readonly j: number;
  readonly s: number;
  readonly t: number;
  readonly rowUnit: number;
}

/** The largest score of row i, and the sum of its exponentials. */
function statistics(b: CodeBuilder, head: HeadOf, r: Statistics, own: readonly [number, number, number, number]): void {
  const { i, most, sum, j, s, t, rowUnit } = r;
  b.integer(j, 0);
  score(b, { ...head, rd: most, i, j, rowUnit }, own);
  b.loopThrough(j, i, () => {
    score(b, { ...head, rd: s, i, j, rowUnit }, own);
    largest(b, most, s, t);
  });
  b.integer(sum, 0);
  b.integer(j, 0);
  b.loopThrough(j, i, () => {
    score(b, { ...head, rd: s, i, j, rowUnit }, own);
    b.three("FSUB", s, s, most);
    exp(b, s, s, [own[0], own[1], own[2]]);
    b.three("FADD", sum, sum, s);
  });
}

type AttentionGradient = Extract<Operation, { readonly kind: "attentionBackward" }>;

/** Which of q, k and v the element is of decides the sum; all need the shares p of rows, and q and k the t of rows. */
function attentionGradient(b: CodeBuilder, { shape, qkv, outputGradient }: AttentionGradient): void {
  const { length, heads, headSize } = shape;
  const width = heads * headSize;
  const rowUnit = 3 * width;
  const head = { shape, qkv };
  const [i, most, sum, out, j, s, t, weighted, r] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const own = [10, 11, 12, 13] as const;
  const [ofKey, ofValue] = [b.label(), b.label()];
  /** s = pᵢⱼ */
  const share = (): void => {
    score(b, { ...head, rd: s, i, j, rowUnit }, own);
    b.three("FSUB", s, s, most);
    exp(b, s, s, [own[0], own[1], own[2]]);
    b.three("FDIV", s, s, sum);
  };
  /** r = rᵢⱼ = Σ_d gᵢ[d] · vⱼ[d] */
  const product = (): void => {
    outputIndex(b, { shape, rd: own[0], position: i, rowUnit }, own[2]);
    qkvIndex(b, { ...head, rd: own[1], part: 2, position: j, rowUnit }, own[2]);
    dotProduct(b, { rd: r, left: outputGradient, right: qkv, headSize }, own);
  };
  /** weighted = tᵢ = Σ_{j ≤ i} rᵢⱼ · pᵢⱼ */
  const rowWeight = (): void => {
    b.integer(weighted, 0);
    b.integer(j, 0);
    b.loopThrough(j, i, () => {
      share();
      product();
      b.three("FMAC", weighted, r, s);
    });
  };
  /** s = uᵢⱼ = (pᵢⱼ · (rᵢⱼ − tᵢ)) · scale */
  const slope = (): void => {
    share();
    product();
    b.three("FSUB", r, r, weighted);
    b.three("FMUL", s, s, r);
    b.number(r, scaleOf(shape));
    b.three("FMUL", s, s, r);
  };
  /** out += s · the element's own number of `slot`'s row at `position` */
  const accumulate = (index: () => void, slot: Slot): void => {
    index();
    elementOfHead(b, own[1], shape, rowUnit);
    b.three("ADD", own[0], own[0], own[1]);
    b.load(own[0], slot, own[0]);
    b.three("FMAC", out, s, own[0]);
  };
  /** Runs `body` with i = j's position … length − 1, j being the element's own position each time. */
  const forLater = (body: () => void): void => {
    positionOf(b, i, { width: rowUnit, length });
    b.loopTo(i, length, t, () => {
      statistics(b, head, { i, most, sum, j, s, t, rowUnit }, own);
      body();
    });
  };
  const ownPosition = (): void => positionOf(b, j, { width: rowUnit, length });

  b.with("REMI", t, ELEMENT, rowUnit);
  b.with("DIVI", t, t, width);
  b.integer(own[0], 1);
  b.jumpCompare("JEQ", t, own[0], ofKey);
  b.integer(own[0], 2);
  b.jumpCompare("JEQ", t, own[0], ofValue);

  positionOf(b, i, { width: rowUnit, length });
  statistics(b, head, { i, most, sum, j, s, t, rowUnit }, own);
  rowWeight();
  b.integer(j, 0);
  b.loopThrough(j, i, () => {
    slope();
    accumulate(() => qkvIndex(b, { ...head, rd: own[0], part: 1, position: j, rowUnit }, own[2]), qkv);
  });
  give(b, out);

  b.place(ofKey);
  forLater(() => {
    rowWeight();
    ownPosition();
    slope();
    accumulate(() => qkvIndex(b, { ...head, rd: own[0], part: 0, position: i, rowUnit }, own[2]), qkv);
  });
  give(b, out);

  b.place(ofValue);
  forLater(() => {
    ownPosition();
    share();
    accumulate(() => outputIndex(b, { shape, rd: own[0], position: i, rowUnit }, own[2]), outputGradient);
  });
  give(b, out);
}
