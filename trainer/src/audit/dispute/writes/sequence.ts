/** Writes of layer norms and embeddings. @see ../writes.ts */
import { ELEMENT } from "../codeBuilder.ts";
import { give } from "../functions.ts";
import { count, type Kinds, one } from "./parts.ts";

export const sequenceWrites: Pick<
  Kinds,
  "layerNorm" | "layerNormBackwardInput" | "layerNormBackwardWeight" | "embedding" | "embeddingBackward"
> = {
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
};
