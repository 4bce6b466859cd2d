/**
 * What documents say: a model's description, a data set's manifest, a task's plan. Pure.
 *
 * All three are canonical JSON, read by the same code as in the nodes. Every text in them is a stranger's: it is cut to a
 * length that a page can bear, and shown as text only.
 */

import type { DatasetManifest } from "@cairn/trainer/data/dataset";
import { decodeManifest, MAX_MANIFEST_BYTES } from "@cairn/trainer/data/manifest";
import { type Architecture, parseArchitecture } from "@cairn/trainer/engine/architecture";
import { decodeCanonicalJson, type Json } from "@cairn/trainer/protocol/canonicalJson";
import { decodePlan, MAX_PLAN_BYTES, type TrainingPlan } from "@cairn/trainer/protocol/plan";
import { DocumentError } from "./documentError.ts";

/** How a kind of document is read. */
export interface DocumentKind<T> {
  /** Unit: bytes. */
  readonly maxBytes: number;
  /** @throws anything: it becomes `DOCUMENT_MALFORMED` */
  readonly parse: (bytes: Uint8Array) => T;
}

export interface ModelDocument {
  readonly name: string;
  readonly architecture: Architecture;
  /** What else the owner wrote, if it is a text: shown as text. */
  readonly description: string | undefined;
  readonly licence: string | undefined;
}

/** Unit: characters. */
const MAX_TEXT = { name: 200, licence: 200, description: 20_000 } as const;

export const MODEL_DOCUMENT: DocumentKind<ModelDocument> = {
  maxBytes: MAX_PLAN_BYTES,
  parse: (bytes) => {
    const fields = decodeCanonicalJson(bytes);
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw new TypeError("not an object");
    const own = (name: string): Json | undefined =>
      Object.hasOwn(fields, name) ? (fields as Readonly<Record<string, Json>>)[name] : undefined;
    if (own("schema") !== "cairn/model/v1") throw new TypeError("not cairn/model/v1");
    return {
      name: textOf(own("name"), MAX_TEXT.name) ?? "",
      architecture: parseArchitecture(own("architecture")),
      description: textOf(own("description"), MAX_TEXT.description),
      licence: textOf(own("licence") ?? own("license"), MAX_TEXT.licence),
    };
  },
};

export const MANIFEST: DocumentKind<DatasetManifest> = { maxBytes: MAX_MANIFEST_BYTES, parse: decodeManifest };

export const PLAN: DocumentKind<TrainingPlan> = { maxBytes: MAX_PLAN_BYTES, parse: decodePlan };

/** @throws {DocumentError} `DOCUMENT_MALFORMED` */
export function parseDocument<T>({ parse }: DocumentKind<T>, bytes: Uint8Array): T {
  try {
    return parse(bytes);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.slice(0, 300) : "unknown";
    throw new DocumentError({ code: "DOCUMENT_MALFORMED", problem }, { cause });
  }
}

function textOf(value: Json | undefined, maxLength: number): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.length <= maxLength ? value : `${value.slice(0, maxLength)} …`;
}
