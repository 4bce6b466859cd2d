/**
 * The report of a round: what each trainer was worth, and who repeats whom, as one canonical JSON document. Pure.
 *
 * Auditors file its SHA-256 on chain (`RoundReports`). Everything in it follows from the chain, the round's files and the
 * task's test records by canonical arithmetic, so that honest auditors write the same bytes. Foreign bytes come through
 * {@link decodeRoundReport}: any of them give a report or a coded error.
 *
 * Longer than 250 lines: what the document holds and the check of each of its fields stand together.
 */
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "./canonicalJson.ts";
import { TaggedError } from "./errors.ts";
import type { Hex } from "./hex.ts";

/** Why an update was not accepted, or is not there: see docs/round-reports.md. */
export const REFUSAL_REASONS = ["notOpened", "missing", "malformed", "duplicate", "disputed", "noQuorum"] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The earlier update that an update nearly repeats. */
export interface Repetition {
  /** Its index. */
  readonly index: number;
  /** Between what the two changed. Range: 0.98 to 1, but for the last bits. */
  readonly cosine: number;
}

export interface ReportedTrainer {
  /** The update's bit in the round's bitmaps, the trainer's slot. Range: 0…255. */
  readonly index: number;
  /** Lower case. */
  readonly trainer: Hex;
  /** Absent where the update was accepted. */
  readonly refusal: RefusalReason | null;
  /** SHA-256 of the update's root block; `null` where it was not opened, and so for the two below. */
  readonly updateDigest: Hex | null;
  /** Unit: bytes. */
  readonly byteLength: number | null;
  /** Records that it says it saw. */
  readonly sampleCount: number | null;
  /**
   * By how much the loss of the mean of the accepted updates is lower with it: of an accepted one by the report's method, of a
   * refused one against all accepted. `null` where it can't be measured: it is not there, or the outputs overflow.
   */
  readonly contribution: number | null;
  readonly repeats: Repetition | null;
}

export interface RoundReport {
  readonly schema: "cairn/round-report/v1";
  readonly chainId: number;
  /** Lower case. */
  readonly flContract: Hex;
  readonly taskId: bigint;
  /** Range: 1…2³² − 1. */
  readonly round: number;
  readonly mode: "Replayable" | "Private";
  /** The plan's aggregation rule, as the plan says it. */
  readonly rule: Json;
  /** Of the task's model. */
  readonly baseVersion: bigint;
  /** The version that the round made; 0 where it could not be published. */
  readonly version: bigint;
  /** SHA-256 of the aggregate's root block. */
  readonly aggregateDigest: Hex;
  readonly contribution: {
    readonly method: "leaveOneOut" | "sampledShapley";
    /** Keys the sampled orders; the round's committee seed. */
    readonly seed: Hex;
    /** Of the contributions and the two values below: the mean loss over `records`. */
    readonly unit: "loss";
    /** Test records that were evaluated. */
    readonly records: number;
    /** Loss of the base, and of the mean of the accepted updates; `null` where it overflows. */
    readonly baseLoss: number | null;
    readonly meanLoss: number | null;
  };
  /** In ascending order of their indices. */
  readonly trainers: readonly ReportedTrainer[];
}

export type RoundReportDetail =
  | { readonly code: "REPORT_MALFORMED"; readonly path: string }
  | { readonly code: "REPORT_TOO_LARGE"; readonly byteLength: number; readonly maxBytes: number };

export class RoundReportError extends TaggedError<RoundReportDetail> {}

/** A report of 256 trainers takes half of it: nobody need fetch more. Unit: bytes. */
export const MAX_REPORT_BYTES = 262_144;

/** Source: FLContract, one bit of a 256-bit word for each trainer. */
const MAX_TRAINERS = 256;

/** @returns the report's only bytes. @throws {CanonicalJsonError} {RoundReportError} as {@link decodeRoundReport} */
export function encodeRoundReport(report: RoundReport): Uint8Array {
  const { taskId, baseVersion, version } = report;
  const bytes = encodeCanonicalJson({
    ...(report as unknown as Record<string, Json>),
    ...{ taskId: `${taskId}`, baseVersion: `${baseVersion}`, version: `${version}` },
  });
  decodeRoundReport(bytes); // what nobody could read must not be filed
  return bytes;
}

