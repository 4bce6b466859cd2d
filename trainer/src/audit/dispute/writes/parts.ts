/** What writes of several kinds share. */

import type { Slot } from "../../../engine/operations/slot.ts";
import type { Operation } from "../../../engine/operations.ts";
import { type CodeBuilder, ELEMENT, ZERO } from "../codeBuilder.ts";
import { exp, give, largest, rectify } from "../functions.ts";

/** One slot that an operation sets. */
export interface WritePlan {
  readonly slot: Slot;
  /** Appends the code that computes element {@link ELEMENT} and halts. */
  readonly write: (b: CodeBuilder) => void;
}

export type Kinds = {
  readonly [K in Operation["kind"]]: (operation: Extract<Operation, { readonly kind: K }>) => WritePlan[];
};

/** @returns the only write of an operation. */
export function one(slot: Slot, write: (b: CodeBuilder) => void): WritePlan[] {
  return [{ slot, write }];
}

/** `fl(n)` of a count, in a register. */
export function count(b: CodeBuilder, rd: number, n: number): void {
  b.number(rd, Math.fround(n));
}

/** What CONTEXT reads. */
export const STEP = 0;
export const RATE = 1;
export const FIRST = 2;
export const SECOND = 3;

export interface Ending {
  readonly bias: Slot | undefined;
  readonly columns: number;
  readonly relu: boolean;
  readonly mask: Slot | undefined;
}

/** Bias, relu, mask, and the end. */
export function finish(
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
export function gate(b: CodeBuilder, rd: number, slot: Slot, [x, t]: readonly [number, number]): void {
  const open = b.label();
  b.load(x, slot, ELEMENT);
  b.three("FLT", t, ZERO, x);
  b.jumpIf(t, open);
  b.integer(rd, 0);
  b.place(open);
}

export function rowStart(b: CodeBuilder, from: number, columns: number): void {
  b.with("DIVI", from, ELEMENT, columns);
  b.with("MULI", from, from, columns);
}

export interface Row {
  readonly most: number;
  readonly from: number;
  readonly columns: number;
  readonly slot: Slot;
}

export function rowMost(
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

export function rowExponentials(
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
