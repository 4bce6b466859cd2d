/** Keccak-256 trees by `trainer/kernels/merkle`, about ten times as fast as JavaScript. The module is small enough to compile at once. */
import { MERKLE_BASE64 } from "./generated/merkle.ts";

interface MerkleKernels {
  readonly __heap_base: WebAssembly.Global<"i32">;
  slot_root(words: number, length: number, rows: number): void;
  node_hash(pair: number, out: number): void;
}

interface MerkleModule {
  readonly kernels: MerkleKernels;
  readonly memory: WebAssembly.Memory;
  readonly base: number;
}

const PAGE_BYTES = 65_536;
const HASH_BYTES = 32;
const LEAF_BYTES = 128;

let loaded: MerkleModule | undefined;

function merkleModule(): MerkleModule {
  if (loaded !== undefined) return loaded;
  const bytes = Uint8Array.from(atob(MERKLE_BASE64), (char) => char.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 2 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const kernels = exports as unknown as MerkleKernels;
  loaded = { kernels, memory, base: Math.ceil(kernels.__heap_base.value / 8) * 8 };
  return loaded;
}

/** @returns the root of the tree over a slot's words; see `stateRoot.ts`. Cost: one hash for every 16 words. */
export function slotRoot(words: Uint32Array): Uint8Array {
  const { kernels, memory, base } = merkleModule();
  const rows = base + Math.ceil(words.byteLength / 8) * 8;
  const end = rows + HASH_BYTES * (Math.ceil(words.byteLength / LEAF_BYTES) + 1);
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  new Uint32Array(memory.buffer, base, words.length).set(words);
  kernels.slot_root(base, words.length, rows);
  return new Uint8Array(memory.buffer, rows, HASH_BYTES).slice();
}

/** @returns `keccak256(left ‖ right)` of two hashes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const { kernels, memory, base } = merkleModule();
  const bytes = new Uint8Array(memory.buffer, base, 3 * HASH_BYTES);
  bytes.set(left);
  bytes.set(right, HASH_BYTES);
  kernels.node_hash(base, base + 2 * HASH_BYTES);
  return bytes.slice(2 * HASH_BYTES);
}
