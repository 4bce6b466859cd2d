/**
 * Writes of convolutions and pools. @see ../writes.ts
 *
 * Longer than usual: seven operations over the same windows.
 */
import type { Slot } from "../../../engine/operations/slot.ts";
import type { Window } from "../../../engine/operations/window.ts";
import { type CodeBuilder, ELEMENT } from "../codeBuilder.ts";
import { give } from "../functions.ts";
import { count, finish, type Kinds, one } from "./parts.ts";

export const windowWrites: Pick<
  Kinds,
  | "conv2d"
  | "conv2dBackwardWeight"
  | "conv2dBackwardInput"
  | "maxPool"
  | "maxPoolBackward"
  | "averagePool"
  | "averagePoolBackward"
> = {
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
};

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
