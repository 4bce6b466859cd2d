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
  /** Bit `i` set: update `i` nearly repeats an earlier one. @default 0n: none, and `revealVerdict` opens it */
  readonly duplicateBitmap?: bigint;
  readonly evidence: Hex;
  readonly salt: Hex;
}

export const UPDATE_DOMAIN: Hex = keccak256(stringToBytes("cairn.update.v1"));
export const VERDICT_DOMAIN: Hex = keccak256(stringToBytes("cairn.verdict.v1"));
export const MARKING_DOMAIN: Hex = keccak256(stringToBytes("cairn.marking.v1"));
export const PLANT_DOMAIN: Hex = keccak256(stringToBytes("cairn.plant.v1"));

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

const MARKING = [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }] as const;

const PLANT = [...SCOPE, { type: "address" }, { type: "bytes32" }] as const;

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

/** @returns what `FLContract.commitVerdict` takes; `revealVerdict`, or with marks `revealVerdictMarking`, then passes with `opening`. */
export function verdictCommitment(scope: CommitmentScope, opening: VerdictOpening): Hex {
  const { chainId, flContract, taskId, round, sender } = scope;
  const { attempt, acceptedBitmap, duplicateBitmap = 0n, evidence, salt } = opening;
  const verdict = keccak256(
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
  if (duplicateBitmap === 0n) return verdict;
  return keccak256(encodeAbiParameters(MARKING, [MARKING_DOMAIN, verdict, duplicateBitmap]));
}

/**
 * @returns the trace root of a planted error. It is the root of no training's trace, so a replay shows it at once, and
 * `salt` proves afterwards that it was planted: `FLContract.reportMissedPlant`.
 */
export function plantRoot({ chainId, flContract, taskId, round, sender }: CommitmentScope, salt: Hex): Hex {
  return keccak256(encodeAbiParameters(PLANT, [PLANT_DOMAIN, chainId, flContract, taskId, round, sender, salt]));
}
