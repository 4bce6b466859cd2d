/**
 * A training program as the dispute game sees it: slots with addresses, a step as a list of writes, and the terms that a
 * task's owner fixes. Pure: plan, data set and shards decide every bit.
 *
 * @see docs/disputes.md, sections 2, 3 and 6
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { encodeAbiParameters } from "viem/utils";
import { slotRoot } from "../../engine/merkleModule.ts";
import type { Slot } from "../../engine/operations/slot.ts";
import type { TrainingProgram } from "../../engine/program.ts";
import { emptyRoot, heightOf, listRoot, slotHeight } from "../../engine/stateRoot.ts";
import { createStepContexts } from "../../engine/stepContext.ts";
import { fromHex, type Hex, toHex } from "../../protocol/hex.ts";
import { bitsOf } from "./codeBuilder.ts";
import { type DataPlan, dataWrites } from "./dataWrites.ts";
import { encodeInstruction, type Instruction, type SlotAddress } from "./instruction.ts";
import { listTree, type Tree, zeroRoot } from "./trees.ts";
import { codeOf, type WritePlan, writesOf } from "./writes.ts";

/** One write of a step. */
export interface ProgramWrite {
  readonly slot: Slot;
  readonly address: SlotAddress;
  readonly code: readonly Instruction[];
  readonly codeTree: Tree;
  /** Index of the operation; −1 for what is read from the data. */
  readonly operation: number;
  /** For people: `layers.1, matmul`. */
  readonly title: string;
}

/** As `struct Terms` of the contracts. */
export interface Terms {
  readonly steps: number;
  readonly programRoot: Hex;
  readonly writes: number;
  readonly heightW: number;
  readonly heightO: number;
  readonly heightT: number;
  readonly initialO: Hex;
  readonly initialT: Hex;
  readonly contextRoot: Hex;
  readonly streamsRoot: Hex;
  readonly shardsRoot: Hex;
  readonly shards: number;
  readonly recordPrefix: Hex;
  readonly hasPrefix: boolean;
}

export interface DisputeProgram {
  readonly program: TrainingProgram;
  readonly writes: readonly ProgramWrite[];
  readonly writeTree: Tree;
  /** Parameters, optimiser state and all other slots, each in the order of their tree. */
  readonly groups: { readonly w: readonly Slot[]; readonly o: readonly Slot[]; readonly t: readonly Slot[] };
  readonly addressOf: (slot: Slot) => SlotAddress;
  readonly contexts: readonly Uint32Array[];
  readonly contextTree: Tree;
  readonly streams: readonly string[];
  readonly streamTree: Tree;
  readonly shards: readonly Uint32Array[];
  readonly shardTree: Tree;
  readonly terms: Terms;
}

export interface DisputeInputs {
  readonly program: TrainingProgram;
  readonly steps: number;
  readonly shards: readonly Uint32Array[];
  readonly data: DataPlan;
  /** What the data set's leaves begin with; empty in form v1. */
  readonly recordPrefix: Uint8Array;
}

