/**
 * Reads the plan of a training alone. Every refusal names the file, the line and the field.
 *
 * Architecture and optimiser stay as they are written: the engine's own parsers read them when the data is known.
 */
import { createHash } from "node:crypto";
import { type Fields, readFields } from "../../engine/fields.ts";
import type { EarlyStop } from "../../learning/soloTraining.ts";
import { CliError } from "../cliError.ts";
import type { DocumentFile } from "../documentFile.ts";

export interface SoloPlan {
  /** A name, the path of a document, or an architecture itself. */
  readonly architecture: unknown;
  readonly optimiser: unknown;
  readonly batchSize: number;
  readonly length: RunLength;
  /** 32 bytes that key first weights, order of batches, dropout and the validation's choice. */
  readonly seed: Uint8Array;
  /** The data's test split, or a share of its training records that is kept apart. */
  readonly validation: "test" | number;
  /** Unit: steps. `undefined`: after every pass over the data. */
  readonly evaluateEvery: number | undefined;
  /** Unit: steps. `undefined`: as often as it is evaluated. */
  readonly checkpointEvery: number | undefined;
  readonly earlyStop: EarlyStop | undefined;
  readonly data: string | undefined;
}

export interface RunLength {
  readonly unit: "steps" | "epochs";
  readonly count: number;
}

const MAX_STEPS = 1_000_000_000;
const MAX_EPOCHS = 1_000_000;
const DEFAULT_SEED = "cairn";
const FIELDS = [
  ["architecture", "optimiser", "batchSize", "steps", "epochs", "seed", "validation"],
  ["evaluateEvery", "checkpointEvery", "earlyStop", "data"],
].flat();

/** @throws {CliError} `CLI_PLAN_MALFORMED` */
export function parseSoloPlan(document: DocumentFile): SoloPlan {
  const refuse = (field: string, problem: string): CliError => planError(document, field, problem);
  const fields = readFields(document.value, "$", refuse);
  const object = document.value as { readonly [field: string]: unknown };
  fields.only(FIELDS);
  for (const name of ["architecture", "optimiser"]) if (!fields.has(name)) throw refuse(`$.${name}`, "is missing");
  const optionalSteps = (name: string): number | undefined =>
    fields.has(name) ? fields.integer(name, 1, MAX_STEPS) : undefined;
  return {
    architecture: object.architecture,
    optimiser: object.optimiser,
    batchSize: fields.integer("batchSize", 1, 4_096),
    length: readLength(fields, object.epochs, refuse),
    seed: fields.has("seed") ? readSeed(document, refuse) : seedBytes(DEFAULT_SEED),
    validation: readValidation(fields.has("validation") ? object.validation : "test", refuse),
    evaluateEvery: optionalSteps("evaluateEvery"),
    checkpointEvery: optionalSteps("checkpointEvery"),
    earlyStop: fields.has("earlyStop") ? readEarlyStop(object.earlyStop, refuse) : undefined,
    data: fields.has("data") ? readText(object.data, "$.data", refuse) : undefined,
  };
}

/** @returns 32 bytes: the 64 hex digits themselves, or `SHA-256("cairn.seed.v1" ‖ text)` of anything else. */
export function seedBytes(text: string): Uint8Array {
  const digits = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text)?.[1];
  if (digits !== undefined) return new Uint8Array(Buffer.from(digits, "hex"));
  return new Uint8Array(createHash("sha256").update(`cairn.seed.v1${text}`).digest());
}

/** @returns the refusal of a field, with the line that it stands on. */
export function planError(document: DocumentFile, field: string, problem: string): CliError {
  const name = field.replace(/^\$\.?/, "").slice(0, 80);
  const text = `${document.place(field)}: ${name === "" ? "the plan" : name} ${problem}`;
  return new CliError({ code: "CLI_PLAN_MALFORMED", path: document.path, field: name }, text);
}

type RefuseField = (field: string, problem: string) => CliError;

function readLength(fields: Fields, epochs: unknown, refuse: RefuseField): RunLength {
  if (fields.has("steps") === fields.has("epochs")) {
    throw refuse(fields.has("steps") ? "$.steps" : "$", "needs either steps or epochs");
  }
  if (fields.has("steps")) return { unit: "steps", count: fields.integer("steps", 1, MAX_STEPS) };
  if (typeof epochs === "number" && epochs > 0 && epochs <= MAX_EPOCHS) return { unit: "epochs", count: epochs };
  throw refuse("$.epochs", `is not a number above 0 and up to ${MAX_EPOCHS}`);
}

/** Taken as it is written: 64 hex digits without quotes would otherwise be rounded to a number. */
function readSeed(document: DocumentFile, refuse: RefuseField): Uint8Array {
  const { seed } = document.value as { readonly seed?: unknown };
  if (typeof seed !== "string" && typeof seed !== "number") throw refuse("$.seed", "is no word, number or hex digits");
  return seedBytes(typeof seed === "number" ? (document.source("$.seed") ?? `${seed}`) : seed);
}

function readValidation(value: unknown, refuse: RefuseField): "test" | number {
  if (value === "test") return value;
  if (typeof value === "number" && value > 0 && value < 1) return value;
  throw refuse("$.validation", "is neither test nor a share between 0 and 1");
}

function readEarlyStop(value: unknown, refuse: RefuseField): EarlyStop {
  const fields = readFields(value, "$.earlyStop", refuse);
  fields.only(["patience", "minimumImprovement"]);
  const patience = fields.integer("patience", 1, 1_000_000);
  const minimum = fields.has("minimumImprovement")
    ? fields.float("minimumImprovement", "from 0 on", (number) => number >= 0)
    : 0;
  fields.end();
  return { patience, minimumImprovement: minimum };
}

function readText(value: unknown, field: string, refuse: RefuseField): string {
  if (typeof value === "string" && value !== "") return value;
  throw refuse(field, "is no text");
}
