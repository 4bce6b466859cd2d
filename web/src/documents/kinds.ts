/** Which kinds of documents there are. Their parsers are loaded with the first document of the kind. */
import type { DatasetManifest } from "@cairn/trainer/data/dataset";
import type { Architecture } from "@cairn/trainer/engine/architecture";
import type { TrainingPlan } from "@cairn/trainer/protocol/plan";
import { DocumentError } from "./documentError.ts";

/** How a kind of document is read. */
export interface DocumentKind<T> {
  /** Unit: bytes. */
  readonly maxBytes: number;
  /** @returns a parser that may throw anything: it becomes `DOCUMENT_MALFORMED`. */
  readonly parser: () => Promise<(bytes: Uint8Array) => T>;
}

export interface ModelDocument {
  readonly name: string;
  readonly architecture: Architecture;
  /** What else the owner wrote, if it is a text: shown as text. */
  readonly description: string | undefined;
  readonly licence: string | undefined;
}

export const MODEL_DOCUMENT: DocumentKind<ModelDocument> = {
  maxBytes: 262_144,
  parser: async () => (await import("./parseModel.ts")).parseModelDocument,
};

export const MANIFEST: DocumentKind<DatasetManifest> = {
  maxBytes: 65_536,
  parser: async () => (await import("@cairn/trainer/data/manifest")).decodeManifest,
};

export const PLAN: DocumentKind<TrainingPlan> = {
  maxBytes: 262_144,
  parser: async () => (await import("@cairn/trainer/protocol/plan")).decodePlan,
};

/** @throws {DocumentError} `DOCUMENT_MALFORMED` */
export async function parseDocument<T>({ parser }: DocumentKind<T>, bytes: Uint8Array): Promise<T> {
  const parse = await parser();
  try {
    return parse(bytes);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.slice(0, 300) : "unknown";
    throw new DocumentError({ code: "DOCUMENT_MALFORMED", problem }, { cause });
  }
}
