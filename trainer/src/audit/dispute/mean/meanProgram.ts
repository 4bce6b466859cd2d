/**
 * The mean by samples as the dispute game sees it: for each parameter tensor, code that computes one element of it from the accepted
 * updates. The same for every round, so that a task's owner fixes it once.
 *
 * @see docs/disputes.md, section 11
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { encodeAbiParameters } from "viem/utils";
import type { TrainingProgram } from "../../../engine/program.ts";
import { heightOf } from "../../../engine/stateRoot.ts";
import { fromHex, type Hex, toHex } from "../../../protocol/hex.ts";
import { CodeBuilder, ELEMENT, RESULT } from "../codeBuilder.ts";
import { hashWrite } from "../disputeProgram.ts";
import { encodeInstruction, type Instruction, type SlotAddress } from "../instruction.ts";
import { listTree, type Tree } from "../trees.ts";

/** As `struct AggregateTerms` of the contracts. */
export interface MeanTerms {
  readonly programRoot: Hex;
  readonly slots: number;
  readonly heightW: number;
}

/** One parameter tensor. */
export interface MeanTensor {
  readonly name: string;
  readonly address: SlotAddress;
  readonly code: readonly Instruction[];
  readonly codeTree: Tree;
}

export interface MeanProgram {
  /** In ascending order of their names. */
  readonly tensors: readonly MeanTensor[];
  readonly tree: Tree;
  readonly terms: MeanTerms;
}

/** Numbers of CONTEXT in a mean. */
const UPDATES = 0;
const TOTAL = 1;

/** @returns what everybody computes from the plan. */
export function meanProgram({ parameters }: Pick<TrainingProgram, "parameters">): MeanProgram {
  const named = parameters.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const heightW = heightOf(named.length);
  const tensors = named.map(({ name, value }, path): MeanTensor => {
    const address = { path, depth: heightW, length: value.length };
    const code = meanCode(address);
    return { name, address, code, codeTree: listTree(code.map(encodeInstruction)) };
  });
  const tree = listTree(tensors.map(hashWrite));
  return { tensors, tree, terms: { programRoot: toHex(tree.root), slots: tensors.length, heightW } };
}

/** `(Σ nₖ·wₖ) / N`, from +0, updates in ascending order of address. Source: docs/canonical-arithmetic.md, section 13. */
function meanCode(slot: SlotAddress): readonly Instruction[] {
  const [update, updates, weight, word, total] = [1, 2, 3, 4, 5];
  const code = new CodeBuilder(() => slot);
  code.emit("CONTEXT", { rd: updates!, imm: UPDATES });
  const [start, end] = [code.label(), code.label()];
  code.place(start);
  code.jumpCompare("JGE", update!, updates!, end);
  code.emit("LOADU", { rd: word!, ra: ELEMENT, rb: update!, slot });
  code.emit("WEIGHT", { rd: weight!, ra: update! });
  code.three("FMAC", RESULT, weight!, word!);
  code.with("ADDI", update!, update!, 1);
  code.jump(start);
  code.place(end);
  code.emit("CONTEXT", { rd: total!, imm: TOTAL });
  code.three("FDIV", RESULT, RESULT, total!);
  return code.finish();
}

/** `keccak256(abi.encode(AggregateTerms))`: what the owner fixes. */
export function hashMeanTerms({ programRoot, slots, heightW }: MeanTerms): Hex {
  const types = [{ type: "bytes32" }, { type: "uint32" }, { type: "uint8" }] as const;
  return toHex(keccak_256(fromHex(encodeAbiParameters(types, [programRoot, slots, heightW]))));
}
