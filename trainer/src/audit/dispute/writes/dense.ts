/** Writes of dense layers. @see ../writes.ts */
import type { MatrixView } from "../../../engine/operations/slot.ts";
import { type CodeBuilder, ELEMENT } from "../codeBuilder.ts";
import { give } from "../functions.ts";
import { finish, type Kinds, one } from "./parts.ts";

export const denseWrites: Pick<Kinds, "matmul" | "addBias" | "columnSums"> = {
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
};

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
