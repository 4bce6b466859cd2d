/**
 * A model's description: canonical JSON, read by the same code as in the nodes. Pure.
 *
 * Every text in it is a stranger's: it is cut to a length that a page can bear, and shown as text only.
 */
import { parseArchitecture } from "@cairn/trainer/engine/architecture";
import { decodeCanonicalJson, type Json } from "@cairn/trainer/protocol/canonicalJson";
import type { ModelDocument } from "./kinds.ts";

/** Unit: characters. */
const MAX_TEXT = { name: 200, licence: 200, description: 20_000 } as const;

export function parseModelDocument(bytes: Uint8Array): ModelDocument {
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
}

function textOf(value: Json | undefined, maxLength: number): string | undefined {
  if (typeof value !== "string") return undefined;
  return value.length <= maxLength ? value : `${value.slice(0, maxLength)} …`;
}