/** @returns everything that is fixed before a round. Cost: one hash for every 16 record numbers and one a step. */
export function disputeProgram({ program, steps, shards, data, recordPrefix }: DisputeInputs): DisputeProgram {
  const byName = <N extends { readonly name: string; readonly value: Slot }>(list: readonly N[]): Slot[] =>
    list.toSorted((left, right) => (left.name < right.name ? -1 : 1)).map(({ value }) => value);
  const planned = plannedWrites(program, data);
  const [w, o] = [byName(program.parameters), byName(program.optimiserState)];
  const learnt = new Set([...w, ...o]);
  const t = [...new Set(planned.map(({ plan }) => plan.slot).filter((slot) => !learnt.has(slot)))];
  const heights = { w: heightOf(w.length), o: heightOf(o.length), t: heightOf(t.length) };
  const addresses = new Map<Slot, SlotAddress>();
  const address = (slots: readonly Slot[], depth: number, first: number): void =>
    slots.forEach((slot, k) => void addresses.set(slot, { path: first + k, depth, length: slot.length }));
  address(w, 2 + heights.w, 0);
  address(o, 2 + heights.o, 2 ** heights.o);
  address(t, 1 + heights.t, 2 ** heights.t);
  const addressOf = (slot: Slot): SlotAddress => addresses.get(slot)!;
  const writes = planned.map(({ plan, operation, title }): ProgramWrite => {
    const code = codeOf(plan, addressOf);
    return {
      ...{ slot: plan.slot, address: addressOf(plan.slot), code, operation, title },
      codeTree: listTree(code.map(encodeInstruction)),
    };
  });
  const writeTree = listTree(writes.map(hashWrite));
  const contexts = contextsOf(program, steps);
  const contextTree = listTree(contexts.map(hashContext));
  const streams = ["batch-order", ...program.streams];
  const streamTree = listTree(streams.map((name) => keccak_256(new TextEncoder().encode(name))));
  const shardTree = listTree(shards.map((shard) => hashShard(shard.length, slotRoot(shard))));
  const zeros = (slots: readonly Slot[]): Hex =>
    toHex(listRoot(slots.map(({ length }) => zeroRoot(slotHeight(length)))));
  const terms: Terms = {
    ...{ steps, programRoot: toHex(writeTree.root), writes: writes.length },
    ...{ heightW: heights.w, heightO: heights.o, heightT: heights.t },
    ...{ initialO: o.length === 0 ? toHex(emptyRoot(0)) : zeros(o), initialT: zeros(t) },
    ...{ contextRoot: toHex(contextTree.root), streamsRoot: toHex(streamTree.root) },
    ...{ shardsRoot: toHex(shardTree.root), shards: shards.length },
    recordPrefix: toHex(recordPrefix.length === 0 ? new Uint8Array(32) : recordPrefix),
    hasPrefix: recordPrefix.length > 0,
  };
  return {
    ...{ program, writes, writeTree, groups: { w, o, t }, addressOf, contexts, contextTree },
    ...{ streams, streamTree, shards, shardTree, terms },
  };
}

interface PlannedWrite {
  readonly plan: WritePlan;
  readonly operation: number;
  readonly title: string;
}

function plannedWrites(program: TrainingProgram, data: DataPlan): PlannedWrite[] {
  const read = dataWrites(program, data).map((plan) => ({ plan, operation: -1, title: `data, ${plan.slot.name}` }));
  const computed = program.operations.flatMap((operation, at) =>
    writesOf(operation).map((plan) => ({ plan, operation: at, title: `${program.owners[at]}, ${operation.kind}` })),
  );
  return [...read, ...computed];
}

/** `keccak256(abi.encode(Write))`. */
export function hashWrite({ address, codeTree }: Pick<ProgramWrite, "address" | "codeTree">): Uint8Array {
  const { path, depth, length } = address;
  const types = [
    { type: "uint32" },
    { type: "uint8" },
    { type: "uint32" },
    { type: "bytes32" },
    { type: "uint8" },
  ] as const;
  return keccak_256(fromHex(encodeAbiParameters(types, [path, depth, length, toHex(codeTree.root), codeTree.height])));
}

function contextsOf(program: TrainingProgram, steps: number): Uint32Array[] {
  const contexts = createStepContexts(program);
  contexts.key(new Uint8Array(32)); // rates do not depend on it
  return Array.from({ length: steps }, (_, step) => {
    const { rate, firstCorrection, secondCorrection } = contexts.ofStep(step);
    return Uint32Array.of(step, bitsOf(rate), bitsOf(firstCorrection), bitsOf(secondCorrection));
  });
}

/** `keccak256(abi.encode(step, rate, c1, c2))`, spelt out: a task may have a million of them. */
function hashContext(context: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  context.forEach((word, i) => void view.setUint32(32 * i + 28, word));
  return keccak_256(bytes);
}

function hashShard(count: number, root: Uint8Array): Uint8Array {
  const types = [{ type: "uint32" }, { type: "bytes32" }] as const;
  return keccak_256(fromHex(encodeAbiParameters(types, [count, toHex(root)])));
}

const TERMS_TYPES = [
  ...(["uint32", "bytes32", "uint32", "uint8", "uint8", "uint8", "bytes32", "bytes32", "bytes32"] as const),
  ...(["bytes32", "bytes32", "uint32", "bytes32", "bool"] as const),
].map((type) => ({ type }));

/** `keccak256(abi.encode(Terms))`: what the owner fixes. */
export function hashTerms(terms: Terms): Hex {
  const values = [
    ...[terms.steps, terms.programRoot, terms.writes, terms.heightW, terms.heightO, terms.heightT, terms.initialO],
    ...[terms.initialT, terms.contextRoot, terms.streamsRoot, terms.shardsRoot, terms.shards, terms.recordPrefix],
    terms.hasPrefix,
  ];
  return toHex(keccak_256(fromHex(encodeAbiParameters(TERMS_TYPES, values))));
}