/**
 * @returns the report that `bytes` spell.
 * @throws {RoundReportError} `REPORT_MALFORMED` naming the first field that is missing, unknown or out of range |
 *   `REPORT_TOO_LARGE`
 * @throws {CanonicalJsonError} when the bytes are not canonical JSON
 */
export function decodeRoundReport(bytes: Uint8Array): RoundReport {
  requireReportSize(bytes.length);
  const it = record(decodeCanonicalJson(bytes), "$", REPORT_FIELDS);
  oneOf(it.schema, "$.schema", ["cairn/round-report/v1"]);
  integer(it.chainId, "$.chainId", { min: 1, max: Number.MAX_SAFE_INTEGER });
  hex(it.flContract, "$.flContract", 20);
  integer(it.round, "$.round", { min: 1, max: 2 ** 32 - 1 });
  oneOf(it.mode, "$.mode", ["Replayable", "Private"]);
  record(it.rule, "$.rule");
  hex(it.aggregateDigest, "$.aggregateDigest", 32);
  const numbers = {
    taskId: whole(it.taskId, "$.taskId"),
    baseVersion: whole(it.baseVersion, "$.baseVersion"),
    version: whole(it.version, "$.version"),
  };
  requireContribution(it.contribution, "$.contribution");
  requireTrainers(it.trainers, "$.trainers");
  return { ...(it as unknown as RoundReport), ...numbers };
}

/** @throws {RoundReportError} `REPORT_TOO_LARGE`: to be asked before anything of it is fetched */
export function requireReportSize(byteLength: number): void {
  if (byteLength <= MAX_REPORT_BYTES) return;
  throw new RoundReportError(
    { code: "REPORT_TOO_LARGE", byteLength, maxBytes: MAX_REPORT_BYTES },
    `the report has ${byteLength} bytes; none has more than ${MAX_REPORT_BYTES}`,
  );
}

/** What the chain says of a final round, that a report of it has to repeat. */
export interface RoundFacts {
  readonly chainId: number;
  readonly flContract: Hex;
  readonly taskId: bigint;
  readonly round: number;
  readonly publishedVersion: bigint;
  readonly aggregateDigest: Hex;
  readonly acceptedBitmap: bigint;
  readonly committeeSeed: Hex;
}

/**
 * Holds a report against the chain: a whole and well-formed one may still be another round's, or tell of others as accepted.
 * What it says trainers were worth, only computing it again can tell.
 *
 * @throws {RoundReportError} `REPORT_MALFORMED` naming what differs
 */
export function requireReportOf(report: RoundReport, facts: RoundFacts): void {
  const accepted = report.trainers.reduce((bits, { index, refusal }) => {
    return refusal === null ? bits | (1n << BigInt(index)) : bits;
  }, 0n);
  const told: readonly (readonly [string, unknown, unknown])[] = [
    ["$.chainId", report.chainId, facts.chainId],
    ["$.flContract", report.flContract, facts.flContract.toLowerCase()],
    ["$.taskId", report.taskId, facts.taskId],
    ["$.round", report.round, facts.round],
    ["$.version", report.version, facts.publishedVersion],
    ["$.aggregateDigest", report.aggregateDigest, facts.aggregateDigest],
    ["$.contribution.seed", report.contribution.seed, facts.committeeSeed],
    ["$.trainers", accepted, facts.acceptedBitmap],
  ];
  const wrong = told.find(([, said, fact]) => said !== fact);
  if (wrong !== undefined) throw malformed(wrong[0], "not what the chain says of this round");
}

const REPORT_FIELDS = [
  ...["aggregateDigest", "baseVersion", "chainId", "contribution", "flContract", "mode", "round", "rule", "schema"],
  ...["taskId", "trainers", "version"],
];

function requireContribution(value: Json | undefined, path: string): void {
  const fields = ["baseLoss", "meanLoss", "method", "records", "seed", "unit"];
  const { baseLoss, meanLoss, method, records, seed, unit } = record(value, path, fields);
  oneOf(method, `${path}.method`, ["leaveOneOut", "sampledShapley"]);
  oneOf(unit, `${path}.unit`, ["loss"]);
  hex(seed, `${path}.seed`, 32);
  integer(records, `${path}.records`, { min: 1, max: 2 ** 32 - 1 });
  for (const [name, loss] of Object.entries({ baseLoss, meanLoss })) {
    if (loss !== null) number(loss, `${path}.${name}`);
  }
}

