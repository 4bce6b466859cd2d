/** `run.json`: what a run was begun with, and which of its checkpoints count. Reads and writes the document; opens no file. */
import type { SoloProgress } from "../../learning/soloTraining.ts";
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "../../protocol/canonicalJson.ts";
import type { Hex } from "../../protocol/hex.ts";

/** Everything that the weights after a given step depend on. */
export interface RunIdentity {
  readonly architecture: Json;
  readonly optimiser: Json;
  readonly batchSize: number;
  readonly seed: Hex;
  readonly validation: "test" | number;
  /** Root over the data's records. */
  readonly recordsRoot: Hex;
}

/** One checkpoint's file and what early stop knew at that step. */
export interface SavedState extends SoloProgress {
  readonly step: number;
  /** Relative to the run's folder. */
  readonly file: string;
  /** SHA-256 of the file. */
  readonly digest: Hex;
}

export interface RunRecord {
  readonly identity: RunIdentity;
  readonly last: SavedState;
  readonly best: SavedState | undefined;
}

const SCHEMA = "cairn/run/v1";
/** What a checkpoint of ours is called. Nothing else in a record is ever opened or removed. */
const FILE = /^checkpoints\/step-\d{1,16}\.safetensors$/;

/** @returns path of the checkpoint of `step`, relative to the run's folder. */
export function checkpointFile(step: number): string {
  return `checkpoints/step-${step}.safetensors`;
}

export function encodeRunRecord({ identity, last, best }: RunRecord): Uint8Array {
  const document = {
    schema: SCHEMA,
    identity: { ...identity },
    last: stateJson(last),
    best: best ? stateJson(best) : null,
  };
  return encodeCanonicalJson(document as unknown as Json);
}

/** @returns the record; `undefined` when the bytes are none. */
export function decodeRunRecord(bytes: Uint8Array): RunRecord | undefined {
  try {
    const { schema, identity, last, best } = decodeCanonicalJson(bytes) as { readonly [field: string]: Json };
    const states = [last, best].map(readState);
    if (schema !== SCHEMA || !isObject(identity) || states[0] === undefined) return undefined;
    if (best !== null && states[1] === undefined) return undefined;
    return { identity: identity as unknown as RunIdentity, last: states[0], best: states[1] };
  } catch {
    return undefined; // not canonical JSON, or not an object
  }
}

/** @returns the first field in which two runs differ; `undefined` when they are of the same kind. */
export function differingField(left: RunIdentity, right: RunIdentity): keyof RunIdentity | undefined {
  const fields = Object.keys(right) as (keyof RunIdentity)[];
  const text = (identity: RunIdentity, field: keyof RunIdentity): string =>
    new TextDecoder().decode(encodeCanonicalJson((identity[field] ?? null) as Json));
  return fields.find((field) => text(left, field) !== text(right, field));
}

function stateJson({ step, file, digest, best, waited, evaluatedStep }: SavedState): Json {
  return {
    step,
    file,
    digest,
    waited,
    evaluatedStep,
    bestValidation: best === undefined ? null : { step: best.step, loss: best.loss },
  };
}

function readState(value: Json | undefined): SavedState | undefined {
  if (!isObject(value)) return undefined;
  const { step, file, digest, waited, evaluatedStep, bestValidation: best } = value;
  if (!isCount(step) || !isCount(waited) || !isCount(evaluatedStep) || typeof file !== "string" || !FILE.test(file))
    return undefined;
  if (typeof digest !== "string" || !/^0x[0-9a-f]{64}$/.test(digest)) return undefined;
  const isBest = isObject(best) && isCount(best.step) && typeof best.loss === "number";
  if (!isBest && best !== null) return undefined;
  const known = isBest ? { step: best.step as number, loss: best.loss as number } : undefined;
  return { step, file, digest: digest as Hex, waited, evaluatedStep, best: known };
}

function isObject(value: Json | undefined): value is { readonly [field: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
