/**
 * The training plan: everything that a replay needs besides the data, as one canonical JSON document. Pure.
 *
 * Its SHA-256 stands in the task, so nobody can change the rules of a running task. What an architecture or a rule may
 * hold is the engine's and learning's business; here the frame is checked.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "./canonicalJson.ts";
import { TaggedError } from "./errors.ts";
import { concatBytes, fromHex, type Hex } from "./hex.ts";

export interface TrainingPlan {
  readonly schema: "cairn/plan/v1";
  /** Parsed by `engine/architecture.ts`. */
  readonly architecture: Json;
  /** Parsed by `engine`. Numbers are rounded to binary32 once. */
  readonly optimiser: Json;
  /** Examples a step. Range: 1…4,096. */
  readonly batchSize: number;
  /** Steps of local training a round. Range: 1…1,000,000. */
  readonly localSteps: number;
  /** A state hash enters the trace after every so many steps. Range: 1…localSteps. */
  readonly traceStride: number;
  readonly data: {
    /** Name of the data set, for people; the root is what binds. */
    readonly name: string;
    /** Merkle root over the records, as in `DataRegistry`. */
    readonly recordsRoot: Hex;
    /** Parsed by `learning/partition.ts`. */
    readonly partition: Json;
    /** Number of shards the training split is cut into; a trainer's slot is its shard. Range: 1…256. */
    readonly shards: number;
    /** 32 bytes that key the partition's randomness. */
    readonly partitionSeed: Hex;
    /** Which cohort of a group's the task is: the split is cut for all of them. Absent where the task is alone. */
    readonly cohort?: {
      /** Range: 0…of − 1. */
      readonly index: number;
      /** Cohorts that the split is cut for, each into `shards`. Range: 2…256. */
      readonly of: number;
    };
  };
  /** Parsed by `learning/aggregate.ts`. */
  readonly aggregation: Json;
  /** How updates travel. Parsed by `learning/compression/compression.ts`. @default whole weights */
  readonly compression?: Json;
}

export type PlanDetail = { readonly code: "PLAN_MALFORMED"; readonly path: string };

export class PlanError extends TaggedError<PlanDetail> {}

/** Unit: bytes. A plan is one IPFS block and one RPC answer; the largest sensible architecture is a few kilobytes. */
export const MAX_PLAN_BYTES = 262_144;

/** Source: Cohorts.MAX_COHORTS. */
export const MAX_COHORTS = 256;

/** @returns the document's canonical bytes; their SHA-256 is the task's `planDigest`. */
export function encodePlan(plan: TrainingPlan): Uint8Array {
  return encodeCanonicalJson(plan as unknown as Json);
}

/**
 * @returns the plan that `bytes` spell.
 * @throws {PlanError} `PLAN_MALFORMED` naming the first field that is missing, unknown or out of range
 * @throws {CanonicalJsonError} `JSON_MALFORMED` | `JSON_NOT_CANONICAL`
 */
export function decodePlan(bytes: Uint8Array): TrainingPlan {
  if (bytes.length > MAX_PLAN_BYTES) throw malformed("$", `longer than ${MAX_PLAN_BYTES} bytes`);
  const plan = record(decodeCanonicalJson(bytes), "$", FIELDS, ["compression"]);
  if (plan.schema !== "cairn/plan/v1") throw malformed("$.schema", "not cairn/plan/v1");
  const localSteps = integer(plan.localSteps, "$.localSteps", 1_000_000);
  integer(plan.batchSize, "$.batchSize", 4_096);
  integer(plan.traceStride, "$.traceStride", localSteps);
  const data = record(plan.data!, "$.data", DATA_FIELDS, ["cohort"]);
  if (typeof data.name !== "string") throw malformed("$.data.name", "not a string");
  integer(data.shards, "$.data.shards", 256);
  bytes32(data.recordsRoot, "$.data.recordsRoot");
  bytes32(data.partitionSeed, "$.data.partitionSeed");
  if (data.cohort !== undefined) requireCohort(data.cohort);
  return plan as unknown as TrainingPlan;
}

const FIELDS = ["schema", "architecture", "optimiser", "batchSize", "localSteps", "traceStride", "data", "aggregation"];
const DATA_FIELDS = ["name", "recordsRoot", "partition", "shards", "partitionSeed"];

function requireCohort(value: Json): void {
  const { index, of } = record(value, "$.data.cohort", ["index", "of"]);
  const cohorts = integer(of, "$.data.cohort.of", MAX_COHORTS);
  if (cohorts < 2) throw malformed("$.data.cohort.of", "less than 2");
  if (index !== 0) integer(index, "$.data.cohort.index", cohorts - 1);
}

function record(
  value: Json,
  path: string,
  fields: readonly string[],
  optional: readonly string[] = [],
): { readonly [key: string]: Json } {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw malformed(path, "not an object");
  const object = value as { readonly [key: string]: Json };
  for (const field of fields) if (!Object.hasOwn(object, field)) throw malformed(`${path}.${field}`, "missing");
  const known = [...fields, ...optional];
  for (const field of Object.keys(object)) if (!known.includes(field)) throw malformed(`${path}.${field}`, "unknown");
  return object;
}

function integer(value: Json | undefined, path: string, max: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > max) {
    throw malformed(path, `not a whole number from 1 to ${max}`);
  }
  return value;
}

function bytes32(value: Json | undefined, path: string): void {
  if (typeof value !== "string" || !/^0x[0-9a-f]{64}$/.test(value))
    throw malformed(path, "not 32 bytes of lower-case hex");
}

function malformed(path: string, problem: string): PlanError {
  return new PlanError({ code: "PLAN_MALFORMED", path }, `the plan's ${path} is ${problem}`);
}

/**
 * The seed of one trainer's round: `SHA-256("cairn.seed.v1" ‖ roundSeed ‖ uint256(taskId) ‖ uint32(round) ‖ uint16(slot))`.
 *
 * `roundSeed` is fixed on chain when the round opens, so nobody can search for a convenient batch order; the slot makes
 * two trainers' orders differ.
 */
export function trainingSeed(roundSeed: Hex, taskId: bigint, round: number, slot: number): Uint8Array {
  const numbers = new Uint8Array(38);
  numbers.set(fromHex(`0x${taskId.toString(16).padStart(64, "0")}`, 32));
  const view = new DataView(numbers.buffer);
  view.setUint32(32, round);
  view.setUint16(36, slot);
  return sha256(concatBytes(new TextEncoder().encode("cairn.seed.v1"), fromHex(roundSeed, 32), numbers));
}
