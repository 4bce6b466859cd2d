/** The first writes of a step: inputs and targets from the records that the batch order names. @see docs/disputes.md, section 7 */
import type { TrainingProgram } from "../../engine/program.ts";
import { type CodeBuilder, ELEMENT } from "./codeBuilder.ts";
import { give, philox } from "./functions.ts";
import type { WritePlan } from "./writes.ts";

/** How a record's bytes become numbers. */
export interface DataPlan {
  /** Of the training split in the data set. */
  readonly firstRecord: number;
  /** How many bytes name a class or a token: 1, or 2 little-endian. */
  readonly codeBytes: 1 | 2;
  /** Images: class, then pixels. Tokens: all but the last are the input, all but the first the target. */
  readonly layout: "images" | "tokens";
}

/** Words of stream 0 that KEY reads, and what CONTEXT 4 is. */
const SHARD_LENGTH = 4;

/** @returns the writes of `input` and `targets`. */
export function dataWrites(
  { input, targets, batchSize, inputSize, targetSize }: TrainingProgram,
  data: DataPlan,
): WritePlan[] {
  const { layout, codeBytes } = data;
  return [
    {
      slot: input,
      write(b) {
        const [record, at, t] = [1, 2, 3];
        recordOf(b, record, { size: inputSize, batchSize, data });
        b.with("REMI", at, ELEMENT, inputSize);
        if (layout === "tokens") {
          b.with("MULI", at, at, codeBytes);
          readCode(b, { rd: at, record, at, codeBytes }, t);
          b.emit("I2F", { rd: at, ra: at });
          give(b, at);
          return;
        }
        b.with("ADDI", at, at, codeBytes);
        b.three("BYTE", at, record, at);
        b.emit("I2F", { rd: at, ra: at });
        b.number(t, 255);
        b.three("FDIV", at, at, t);
        give(b, at);
      },
    },
    {
      slot: targets,
      write(b) {
        const [record, at, t] = [1, 2, 3];
        recordOf(b, record, { size: targetSize, batchSize, data });
        if (layout === "images") b.integer(at, 0);
        else {
          b.with("REMI", at, ELEMENT, targetSize);
          b.with("ADDI", at, at, 1);
          b.with("MULI", at, at, codeBytes);
        }
        readCode(b, { rd: at, record, at, codeBytes }, t);
        b.emit("I2F", { rd: at, ra: at });
        give(b, at);
      },
    },
  ];
}

interface Code {
  readonly rd: number;
  readonly record: number;
  readonly at: number;
  readonly codeBytes: 1 | 2;
}

function readCode(b: CodeBuilder, { rd, record, at, codeBytes }: Code, t: number): void {
  if (codeBytes === 1) {
    b.three("BYTE", rd, record, at);
    return;
  }
  b.with("ADDI", t, at, 1);
  b.three("BYTE", t, record, t);
  b.with("SHLI", t, t, 8);
  b.three("BYTE", rd, record, at);
  b.three("OR", rd, rd, t);
}

interface RecordPlace {
  /** Elements of an example in the slot. */
  readonly size: number;
  readonly batchSize: number;
  readonly data: DataPlan;
}

/** `rd` = the record that the element's row of the batch is of: `learning/batchOrder.ts` in the machine's code. */
function recordOf(b: CodeBuilder, rd: number, { size, batchSize, data }: RecordPlace): void {
  const [place, epoch, length, x, bits, left, right, t, s] = [2, 3, 4, 5, 6, 7, 8, 12, 13];
  const keys = [9, 10, 11, 1] as const;
  b.with("CONTEXT", place, 0, 0);
  b.with("MULI", place, place, batchSize);
  b.with("DIVI", t, ELEMENT, size);
  b.three("ADD", place, place, t);
  b.with("CONTEXT", length, 0, SHARD_LENGTH);
  b.three("DIV", epoch, place, length);
  b.three("REM", x, place, length);
  // The round keys: Philox block (epoch, 0, w2, w3) under (w0, w1).
  b.move(keys[0], epoch);
  b.integer(keys[1], 0);
  b.with("KEY", keys[2], 0, 2);
  b.with("KEY", keys[3], 0, 3);
  b.with("KEY", left, 0, 0);
  b.with("KEY", right, 0, 1);
  philox(b, keys, [left, right], [t, s, bits]);
  // The smallest h ≥ 3 with 4^h ≥ length.
  const [search, found] = [b.label(), b.label()];
  b.integer(bits, 3);
  b.place(search);
  b.three("ADD", t, bits, bits);
  b.integer(s, 1);
  b.three("SHL", s, s, t);
  b.jumpCompare("JGE", s, length, found);
  b.with("ADDI", bits, bits, 1);
  b.jump(search);
  b.place(found);
  const walk = b.label();
  b.place(walk);
  b.three("SHR", left, x, bits);
  b.three("SHL", right, left, bits);
  b.three("SUB", right, x, right);
  for (const key of keys) {
    b.three("XOR", t, right, key);
    b.with("SHRI", s, t, 16);
    b.three("XOR", t, t, s);
    b.with("MULI", t, t, 0x85ebca6b);
    b.with("SHRI", s, t, 13);
    b.three("XOR", t, t, s);
    b.with("MULI", t, t, 0xc2b2ae35);
    b.with("SHRI", s, t, 16);
    b.three("XOR", t, t, s);
    b.three("SHR", s, t, bits);
    b.three("SHL", s, s, bits);
    b.three("SUB", t, t, s); // modulo 2^h
    b.three("XOR", t, left, t);
    b.move(left, right);
    b.move(right, t);
  }
  b.three("SHL", x, left, bits);
  b.three("OR", x, x, right);
  b.jumpCompare("JGE", x, length, walk);
  b.emit("SHARD", { rd, ra: x });
  b.with("ADDI", rd, rd, data.firstRecord);
}
