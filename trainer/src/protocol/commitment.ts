/**
 * The hashes that the round's contract checks, mirrored once. Pure.
 *
 * Golden vectors (`test/vectors/commitments.json`) pin this file and `contracts/libraries` to each other.
 */
import { type Address, encodeAbiParameters, keccak256, stringToBytes } from "viem";
import type { Hex } from "./hex.ts";

/** Which contract, task and round a commitment is for; nobody can replay it elsewhere. */
export interface CommitmentScope {
  readonly chainId: bigint;
  readonly flContract: Address;
  readonly taskId: bigint;
  readonly round: number;
  readonly sender: Address;
}

export interface UpdateOpening {
  readonly updateDigest: Hex;
  /** Unit: bytes. */
  readonly byteLength: number;
  readonly traceRoot: Hex;
  readonly sampleCount: number;
  /** 32 random bytes. Losing them between commit and reveal costs stake: write them to disk first. */
  readonly salt: Hex;
}

export interface VerdictOpening {
  /** 0 for the first committee, 1 for the one drawn anew. */
  readonly attempt: number;
  /** Bit `i` set: update `i` was replayed and matched. */
  readonly acceptedBitmap: bigint;
  readonly evidence: Hex;
  readonly salt: Hex;
}

export const UPDATE_DOMAIN: Hex = keccak256(stringToBytes("cairn.update.v1"));
export const VERDICT_DOMAIN: Hex = keccak256(stringToBytes("cairn.verdict.v1"));

const SCOPE = [
  { type: "bytes32" },
  { type: "uint256" },
  { type: "address" },
  { type: "uint256" },
  { type: "uint32" },
] as const;

const UPDATE = [
  ...SCOPE,
  { type: "address" },
  { type: "bytes32" },
  { type: "uint32" },
  { type: "bytes32" },
  { type: "uint32" },
  { type: "bytes32" },
] as const;

const VERDICT = [
  ...SCOPE,
  { type: "uint8" },
  { type: "address" },
  { type: "uint256" },
  { type: "bytes32" },
  { type: "bytes32" },
] as const;

/** @returns what `FLContract.commitUpdate` takes; `revealUpdate` with `opening` then passes. */
export function updateCommitment(scope: CommitmentScope, opening: UpdateOpening): Hex {
  const { chainId, flContract, taskId, round, sender } = scope;
  const { updateDigest, byteLength, traceRoot, sampleCount, salt } = opening;
  return keccak256(
    encodeAbiParameters(UPDATE, [
      UPDATE_DOMAIN,
      chainId,
      flContract,
      taskId,
      round,
      sender,
      updateDigest,
      byteLength,
      traceRoot,
      sampleCount,
      salt,
    ]),
  );
}

/** @returns what `FLContract.commitVerdict` takes; `revealVerdict` with `opening` then passes. */
export function verdictCommitment(scope: CommitmentScope, opening: VerdictOpening): Hex {
  const { chainId, flContract, taskId, round, sender } = scope;
  const { attempt, acceptedBitmap, evidence, salt } = opening;
  return keccak256(
    encodeAbiParameters(VERDICT, [
      VERDICT_DOMAIN,
      chainId,
      flContract,
      taskId,
      round,
      attempt,
      sender,
      acceptedBitmap,
      evidence,
      salt,
    ]),
  );
}