const TRAINER_FIELDS = [
  ...["byteLength", "contribution", "index", "refusal", "repeats", "sampleCount", "trainer", "updateDigest"],
];

function requireTrainers(value: Json | undefined, path: string): void {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_TRAINERS) {
    throw malformed(path, `not a list of 1 to ${MAX_TRAINERS}`);
  }
  let last = -1;
  const addresses = new Set<Json>();
  const indices = new Set<Json>();
  for (const [i, item] of (value as readonly Json[]).entries()) {
    const at = `${path}[${i}]`;
    const one = record(item, at, TRAINER_FIELDS);
    const index = integer(one.index, `${at}.index`, { min: last + 1, max: MAX_TRAINERS - 1 });
    hex(one.trainer, `${at}.trainer`, 20);
    if (addresses.has(one.trainer!)) throw malformed(`${at}.trainer`, "there twice");
    requireUpdate(one, at);
    addresses.add(one.trainer!);
    indices.add(index);
    last = index;
  }
  for (const [i, item] of (value as readonly Record<string, Json>[]).entries()) {
    const [at, { repeats, index }] = [`${path}[${i}].repeats`, item];
    if (repeats === null) continue;
    const it = record(repeats, at, ["cosine", "index"]);
    const isOther = indices.has(it.index!) && it.index !== index;
    if (!isOther) throw malformed(`${at}.index`, "not another trainer of the report");
    const cosine = number(it.cosine, `${at}.cosine`);
    if (Math.abs(cosine) > 1.001) throw malformed(`${at}.cosine`, "no cosine");
  }
}

/** The three that tell of the update's file are there, or none of them is. */
function requireUpdate(one: Readonly<Record<string, Json>>, at: string): void {
  const { refusal, updateDigest, byteLength, sampleCount, contribution, repeats } = one;
  if (refusal !== null) oneOf(refusal, `${at}.refusal`, REFUSAL_REASONS);
  if (contribution !== null) number(contribution, `${at}.contribution`);
  if (refusal === "notOpened") {
    for (const [name, given] of Object.entries({ updateDigest, byteLength, sampleCount, contribution, repeats })) {
      if (given !== null) throw malformed(`${at}.${name}`, "there, and the update was not opened");
    }
    return;
  }
  hex(updateDigest, `${at}.updateDigest`, 32);
  integer(byteLength, `${at}.byteLength`, { min: 1, max: 2 ** 32 - 1 });
  integer(sampleCount, `${at}.sampleCount`, { min: 0, max: 2 ** 32 - 1 });
}

/** @param fields all that there are and no others, sorted; any when absent */
function record(value: Json | undefined, path: string, fields?: readonly string[]): Readonly<Record<string, Json>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path, "not an object");
  const own = value as Readonly<Record<string, Json>>;
  for (const field of fields ?? []) if (!Object.hasOwn(own, field)) throw malformed(`${path}.${field}`, "missing");
  const unknown = fields && Object.keys(own).find((key) => !fields.includes(key));
  if (unknown !== undefined) throw malformed(path, "an object with fields that no report has");
  return own;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function integer(value: Json | undefined, path: string, { min, max }: Range): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw malformed(path, `not a whole number from ${min} to ${max}`);
}

function number(value: Json | undefined, path: string): number {
  if (typeof value !== "number") throw malformed(path, "not a number");
  return value;
}

/** A contract's 64 bits, as decimal text. */
function whole(value: Json | undefined, path: string): bigint {
  if (typeof value !== "string" || !/^(0|[1-9][0-9]{0,19})$/.test(value)) throw malformed(path, "not a whole number");
  return BigInt(value);
}

function hex(value: Json | undefined, path: string, bytes: number): void {
  if (typeof value === "string" && value.length === 2 + 2 * bytes && /^0x[0-9a-f]+$/.test(value)) return;
  throw malformed(path, `not ${bytes} bytes in lower-case hexadecimal digits`);
}

function oneOf(value: Json | undefined, path: string, choices: readonly string[]): void {
  if (typeof value !== "string" || !choices.includes(value)) throw malformed(path, `not one of ${choices.join(", ")}`);
}

function malformed(path: string, problem: string): RoundReportError {
  return new RoundReportError({ code: "REPORT_MALFORMED", path }, `the report's ${path} is ${problem}`);
}
