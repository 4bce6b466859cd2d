/**
 * The writes of every operation: which slots it sets, in which order, and the code that computes one element of each.
 *
 * Must give the bits of `engine/reference`: each code spells the operation's definition, sums in rising order from +0.
 *
 * @see docs/disputes.md, section 3
 */
import type { Operation } from "../../engine/operations.ts";
import { type AddressOf, CodeBuilder } from "./codeBuilder.ts";
import type { Instruction } from "./instruction.ts";
import { attentionWrites } from "./writes/attention.ts";
import { denseWrites } from "./writes/dense.ts";
import { elementwiseWrites } from "./writes/elementwise.ts";
import { learningWrites } from "./writes/learning.ts";
import type { Kinds, WritePlan } from "./writes/parts.ts";
import { sequenceWrites } from "./writes/sequence.ts";
import { windowWrites } from "./writes/window.ts";

export type { WritePlan };

const WRITES: Kinds = {
  ...denseWrites,
  ...windowWrites,
  ...elementwiseWrites,
  ...sequenceWrites,
  ...attentionWrites,
  ...learningWrites,
};

/** @returns the operation's writes in the order in which they happen. */
export function writesOf(operation: Operation): readonly WritePlan[] {
  return (WRITES[operation.kind] as (operation: Operation) => WritePlan[])(operation);
}

/** @returns the code of a write. */
export function codeOf({ write }: WritePlan, addressOf: AddressOf): readonly Instruction[] {
  const builder = new CodeBuilder(addressOf);
  write(builder);
  return builder.finish();
}
