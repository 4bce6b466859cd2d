/**
 * What trainers and relays say to each other: JSON over HTTP, all of it checked by whoever reads it. Pure.
 *
 * `POST /v1/commitments` hands an entry in; `GET /v1/tasks/T/rounds/R/commitments/TRAINER` asks what became of it;
 * `GET /v1/relay` tells whose relay it is. A refusal is `{ "error": { "code", "message" } }`.
 */
import { type Address, getAddress, isAddress } from "viem";
import type { Hex } from "../../protocol/hex.ts";
import { RelayError } from "./relayError.ts";

/** An entry takes a tenth of it. Unit: bytes. */
export const MAX_REQUEST_BYTES = 4_096;

/** A path has at most eight siblings, so an answer takes a quarter of it. Unit: bytes. */
export const MAX_ANSWER_BYTES = 4_096;

/** Source: Batches.MAX_ENTRIES. Unit: entries. */
export const MAX_ENTRIES = 256;

/** log2 of {@link MAX_ENTRIES}. */
const MAX_PATH_LENGTH = 8;

/** A commitment and its trainer's word for it. */
export interface HandIn {
  readonly taskId: bigint;
  readonly round: number;
  readonly trainer: Address;
  readonly commitment: Hex;
  /** With `vs`, an ERC-2098 signature; see {@link import("./commitSignature.ts")}. */
  readonly r: Hex;
  readonly vs: Hex;
}

/** What a relay promises to whoever handed in. */
export interface Receipt {
  readonly relay: Address;
  /** When it sends its batch, at the latest. Unit: unix seconds, of the chain's clock. */
  readonly sendsBy: number;
}

/** Where an entry is, as `revealBatched` takes it. */
export interface BatchPlace {
  readonly batch: number;
  readonly index: number;
  readonly path: readonly Hex[];
}

export type EntryAnswer =
  | ({ readonly state: "kept" } & Receipt)
  | ({ readonly state: "sent"; readonly relay: Address } & BatchPlace);

export const HAND_IN_PATH = "/v1/commitments";
export const INFO_PATH = "/v1/relay";

const ENTRY_PATH = /^\/v1\/tasks\/([^/]+)\/rounds\/([^/]+)\/commitments\/([^/]+)$/;

export interface EntryKey {
  readonly taskId: bigint;
  readonly round: number;
  readonly trainer: Address;
}

export function entryPath({ taskId, round, trainer }: EntryKey): string {
  return `/v1/tasks/${taskId}/rounds/${round}/commitments/${trainer}`;
}

/** @returns whose entry a path asks for; `undefined` when it asks for something else. @throws {RelayError} malformed */
export function parseEntryPath(path: string): EntryKey | undefined {
  const [, task, round, trainer] = ENTRY_PATH.exec(path) ?? [];
  if (task === undefined) return undefined;
  const fields = { taskId: task, round: /^\d{1,10}$/.test(round!) ? Number(round) : round, trainer };
  return readKey(fields, malformedRequest);
}

export function encodeHandIn({ taskId, ...rest }: HandIn): string {
  return JSON.stringify({ taskId: `${taskId}`, ...rest });
}

/** @throws {RelayError} `RELAY_REQUEST_MALFORMED` */
export function parseHandIn(text: string): HandIn {
  const fields = parseObject(text, malformedRequest);
  return {
    ...readKey(fields, malformedRequest),
    commitment: word(fields, "commitment", malformedRequest),
    r: word(fields, "r", malformedRequest),
    vs: word(fields, "vs", malformedRequest),
  };
}

/** @param url Of the relay, for the error. @throws {RelayError} `RELAY_ANSWER_MALFORMED` */
export function parseReceipt(text: string, url: string): Receipt {
  return readReceipt(parseObject(text, malformedAnswer(url)), malformedAnswer(url));
}

/** @param url Of the relay, for the error. @throws {RelayError} `RELAY_ANSWER_MALFORMED` */
export function parseEntryAnswer(text: string, url: string): EntryAnswer {
  const malformed = malformedAnswer(url);
  const fields = parseObject(text, malformed);
  if (fields.state === "kept") return { state: "kept", ...readReceipt(fields, malformed) };
  if (fields.state !== "sent") throw malformed("state");
  return {
    state: "sent",
    relay: address(fields, "relay", malformed),
    batch: integer(fields, "batch", { max: 2 ** 32 - 1 }, malformed),
    index: integer(fields, "index", { max: MAX_ENTRIES - 1 }, malformed),
    path: readPath(fields.path, malformed),
  };
}

/** @returns code and message of a refusal; `undefined` when `text` is none. */
export function parseRefusal(text: string): { readonly code: string; readonly message: string } | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
    const { code, message } = error ?? {};
    if (typeof code !== "string" || !/^RELAY_[A-Z_]{1,40}$/.test(code)) return undefined;
    return { code, message: typeof message === "string" ? message.slice(0, 200) : "" };
  } catch {
    return undefined; // not ours, whatever it says
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Malformed = (field: string) => RelayError;

function malformedRequest(field: string): RelayError {
  return new RelayError({ code: "RELAY_REQUEST_MALFORMED", field }, `the request's ${field} cannot be`);
}

function malformedAnswer(url: string): Malformed {
  return (field) =>
    new RelayError({ code: "RELAY_ANSWER_MALFORMED", url }, `the ${field} that ${url} answers cannot be`);
}

function parseObject(text: string, malformed: Malformed): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("JSON");
  return value as Fields;
}

function readKey(fields: Fields, malformed: Malformed): EntryKey {
  const { taskId } = fields;
  if (typeof taskId !== "string" || !/^[1-9]\d{0,77}$/.test(taskId)) throw malformed("taskId");
  return {
    taskId: BigInt(taskId),
    round: integer(fields, "round", { min: 1, max: 2 ** 32 - 1 }, malformed),
    trainer: address(fields, "trainer", malformed),
  };
}

function readReceipt(fields: Fields, malformed: Malformed): Receipt {
  return {
    relay: address(fields, "relay", malformed),
    sendsBy: integer(fields, "sendsBy", { max: Number.MAX_SAFE_INTEGER }, malformed),
  };
}

function readPath(value: unknown, malformed: Malformed): Hex[] {
  if (!Array.isArray(value) || value.length > MAX_PATH_LENGTH) throw malformed("path");
  return value.map((sibling) => word({ path: sibling }, "path", malformed));
}

function address(fields: Fields, name: string, malformed: Malformed): Address {
  const value = fields[name];
  if (typeof value !== "string" || !isAddress(value, { strict: false })) throw malformed(name);
  return getAddress(value);
}

function word(fields: Fields, name: string, malformed: Malformed): Hex {
  const value = fields[name];
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{64}$/.test(value)) throw malformed(name);
  return value.toLowerCase() as Hex;
}

function integer(fields: Fields, name: string, bounds: { min?: number; max: number }, malformed: Malformed): number {
  const value = fields[name];
  const isIn = typeof value === "number" && Number.isSafeInteger(value) && value >= (bounds.min ?? 0);
  if (!isIn || value > bounds.max) throw malformed(name);
  return value;
}
