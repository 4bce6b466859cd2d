/** Writes of single numbers and rows. @see ../writes.ts */
import { dropoutScale, dropoutThreshold } from "../../../engine/encodeProgram.ts";
import type { Slot } from "../../../engine/operations/slot.ts";
import { type CodeBuilder, ELEMENT, ZERO } from "../codeBuilder.ts";
import { exp, give, normal, philox, rectify, tanh } from "../functions.ts";
import { gate, type Kinds, one, rowExponentials, rowMost, rowStart, STEP } from "./parts.ts";

export const elementwiseWrites: Pick<
  Kinds,
  | "relu"
  | "reluBackward"
  | "gelu"
  | "geluBackward"
  | "tanh"
  | "tanhBackward"
  | "softmax"
  | "softmaxBackward"
  | "add"
  | "copy"
  | "dropout"
  | "dropoutBackward"
> = {
  relu: ({ input, output }) =>
    one(output, (b) => {
      b.load(1, input, ELEMENT);
      rectify(b, 1, 2);
      give(b, 1);
    }),
  reluBackward: ({ output, gradient }) =>
    one(gradient, (b) => {
      b.load(1, gradient, ELEMENT);
      gate(b, 1, output, [2, 3]);
      give(b, 1);
    }),
  gelu: ({ input, output }) =>
    one(output, (b) => {
      const [x, distribution, density] = [1, 2, 3];
      b.load(x, input, ELEMENT);
      normal(b, { x, distribution, density }, [4, 5, 6, 7]);
      b.three("FMUL", x, x, distribution);
      give(b, x);
    }),
  geluBackward: ({ input, gradient }) =>
    one(gradient, (b) => {
      const [x, distribution, density, g] = [1, 2, 3, 8];
      b.load(x, input, ELEMENT);
      normal(b, { x, distribution, density }, [4, 5, 6, 7]);
      b.load(g, gradient, ELEMENT);
      b.three("FMUL", x, x, density);
      b.three("FADD", x, distribution, x);
      b.three("FMUL", g, g, x);
      give(b, g);
    }),
  tanh: ({ input, output }) =>
    one(output, (b) => {
      b.load(1, input, ELEMENT);
      tanh(b, 2, 1, [3, 4, 5, 6, 7]);
      give(b, 2);
    }),
  tanhBackward: ({ output, gradient }) =>
    one(gradient, (b) => {
      const [y, g, t] = [1, 2, 3];
      b.load(y, output, ELEMENT);
      b.load(g, gradient, ELEMENT);
      b.three("FMUL", y, y, y);
      b.number(t, 1);
      b.three("FSUB", y, t, y);
      b.three("FMUL", g, g, y);
      give(b, g);
    }),
  softmax: ({ columns, input, output }) =>
    one(output, (b) => {
      const [from, most, sum, x] = [1, 2, 3, 4];
      rowStart(b, from, columns);
      rowMost(b, { most, from, columns, slot: input }, [x, 5, 6, 7]);
      rowExponentials(b, { most, sum, from, columns, slot: input }, [x, 5, 6, 7, 8, 9]);
      b.load(x, input, ELEMENT);
      b.three("FSUB", x, x, most);
      exp(b, x, x, [5, 6, 7]);
      b.three("FDIV", x, x, sum);
      give(b, x);
    }),
  softmaxBackward: ({ columns, output, gradient }) =>
    one(gradient, (b) => {
      const [from, sum, j, g, y, t] = [1, 2, 3, 4, 5, 6];
      rowStart(b, from, columns);
      b.loopTo(j, columns, t, () => {
        b.three("ADD", t, from, j);
        b.load(g, gradient, t);
        b.load(y, output, t);
        b.three("FMAC", sum, g, y);
      });
      b.load(g, gradient, ELEMENT);
      b.load(y, output, ELEMENT);
      b.three("FSUB", g, g, sum);
      b.three("FMUL", g, y, g);
      give(b, g);
    }),
  add: ({ input, other, output }) =>
    one(output, (b) => {
      b.load(1, input, ELEMENT);
      b.load(2, other, ELEMENT);
      b.three("FADD", 1, 1, 2);
      give(b, 1);
    }),
  copy: ({ input, output }) =>
    one(output, (b) => {
      b.load(1, input, ELEMENT);
      give(b, 1);
    }),
  dropout: ({ stream, keep, input, output }) => one(output, (b) => drop(b, { stream, keep, slot: input })),
  dropoutBackward: ({ stream, keep, gradient }) => one(gradient, (b) => drop(b, { stream, keep, slot: gradient })),
};

interface Dropping {
  readonly stream: number;
  readonly keep: number;
  readonly slot: Slot;
}

/** Stream 0 of the terms is the batch order's: the program's streams follow it. Training is always on in a step. */
function drop(b: CodeBuilder, { stream, keep, slot }: Dropping): void {
  const [c0, c1, c2, c3, k0, k1, t] = [1, 2, 3, 4, 5, 6, 9];
  const key = (rd: number, at: number): void => b.with("KEY", rd, 0, 4 * (stream + 1) + at);
  b.with("SHRI", c0, ELEMENT, 2);
  b.with("CONTEXT", c1, 0, STEP);
  key(k0, 0);
  key(k1, 1);
  key(c2, 2);
  key(c3, 3);
  philox(b, [c0, c1, c2, c3], [k0, k1], [7, 8, t]);
  const chosen = b.label();
  b.with("ANDI", t, ELEMENT, 3);
  for (const next of [c1, c2, c3]) {
    b.jumpCompare("JEQ", t, ZERO, chosen);
    b.move(c0, next);
    b.with("ADDI", t, t, -1);
  }
  b.place(chosen);
  b.with("SHRI", c0, c0, 8);
  b.integer(t, dropoutThreshold(keep));
  const kept = b.label();
  b.jumpCompare("JLT", c0, t, kept);
  give(b, ZERO);
  b.place(kept);
  b.load(c1, slot, ELEMENT);
  b.number(t, dropoutScale(keep));
  b.three("FMUL", c1, c1, t);
  give(b, c1);
}
