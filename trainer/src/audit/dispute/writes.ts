/**
 * The writes of every operation: which slots it sets, in which order, and the code that computes one element of each.
 *
 * Must give the bits of `engine/reference`: each code spells the operation's definition, sums in rising order from +0.
 *
 * @see docs/disputes.md, section 3
 */
import { dropoutScale, dropoutThreshold } from "../../engine/encodeProgram.ts";
import type { AttentionShape } from "../../engine/operations/sequence.ts";
import type { MatrixView, Slot } from "../../engine/operations/slot.ts";
import type { Window } from "../../engine/operations/window.ts";
import type { Operation } from "../../engine/operations.ts";
import { type AddressOf, CodeBuilder, ELEMENT, ZERO } from "./codeBuilder.ts";
import { exp, give, largest, log, normal, philox, rectify, tanh } from "./functions.ts";
import type { Instruction } from "./instruction.ts";

/** One slot that an operation sets. */
export interface WritePlan {
  readonly slot: Slot;
  /** Appends the code that computes element {@link ELEMENT} and halts. */
  readonly write: (b: CodeBuilder) => void;
}

/** @returns the code of a write. */
export function codeOf({ write }: WritePlan, addressOf: AddressOf): readonly Instruction[] {
  const builder = new CodeBuilder(addressOf);
  write(builder);
  return builder.finish();
}

const { fround } = Math;
type Kinds = {
  readonly [K in Operation["kind"]]: (operation: Extract<Operation, { readonly kind: K }>) => WritePlan[];
};

/** @returns the operation's writes in the order in which they happen. */
export function writesOf(operation: Operation): readonly WritePlan[] {
  return (WRITES[operation.kind] as (operation: Operation) => WritePlan[])(operation);
}

const one = (slot: Slot, write: (b: CodeBuilder) => void): WritePlan[] => [{ slot, write }];

/** `fl(n)` of a count, in a register. */
function count(b: CodeBuilder, rd: number, n: number): void {
  b.number(rd, fround(n));
}

