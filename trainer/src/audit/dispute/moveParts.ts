/** What moves of both kinds of game carry: words of a leaf, an instruction, a state of the machine, as the contracts take them. */
import { type Hex, toHex } from "../../protocol/hex.ts";
import type { ProgramWrite } from "./disputeProgram.ts";
import { type LastStep, WORDS_PER_LEAF } from "./game.ts";
import { encodeInstruction } from "./instruction.ts";
import type { MachineState } from "./machine.ts";
import { leafBytes } from "./trees.ts";

/** The first that differs; the part after the last point where none does. */
export function firstWrong(shown: readonly Hex[], own: readonly Hex[]): number {
  const at = shown.findIndex((point, i) => point.toLowerCase() !== own[i]);
  return at < 0 ? Math.min(shown.length, own.length) : at;
}

/** @returns which of the leaf's words differs first; its last one where none does. */
export function differingWord(own: readonly Hex[], shown: readonly Hex[]): number {
  const [ours, theirs] = [own, shown].map((words) => words.join("").replaceAll("0x", "").toLowerCase());
  let word = 0;
  while (word < WORDS_PER_LEAF - 1 && wordText(ours!, word) === wordText(theirs!, word)) word++;
  return word;
}

/** An instruction's word with its path; nothing where the code has no such place. */
export function proveInstruction(
  { code, codeTree }: Pick<ProgramWrite, "code" | "codeTree">,
  pc: number,
): LastStep["instruction"] {
  if (pc >= 2 ** codeTree.height) return { word: 0n, path: [] };
  const instruction = code[pc];
  const word = instruction === undefined ? 0n : BigInt(toHex(encodeInstruction(instruction)));
  return { word, path: codeTree.path(pc).map(toHex) };
}

export function packState({ pc, registers }: MachineState): LastStep["state"] {
  const pack = (from: number): bigint =>
    registers.slice(from, from + 8).reduce((word, register) => (word << 32n) | BigInt(register), 0n);
  return { pc, low: pack(0), high: pack(8) };
}

/** The 32 words of a leaf, eight in each of four words of the chain. */
export function leafWords(words: Uint32Array, leaf: number): Hex[] {
  const bytes = leafBytes(words, leaf);
  return [0, 32, 64, 96].map((from) => toHex(bytes.subarray(from, from + 32)));
}

/** Word `at` of a leaf's text without `0x`. */
function wordText(text: string, at: number): string {
  return text.slice(8 * at, 8 * at + 8);
}
