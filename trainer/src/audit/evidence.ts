/**
 * Proof that an auditor replayed: hashes of trace leaves, bound to its address, that only the work gives.
 *
 * An auditor that copies another's vote cannot copy this. It reveals no leaf, so it helps nobody else before the reveal.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes, fromHex, type Hex, toHex } from "../protocol/hex.ts";

/**
 * `keccak256(h₀ ‖ h₁ ‖ …)` with `hᵢ = keccak256(auditor ‖ leaf)`, one a replayed update in ascending order of index `i`;
 * the leaf is number `keccak256(committeeSeed ‖ uint32(i)) mod leaves` of that update's trace.
 *
 * The seed is fixed only after the updates are, so nobody knows beforehand which leaf counts.
 *
 * @param auditor 20 bytes.
 * @param traceLeaves by update index, as the auditor computed them; an empty list for an update that was never revealed.
 * @param committeeSeed 32 bytes.
 */
export function evidence(auditor: Hex, traceLeaves: readonly (readonly Hex[])[], committeeSeed: Hex): Hex {
  const address = fromHex(auditor, 20);
  const seed = fromHex(committeeSeed, 32);
  const bound = traceLeaves.flatMap((leaves, index) =>
    leaves.length === 0 ? [] : [keccak_256(concatBytes(address, chosenLeaf(leaves, index, seed)))],
  );
  return toHex(keccak_256(concatBytes(...bound)));
}

function chosenLeaf(leaves: readonly Hex[], updateIndex: number, seed: Uint8Array): Uint8Array {
  const index = new Uint8Array(4);
  new DataView(index.buffer).setUint32(0, updateIndex);
  const draw = BigInt(toHex(keccak_256(concatBytes(seed, index))));
  return fromHex(leaves[Number(draw % BigInt(leaves.length))]!, 32);
}