const WRITES: Kinds = {
  matmul: ({ rows: _, columns, inner, left, right, out, bias, relu, mask }) =>
    one(out, (b) => {
      const [i, j, k, sum, x, y, t] = [1, 2, 3, 4, 5, 6, 7];
      b.with("DIVI", i, ELEMENT, columns);
      b.with("REMI", j, ELEMENT, columns);
      b.with("MULI", i, i, left.rowStride); // now where the row of the left factor begins, and the column of the right
      b.with("MULI", j, j, right.columnStride);
      b.loopTo(k, inner, t, () => {
        strided(b, { rd: x, start: i, k, stride: left.columnStride, view: left }, t);
        strided(b, { rd: y, start: j, k, stride: right.rowStride, view: right }, t);
        b.three("FMAC", sum, x, y);
      });
      finish(b, sum, { bias, columns, relu, mask }, [x, t]);
    }),
  addBias: ({ columns, bias, data, relu }) =>
    one(data, (b) => {
      const [sum, x, t] = [1, 2, 3];
      b.load(sum, data, ELEMENT);
      finish(b, sum, { bias, columns, relu, mask: undefined }, [x, t]);
    }),
  columnSums: ({ rows, columns, data, out }) =>
    one(out, (b) => {
      const [i, sum, x, t, at] = [1, 2, 3, 4, 5];
      b.move(at, ELEMENT);
      b.loopTo(i, rows, t, () => {
        b.load(x, data, at);
        b.three("FADD", sum, sum, x);
        b.with("ADDI", at, at, columns);
      });
      give(b, sum);
    }),
  conv2d: ({ window, filters, input, weight, bias, out, relu }) =>
    one(out, (b) => {
      const [row, k, sum, x, w, t] = [1, 2, 3, 4, 5, 6];
      const own = [7, 8, 9, 10] as const;
      const terms = window.size * window.size * window.channels;
      b.with("DIVI", row, ELEMENT, filters);
      b.loopTo(k, terms, t, () => {
        patch(b, { rd: x, row, term: k, window, input }, own);
        b.with("REMI", w, ELEMENT, filters);
        b.with("MULI", w, w, terms);
        b.three("ADD", w, w, k);
        b.load(w, weight, w);
        b.three("FMAC", sum, x, w);
      });
      finish(b, sum, { bias, columns: filters, relu, mask: undefined }, [x, t]);
    }),
  conv2dBackwardWeight: ({ window, filters, input, outGradient, weightGradient }) =>
    one(weightGradient, (b) => {
      const [row, term, sum, x, g, t] = [1, 2, 3, 4, 5, 6];
      const own = [7, 8, 9, 10] as const;
      const terms = window.size * window.size * window.channels;
      b.with("REMI", term, ELEMENT, terms);
      b.loopTo(row, window.batch * window.outHeight * window.outWidth, t, () => {
        patch(b, { rd: x, row, term, window, input }, own);
        b.with("DIVI", t, ELEMENT, terms);
        b.with("MULI", g, row, filters);
        b.three("ADD", g, g, t);
        b.load(g, outGradient, g);
        b.three("FMAC", sum, g, x);
      });
      give(b, sum);
    }),
  conv2dBackwardInput: ({ window, filters, weight, outGradient, inputGradient, mask }) =>
    one(inputGradient, (b) => {
      const [k, sum, x, w, t, u, v, f] = [1, 2, 3, 4, 5, 6, 7, 8];
      const { size, channels } = window;
      b.loopTo(k, size * size * filters, t, () => {
        b.with("DIVI", u, k, size * filters);
        b.with("DIVI", v, k, filters);
        b.with("REMI", v, v, size);
        b.with("REMI", f, k, filters);
        // weight[((f · size + size − 1 − u) · size + size − 1 − v) · channels + c]
        b.with("MULI", w, f, size);
        b.with("ADDI", w, w, size - 1);
        b.three("SUB", w, w, u);
        b.with("MULI", w, w, size);
        b.with("ADDI", w, w, size - 1);
        b.three("SUB", w, w, v);
        b.with("MULI", w, w, channels);
        b.with("REMI", t, ELEMENT, channels);
        b.three("ADD", w, w, t);
        b.load(w, weight, w);
        spread(b, { rd: x, u, v, f, window, filters, outGradient }, [t, 9, 10]);
        b.three("FMAC", sum, x, w);
      });
      finish(b, sum, { bias: undefined, columns: 1, relu: false, mask }, [x, t]);
    }),
  maxPool: ({ window, input, out }) =>
    one(out, (b) => {
      const [best, value] = [1, 2];
      argmax(b, { best, value, place: ELEMENT, window, input }, [3, 4, 5, 6, 7]);
      give(b, value);
    }),
  maxPoolBackward: ({ window, input, outGradient, inputGradient, mask }) =>
    one(inputGradient, (b) => {
      const [place, sum, x, t, best, value] = [1, 2, 3, 4, 5, 6];
      const { outHeight, outWidth, channels, height, width } = window;
      const places = outHeight * outWidth; // of one image, one channel
      const index = 7;
      b.loopTo(place, places, t, () => {
        const next = b.label();
        // output element ((n · places) + place) · channels + c
        b.with("DIVI", index, ELEMENT, height * width * channels);
        b.with("MULI", index, index, places);
        b.three("ADD", index, index, place);
        b.with("MULI", index, index, channels);
        b.with("REMI", t, ELEMENT, channels);
        b.three("ADD", index, index, t);
        argmax(b, { best, value, place: index, window, input }, [8, 9, 10, 11, t]);
        b.jumpCompare("JNE", best, ELEMENT, next);
        b.load(x, outGradient, index);
        b.three("FADD", sum, sum, x);
        b.place(next);
      });
      finish(b, sum, { bias: undefined, columns: 1, relu: false, mask }, [x, t]);
    }),
  averagePool: ({ window, input, out }) =>
    one(out, (b) => {
      const [uv, sum, x, t] = [1, 2, 3, 4];
      b.loopTo(uv, window.size * window.size, t, () => {
        under(b, { rd: x, place: ELEMENT, uv, window }, [5, 6]);
        b.load(x, input, x);
        b.three("FADD", sum, sum, x);
      });
      count(b, t, window.size * window.size);
      b.three("FDIV", sum, sum, t);
      give(b, sum);
    }),
  averagePoolBackward: ({ window, outGradient, inputGradient }) =>
    one(inputGradient, (b) => {
      const [place, uv, sum, x, t, index, at] = [1, 2, 3, 4, 5, 6, 7];
      const { outHeight, outWidth, channels, height, width, size } = window;
      const places = outHeight * outWidth;
      b.loopTo(place, places, t, () => {
        b.with("DIVI", index, ELEMENT, height * width * channels);
        b.with("MULI", index, index, places);
        b.three("ADD", index, index, place);
        b.with("MULI", index, index, channels);
        b.with("REMI", t, ELEMENT, channels);
        b.three("ADD", index, index, t);
        b.integer(uv, 0);
        b.loopTo(uv, size * size, t, () => {
          const next = b.label();
          under(b, { rd: at, place: index, uv, window }, [8, 9]);
          b.jumpCompare("JNE", at, ELEMENT, next);
          b.load(x, outGradient, index);
          count(b, t, size * size);
          b.three("FDIV", x, x, t);
          b.three("FADD", sum, sum, x);
          b.place(next);
        });
      });
      give(b, sum);
    }),
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
  layerNorm: ({ columns, input, weight, bias, output, mean, scale }) => [
    {
      slot: mean,
      write(b) {
        const [from, j, sum, x, t] = [1, 2, 3, 4, 5];
        b.with("MULI", from, ELEMENT, columns);
        b.loopTo(j, columns, t, () => {
          b.three("ADD", t, from, j);
          b.load(x, input, t);
          b.three("FADD", sum, sum, x);
        });
        count(b, t, columns);
        b.three("FDIV", sum, sum, t);
        give(b, sum);
      },
    },
    {
      slot: scale,
      write(b) {
        const [from, j, sum, x, t, middle] = [1, 2, 3, 4, 5, 6];
        b.with("MULI", from, ELEMENT, columns);
        b.load(middle, mean, ELEMENT);
        b.loopTo(j, columns, t, () => {
          b.three("ADD", t, from, j);
          b.load(x, input, t);
          b.three("FSUB", x, x, middle);
          b.three("FMAC", sum, x, x);
        });
        count(b, t, columns);
        b.three("FDIV", sum, sum, t);
        b.number(t, 1e-5);
        b.three("FADD", sum, sum, t);
        b.emit("FSQRT", { rd: sum, ra: sum });
        b.number(t, 1);
        b.three("FDIV", sum, t, sum);
        give(b, sum);
      },
    },
    {
      slot: output,
      write(b) {
        const [row, j, x, t] = [1, 2, 3, 4];
        b.with("DIVI", row, ELEMENT, columns);
        b.with("REMI", j, ELEMENT, columns);
        b.load(x, input, ELEMENT);
        b.load(t, mean, row);
        b.three("FSUB", x, x, t);
        b.load(t, scale, row);
        b.three("FMUL", x, x, t);
        b.load(t, weight, j);
        b.three("FMUL", x, x, t);
        b.load(t, bias, j);
        b.three("FADD", x, x, t);
        give(b, x);
      },
    },
  ],
  layerNormBackwardInput: ({ columns, input, weight, mean, scale, outputGradient, inputGradient }) =>
    one(inputGradient, (b) => {
      const [row, from, j, sum, products, x, g, t, middle, factor] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
      b.with("DIVI", row, ELEMENT, columns);
      b.with("MULI", from, row, columns);
      b.load(middle, mean, row);
      b.load(factor, scale, row);
      const term = (index: number): void => {
        // x = h, g = t of the definition; index may be t
        b.load(x, input, index);
        b.load(g, outputGradient, index);
        b.with("REMI", t, index, columns);
        b.load(t, weight, t);
        b.three("FMUL", g, g, t);
        b.three("FSUB", x, x, middle);
        b.three("FMUL", x, x, factor);
      };
      b.loopTo(j, columns, t, () => {
        b.three("ADD", t, from, j);
        term(t);
        b.three("FADD", sum, sum, g);
        b.three("FMAC", products, g, x);
      });
      count(b, t, columns);
      b.three("FDIV", sum, sum, t);
      b.three("FDIV", products, products, t);
      term(ELEMENT);
      b.three("FSUB", g, g, sum);
      b.three("FMUL", x, x, products);
      b.three("FSUB", g, g, x);
      b.three("FMUL", g, g, factor);
      give(b, g);
    }),
  layerNormBackwardWeight: ({ rows, columns, input, mean, scale, outputGradient, weightGradient, biasGradient }) => [
    {
      slot: weightGradient,
      write(b) {
        const [i, sum, x, g, t, at] = [1, 2, 3, 4, 5, 6];
        b.move(at, ELEMENT);
        b.loopTo(i, rows, t, () => {
          b.load(x, input, at);
          b.load(t, mean, i);
          b.three("FSUB", x, x, t);
          b.load(t, scale, i);
          b.three("FMUL", x, x, t);
          b.load(g, outputGradient, at);
          b.three("FMAC", sum, g, x);
          b.with("ADDI", at, at, columns);
        });
        give(b, sum);
      },
    },
    {
      slot: biasGradient,
      write(b) {
        const [i, sum, g, t, at] = [1, 2, 3, 4, 5];
        b.move(at, ELEMENT);
        b.loopTo(i, rows, t, () => {
          b.load(g, outputGradient, at);
          b.three("FADD", sum, sum, g);
          b.with("ADDI", at, at, columns);
        });
        give(b, sum);
      },
    },
  ],
  embedding: ({ units, tokens, weight, output }) =>
    one(output, (b) => {
      const [token, t] = [1, 2];
      b.with("DIVI", token, ELEMENT, units);
      b.load(token, tokens, token);
      b.emit("F2I", { rd: token, ra: token });
      b.with("MULI", token, token, units);
      b.with("REMI", t, ELEMENT, units);
      b.three("ADD", token, token, t);
      b.load(t, weight, token);
      give(b, t);
    }),
  embeddingBackward: ({ rows, units, tokens, outputGradient, weightGradient }) =>
    one(weightGradient, (b) => {
      const [i, sum, x, t, own] = [1, 2, 3, 4, 5];
      b.with("DIVI", own, ELEMENT, units);
      b.loopTo(i, rows, t, () => {
        const next = b.label();
        b.load(t, tokens, i);
        b.emit("F2I", { rd: t, ra: t });
        b.jumpCompare("JNE", t, own, next);
        b.with("MULI", x, i, units);
        b.with("REMI", t, ELEMENT, units);
        b.three("ADD", x, x, t);
        b.load(x, outputGradient, x);
        b.three("FADD", sum, sum, x);
        b.place(next);
      });
      give(b, sum);
    }),
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

/** What CONTEXT reads. */
const STEP = 0;
const RATE = 1;
const FIRST = 2;
const SECOND = 3;
/** As in `engine/reference/learning.ts`. Unit: elements. */
const SQUARE_SUM_BLOCK = 1_024;

interface Strided {
  readonly rd: number;
  readonly start: number;
  readonly k: number;
  readonly stride: number;
  readonly view: MatrixView;
}

function strided(b: CodeBuilder, { rd, start, k, stride, view }: Strided, t: number): void {
  if (stride === 1) b.three("ADD", t, start, k);
  else {
    b.with("MULI", t, k, stride);
    b.three("ADD", t, t, start);
  }
  b.load(rd, view.slot, t);
}

interface Ending {
  readonly bias: Slot | undefined;
  readonly columns: number;
  readonly relu: boolean;
  readonly mask: Slot | undefined;
}

/** Bias, relu, mask, and the end. */
function finish(
  b: CodeBuilder,
  sum: number,
  { bias, columns, relu, mask }: Ending,
  [x, t]: readonly [number, number],
): void {
  if (bias !== undefined) {
    b.with("REMI", t, ELEMENT, columns);
    b.load(x, bias, t);
    b.three("FADD", sum, sum, x);
  }
  if (relu) rectify(b, sum, t);
  if (mask !== undefined) gate(b, sum, mask, [x, t]);
  give(b, sum);
}

/** `rd = slot[e] > 0 ? rd : +0`. */
function gate(b: CodeBuilder, rd: number, slot: Slot, [x, t]: readonly [number, number]): void {
  const open = b.label();
  b.load(x, slot, ELEMENT);
  b.three("FLT", t, ZERO, x);
  b.jumpIf(t, open);
  b.integer(rd, 0);
  b.place(open);
}

interface Patch {
  readonly rd: number;
  /** (n, y, x) as one number, and (u, v, c). */
  readonly row: number;
  readonly term: number;
  readonly window: Window;
  readonly input: Slot;
}

/** `rd = padded[n, y · stride + u, x · stride + v, c]`: rows and columns outside are below 0, and so large, as words. */
function patch(
  b: CodeBuilder,
  { rd, row, term, window, input }: Patch,
  s: readonly [number, number, number, number],
): void {
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = window;
  const [h, w, t, at] = s;
  const [outside, done] = [b.label(), b.label()];
  b.with("DIVI", h, row, outWidth);
  b.with("REMI", h, h, outHeight);
  b.with("MULI", h, h, stride);
  b.with("DIVI", t, term, size * channels);
  b.three("ADD", h, h, t);
  b.with("ADDI", h, h, -padding);
  b.integer(t, height);
  b.jumpCompare("JGE", h, t, outside);
  b.with("REMI", w, row, outWidth);
  b.with("MULI", w, w, stride);
  b.with("DIVI", t, term, channels);
  b.with("REMI", t, t, size);
  b.three("ADD", w, w, t);
  b.with("ADDI", w, w, -padding);
  b.integer(t, width);
  b.jumpCompare("JGE", w, t, outside);
  b.with("DIVI", at, row, outWidth * outHeight);
  b.with("MULI", at, at, height);
  b.three("ADD", at, at, h);
  b.with("MULI", at, at, width);
  b.three("ADD", at, at, w);
  b.with("MULI", at, at, channels);
  b.with("REMI", t, term, channels);
  b.three("ADD", at, at, t);
  b.load(rd, input, at);
  b.jump(done);
  b.place(outside);
  b.integer(rd, 0);
  b.place(done);
}

interface Spread {
  readonly rd: number;
  readonly u: number;
  readonly v: number;
  readonly f: number;
  readonly window: Window;
  readonly filters: number;
  readonly outGradient: Slot;
}

/** `rd = spread[n, h + u, w + v, f]` for the input element {@link ELEMENT} = (n, h, w, c). */
function spread(b: CodeBuilder, parts: Spread, [t, y, x]: readonly [number, number, number]): void {
  const { rd, u, v, f, window, filters, outGradient } = parts;
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = window;
  const before = size - 1 - padding;
  const [outside, done] = [b.label(), b.label()];
  const axis = (place: number, offset: number, divide: () => void, limit: number): void => {
    divide();
    b.three("ADD", place, place, offset);
    b.with("ADDI", place, place, -before); // below 0: large, as a word, and so out of range after the division, too
    b.with("REMI", t, place, stride);
    if (stride > 1) {
      b.with("SHRI", rd, place, 31);
      b.jumpIf(rd, outside); // below 0
      b.jumpIf(t, outside);
      b.with("DIVI", place, place, stride);
    }
    b.integer(t, limit);
    b.jumpCompare("JGE", place, t, outside);
  };
  axis(
    y,
    u,
    () => {
      b.with("DIVI", y, ELEMENT, channels * width);
      b.with("REMI", y, y, height);
    },
    outHeight,
  );
  axis(
    x,
    v,
    () => {
      b.with("DIVI", x, ELEMENT, channels);
      b.with("REMI", x, x, width);
    },
    outWidth,
  );
  b.with("DIVI", t, ELEMENT, channels * width * height);
  b.with("MULI", t, t, outHeight);
  b.three("ADD", t, t, y);
  b.with("MULI", t, t, outWidth);
  b.three("ADD", t, t, x);
  b.with("MULI", t, t, filters);
  b.three("ADD", t, t, f);
  b.load(rd, outGradient, t);
  b.jump(done);
  b.place(outside);
  b.integer(rd, 0);
  b.place(done);
}

interface Under {
  readonly rd: number;
  /** Index of the output element whose window it is. */
  readonly place: number;
  /** u · size + v. */
  readonly uv: number;
  readonly window: Window;
}

/** `rd` = index of the input element under a window. */
function under(b: CodeBuilder, { rd, place, uv, window }: Under, [t, s]: readonly [number, number]): void {
  const { height, width, channels, size, stride, outHeight, outWidth } = window;
  b.with("DIVI", rd, place, channels * outWidth * outHeight);
  b.with("MULI", rd, rd, height);
  b.with("DIVI", t, place, channels * outWidth);
  b.with("REMI", t, t, outHeight);
  b.with("MULI", t, t, stride);
  b.with("DIVI", s, uv, size);
  b.three("ADD", t, t, s);
  b.three("ADD", rd, rd, t);
  b.with("MULI", rd, rd, width);
  b.with("DIVI", t, place, channels);
  b.with("REMI", t, t, outWidth);
  b.with("MULI", t, t, stride);
  b.with("REMI", s, uv, size);
  b.three("ADD", t, t, s);
  b.three("ADD", rd, rd, t);
  b.with("MULI", rd, rd, channels);
  b.with("REMI", t, place, channels);
  b.three("ADD", rd, rd, t);
}

interface Argmax {
  readonly best: number;
  readonly value: number;
  readonly place: number;
  readonly window: Window;
  readonly input: Slot;
}

/** Where the largest value under a window is, the first of equals, and the value. */
function argmax(b: CodeBuilder, parts: Argmax, s: readonly [number, number, number, number, number]): void {
  const { best, value, place, window, input } = parts;
  const [uv, at, x, t, scratch] = s;
  b.integer(uv, 0);
  under(b, { rd: best, place, uv, window }, [at, x]);
  b.load(value, input, best);
  b.loopTo(uv, window.size * window.size, scratch, () => {
    const smaller = b.label();
    under(b, { rd: at, place, uv, window }, [x, t]);
    b.load(x, input, at);
    b.three("FLT", t, value, x);
    b.jumpUnless(t, smaller);
    b.move(value, x);
    b.move(best, at);
    b.place(smaller);
  });
}

function rowStart(b: CodeBuilder, from: number, columns: number): void {
  b.with("DIVI", from, ELEMENT, columns);
  b.with("MULI", from, from, columns);
}

interface Row {
  readonly most: number;
  readonly from: number;
  readonly columns: number;
  readonly slot: Slot;
}

function rowMost(
  b: CodeBuilder,
  { most, from, columns, slot }: Row,
  [x, j, t, s]: readonly [number, number, number, number],
): void {
  b.load(most, slot, from);
  b.integer(j, 0);
  b.loopTo(j, columns, t, () => {
    b.three("ADD", t, from, j);
    b.load(x, slot, t);
    largest(b, most, x, s);
  });
}

function rowExponentials(
  b: CodeBuilder,
  { most, sum, from, columns, slot }: Row & { readonly sum: number },
  [x, j, t, p, q, r]: readonly [number, number, number, number, number, number],
): void {
  b.integer(sum, 0);
  b.integer(j, 0);
  b.loopTo(j, columns, t, () => {
    b.three("ADD", t, from, j);
    b.load(x, slot, t);
    b.three("FSUB", x, x, most);
    exp(b, x, x, [p, q, r]);
    b.three("FADD", sum, sum, x);
  });
}

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
