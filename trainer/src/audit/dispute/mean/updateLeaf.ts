/** A leaf of the tree over what a mean knows of its updates. @see docs/disputes.md, section 11 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { encodeAbiParameters } from "viem/utils";
import { fromHex, type Hex } from "../../../protocol/hex.ts";

export interface UpdateLeaf {
  readonly updateDigest: Hex;
  /** Unit: bytes. */
  readonly byteLength: number;
  readonly sampleCount: number;
}

/** @returns `keccak256(abi.encode(UpdateLeaf))`. */
export function updateLeaf({ updateDigest, byteLength, sampleCount }: UpdateLeaf): Uint8Array {
  const types = [{ type: "bytes32" }, { type: "uint32" }, { type: "uint32" }] as const;
  return keccak_256(fromHex(encodeAbiParameters(types, [updateDigest, byteLength, sampleCount])));
}
