/** What the last instruction reads, with its proof: what DisputeReads.sol asks for, for every instruction. */
import { nodeHash, slotRoot } from "../../engine/merkleModule.ts";
import type { Slot } from "../../engine/operations/slot.ts";
import { concatBytes, type Hex, toHex } from "../../protocol/hex.ts";
import type { DisputeProgram } from "./disputeProgram.ts";
import type { Memory, RunAnswers } from "./disputeRun.ts";
import type { Reading } from "./game.ts";
import { WORDS_PER_LEAF } from "./game.ts";
import type { Instruction, SlotAddress } from "./instruction.ts";
import type { MachineState, MachineWorld } from "./machine.ts";
import { leafBytes, slotTree } from "./trees.ts";

/** The siblings on the way from a record to the data set's root. */
export type RecordPath = (record: number) => readonly Hex[];

/** The machine before its last step, and what it looks at. */
export interface Moment {
  /** Of the training. */
  readonly step: number;
  readonly state: MachineState;
  /** Absent beyond the code, where nothing is read. */
  readonly instruction: Instruction | undefined;
  /** Before the write. */
  readonly before: Memory;
  readonly world: MachineWorld;
}

const NOTHING: Reading = { data: "0x", path: [], innerPath: [] };
/** Number of the CONTEXT that is the shard's size. */
const SHARD_SIZE = 4;

/** @returns what `moment.instruction` reads; empty where it reads nothing, or beyond an end, where all is 0. */
export function readingOf(run: RunAnswers, moment: Moment, recordPath: RecordPath): Reading {
  const { step, state, instruction, before, world } = moment;
  if (instruction === undefined) return NOTHING;
  const { op, ra, imm, slot } = instruction;
  const index = state.registers[ra]!;
  switch (op) {
    case "LOAD":
      return index < slot!.length ? loadReading(run.program, before, slot!, index) : NOTHING;
    case "CONTEXT":
      if (imm === SHARD_SIZE) return shardReading(run);
      return imm === 0 || imm > SHARD_SIZE ? NOTHING : contextReading(run.program, step);
    case "KEY":
      return keyReading(run.program, Math.floor(imm / 4));
    case "SHARD": {
      const reading = shardReading(run);
      return index < world.shard.length ? shardWordReading(reading, world.shard, index) : reading;
    }
    case "BYTE": {
      const record = run.recordBytes(index);
      return record === undefined ? NOTHING : { ...NOTHING, data: toHex(record), path: recordPath(index) };
    }
    default:
      return NOTHING;
  }
}

function loadReading(program: DisputeProgram, before: Memory, address: SlotAddress, index: number): Reading {
  const own = [...before.words.keys()].find((candidate) => {
    const { path, depth } = program.addressOf(candidate);
    return path === address.path && depth === address.depth;
  })!;
  const words = before.words.get(own)!;
  const leaf = Math.floor(index / WORDS_PER_LEAF);
  const path = [...slotTree(words).path(leaf), ...memoryPath(program, before, own)];
  return { ...NOTHING, data: toHex(leafBytes(words, leaf)), path: path.map(toHex) };
}

/** @returns siblings on the way from a slot's root to the memory's. */
export function memoryPath({ groups }: DisputeProgram, { w, o, t }: Memory, slot: Slot): Uint8Array[] {
  const [inW, inO, inT] = [groups.w.indexOf(slot), groups.o.indexOf(slot), groups.t.indexOf(slot)];
  if (inW >= 0) return [...w.path(inW), o.root, t.root];
  if (inO >= 0) return [...o.path(inO), w.root, t.root];
  return [...t.path(inT), nodeHash(w.root, o.root)];
}

function contextReading({ contexts, contextTree }: DisputeProgram, step: number): Reading {
  const data = toHex(concatBytes(...Array.from(contexts[step]!, uint256)));
  return { ...NOTHING, data, path: contextTree.path(step).map(toHex) };
}

function keyReading({ streams, streamTree }: DisputeProgram, stream: number): Reading {
  const data = toHex(new TextEncoder().encode(streams[stream]!));
  return { ...NOTHING, data, path: streamTree.path(stream).map(toHex) };
}

function shardReading({ program, shard }: RunAnswers): Reading {
  const records = program.shards[shard]!;
  const data = toHex(concatBytes(uint256(records.length), slotRoot(records)));
  return { ...NOTHING, data, path: program.shardTree.path(shard).map(toHex) };
}

function shardWordReading({ data, path }: Reading, shard: Uint32Array, index: number): Reading {
  const leaf = Math.floor(index / WORDS_PER_LEAF);
  const words = toHex(leafBytes(shard, leaf)).slice(2);
  return { data: `${data}${words}`, path, innerPath: slotTree(shard).path(leaf).map(toHex) };
}

function uint256(word: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, word);
  return bytes;
}
