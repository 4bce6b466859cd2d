/**
 * Writes of losses, clipping and optimisers. @see ../writes.ts
 *
 * Longer than usual: a list of operations, each a straight sequence of instructions.
 */
import type { Slot } from "../../../engine/operations/slot.ts";
import { type CodeBuilder, ELEMENT, ZERO } from "../codeBuilder.ts";
import { exp, give, log } from "../functions.ts";
import { count, FIRST, type Kinds, one, RATE, rowExponentials, rowMost, rowStart, SECOND } from "./parts.ts";

const { fround } = Math;

export const learningWrites: Pick<
  Kinds,
  "softmaxCrossEntropy" | "meanSquaredError" | "squareSum" | "clipFactor" | "scale" | "sgd" | "sgdMomentum" | "adamW"
> = {
  softmaxCrossEntropy: ({ rows, columns, logits, targets, gradient, loss }) => [
    {
      slot: loss,
      write(b) {
        const [row, from, most, sum, total, x, t] = [1, 2, 3, 4, 5, 6, 7];
        b.loopTo(row, rows, t, () => {
          b.with("MULI", from, row, columns);
          rowMost(b, { most, from, columns, slot: logits }, [x, 8, 9, 10]);
          rowExponentials(b, { most, sum, from, columns, slot: logits }, [x, 8, 9, 10, 11, 12]);
          log(b, sum, sum, [8, 9, 10, 11]);
          b.load(t, targets, row);
          b.emit("F2I", { rd: t, ra: t });
          b.three("ADD", t, t, from);
          b.load(x, logits, t);
          b.three("FSUB", x, x, most);
          b.three("FSUB", sum, sum, x);
          b.three("FADD", total, total, sum);
        });
        count(b, t, rows);
        b.three("FDIV", total, total, t);
        give(b, total);
      },
    },
    {
      slot: gradient,
      write(b) {
        const [from, most, sum, x, t] = [1, 2, 3, 4, 5];
        const [other, done] = [b.label(), b.label()];
        rowStart(b, from, columns);
        rowMost(b, { most, from, columns, slot: logits }, [x, 6, 7, 8]);
        rowExponentials(b, { most, sum, from, columns, slot: logits }, [x, 6, 7, 8, 9, 10]);
        b.load(x, logits, ELEMENT);
        b.three("FSUB", x, x, most);
        exp(b, x, x, [6, 7, 8]);
        b.three("FDIV", x, x, sum);
        b.with("DIVI", t, ELEMENT, columns);
        b.load(t, targets, t);
        b.emit("F2I", { rd: t, ra: t });
        b.with("REMI", 6, ELEMENT, columns);
        b.jumpCompare("JNE", t, 6, other);
        b.number(t, 1);
        b.jump(done);
        b.place(other);
        b.integer(t, 0);
        b.place(done);
        b.three("FSUB", x, x, t);
        b.number(t, fround(1 / fround(rows)));
        b.three("FMUL", x, x, t);
        give(b, x);
      },
    },
  ],
  meanSquaredError: ({ outputs, targets, gradient, loss }) => [
    {
      slot: loss,
      write(b) {
        const [i, total, x, t] = [1, 2, 3, 4];
        b.loopTo(i, outputs.length, t, () => {
          b.load(x, outputs, i);
          b.load(t, targets, i);
          b.three("FSUB", x, x, t);
          b.three("FMAC", total, x, x);
        });
        count(b, t, outputs.length);
        b.three("FDIV", total, total, t);
        give(b, total);
      },
    },
    {
      slot: gradient,
      write(b) {
        b.load(1, outputs, ELEMENT);
        b.load(2, targets, ELEMENT);
        b.three("FSUB", 1, 1, 2);
        b.number(2, fround(2 / fround(outputs.length)));
        b.three("FMUL", 1, 1, 2);
        give(b, 1);
      },
    },
  ],
  squareSum: ({ gradient, sum, isFirst }) =>
    one(sum, (b) => {
      const [at, end, partial, total, x, t] = [1, 2, 3, 4, 5, 6];
      const [blocks, done] = [b.label(), b.label()];
      if (!isFirst) b.load(total, sum, ELEMENT);
      b.place(blocks);
      b.integer(t, gradient.length);
      b.jumpCompare("JGE", at, t, done);
      b.integer(partial, 0);
      b.with("ADDI", end, at, SQUARE_SUM_BLOCK);
      const [inner, innerDone] = [b.label(), b.label()];
      b.place(inner);
      b.jumpCompare("JGE", at, end, innerDone);
      b.jumpCompare("JGE", at, t, innerDone);
      b.load(x, gradient, at);
      b.three("FMAC", partial, x, x);
      b.with("ADDI", at, at, 1);
      b.jump(inner);
      b.place(innerDone);
      b.three("FADD", total, total, partial);
      b.jump(blocks);
      b.place(done);
      give(b, total);
    }),
  clipFactor: ({ maximum, sum, factor }) =>
    one(factor, (b) => {
      const [norm, most, t] = [1, 2, 3];
      const small = b.label();
      b.load(norm, sum, ELEMENT);
      b.emit("FSQRT", { rd: norm, ra: norm });
      b.number(most, maximum);
      b.three("FLT", t, most, norm);
      b.jumpUnless(t, small);
      b.three("FDIV", norm, most, norm);
      give(b, norm);
      b.place(small);
      b.number(norm, 1);
      give(b, norm);
    }),
  scale: ({ data, factor }) =>
    one(data, (b) => {
      b.load(1, data, ELEMENT);
      b.load(2, factor, ZERO);
      b.three("FMUL", 1, 1, 2);
      give(b, 1);
    }),
  sgd: ({ weightDecay, weight, gradient }) =>
    one(weight, (b) => {
      const [g, w, t] = [1, 2, 3];
      decayed(b, { g, weightDecay, weight, gradient }, [w, t]);
      b.load(w, weight, ELEMENT);
      b.with("CONTEXT", t, 0, RATE);
      b.three("FMUL", g, t, g);
      b.three("FSUB", w, w, g);
      give(b, w);
    }),
  sgdMomentum: ({ momentum, nesterov, weightDecay, weight, gradient, velocity }) => [
    {
      slot: velocity,
      write(b) {
        const [g, v, t] = [1, 2, 3];
        decayed(b, { g, weightDecay, weight, gradient }, [v, t]);
        b.load(v, velocity, ELEMENT);
        b.number(t, momentum);
        b.three("FMUL", v, t, v);
        b.three("FADD", v, v, g);
        give(b, v);
      },
    },
    {
      slot: weight,
      write(b) {
        const [d, g, w, t] = [1, 2, 3, 4];
        b.load(d, velocity, ELEMENT);
        if (nesterov) {
          decayed(b, { g, weightDecay, weight, gradient }, [w, t]);
          b.number(t, momentum);
          b.three("FMUL", d, t, d);
          b.three("FADD", d, g, d);
        }
        b.with("CONTEXT", t, 0, RATE);
        b.three("FMUL", d, t, d);
        b.load(w, weight, ELEMENT);
        b.three("FSUB", w, w, d);
        give(b, w);
      },
    },
  ],
  adamW: ({ beta1, beta2, epsilon, weightDecay, weight, gradient, firstMoment, secondMoment }) => [
    {
      slot: firstMoment,
      write(b) {
        b.load(1, firstMoment, ELEMENT);
        b.number(2, beta1);
        b.three("FMUL", 1, 2, 1);
        b.load(3, gradient, ELEMENT);
        b.number(2, fround(1 - beta1));
        b.three("FMUL", 3, 2, 3);
        b.three("FADD", 1, 1, 3);
        give(b, 1);
      },
    },
    {
      slot: secondMoment,
      write(b) {
        b.load(1, secondMoment, ELEMENT);
        b.number(2, beta2);
        b.three("FMUL", 1, 2, 1);
        b.load(3, gradient, ELEMENT);
        b.number(2, fround(1 - beta2));
        b.three("FMUL", 2, 2, 3);
        b.three("FMUL", 2, 2, 3);
        b.three("FADD", 1, 1, 2);
        give(b, 1);
      },
    },
    {
      slot: weight,
      write(b) {
        const [m, v, w, t] = [1, 2, 3, 4];
        b.load(v, secondMoment, ELEMENT);
        b.with("CONTEXT", t, 0, SECOND);
        b.three("FMUL", v, v, t);
        b.emit("FSQRT", { rd: v, ra: v });
        b.number(t, epsilon);
        b.three("FADD", v, v, t);
        b.load(m, firstMoment, ELEMENT);
        b.with("CONTEXT", t, 0, FIRST);
        b.three("FMUL", m, m, t);
        b.three("FDIV", m, m, v);
        b.load(w, weight, ELEMENT);
        if (weightDecay !== 0) {
          b.with("CONTEXT", t, 0, RATE);
          b.number(v, weightDecay);
          b.three("FMUL", v, t, v);
          b.number(t, 1);
          b.three("FSUB", v, t, v);
          b.three("FMUL", w, w, v);
        }
        b.with("CONTEXT", t, 0, RATE);
        b.three("FMUL", m, t, m);
        b.three("FSUB", w, w, m);
        give(b, w);
      },
    },
  ],
};

/** As in `engine/reference/learning.ts`. Unit: elements. */
const SQUARE_SUM_BLOCK = 1_024;

function decayed(
  b: CodeBuilder,
  {
    g,
    weightDecay,
    weight,
    gradient,
  }: { readonly g: number; readonly weightDecay: number; readonly weight: Slot; readonly gradient: Slot },
  [w, t]: readonly [number, number],
): void {
  b.load(g, gradient, ELEMENT);
  if (weightDecay === 0) return;
  b.load(w, weight, ELEMENT);
  b.number(t, weightDecay);
  b.three("FMUL", w, t, w);
  b.three("FADD", g, g, w);
}
