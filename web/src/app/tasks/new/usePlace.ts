"use client";
/** Hands documents to the node that stores for visitors, and makes sure that they are there by reading them back. */
import { useCallback, useRef, useState } from "react";
import { createDocumentReader } from "../../../documents/documentReader.ts";
import { createGatewayBlocks } from "../../../documents/gatewayBlocks.ts";
import type { ContentRef } from "../../../index/types.ts";
import { useRuntime } from "../../../runtime/RuntimeProvider.tsx";
import { FILE_NAMES, type FileName, type Prepared } from "./prepared.ts";

export type References = Readonly<Record<FileName, ContentRef>>;

export type PlacedState =
  | { readonly status: "idle" | "placing" }
  | { readonly status: "placed"; readonly of: Prepared; readonly references: References }
  | { readonly status: "failed"; readonly message: string };

/** Unit: milliseconds. */
const DEADLINE_MS = 90_000;

export interface Placing {
  readonly state: PlacedState;
  /** False where this site's runtime names nobody who stores. */
  readonly possible: boolean;
  readonly place: (prepared: Prepared) => void;
}

export function usePlace(): Placing {
  const { content } = useRuntime();
  const [state, setState] = useState<PlacedState>({ status: "idle" });
  const latest = useRef<Prepared>(undefined);
  const place = useCallback(
    (prepared: Prepared) => {
      latest.current = prepared;
      setState({ status: "placing" });
      placeAll(prepared, content).then(
        (references) => latest.current === prepared && setState({ status: "placed", of: prepared, references }),
        (error: unknown) =>
          latest.current === prepared &&
          setState({ status: "failed", message: error instanceof Error ? error.message : String(error) }),
      );
    },
    [content],
  );
  return { state, possible: content.upload !== undefined, place };
}

interface Content {
  readonly gateways: readonly string[];
  readonly upload?: string;
}

async function placeAll({ files }: Prepared, content: Content): Promise<References> {
  const reader = createDocumentReader({ blocks: createGatewayBlocks(content), cacheBytes: 0 });
  const placed: [FileName, ContentRef][] = [];
  for (const name of FILE_NAMES) {
    const bytes = files[name];
    const ref = await upload(bytes, content.upload ?? "");
    const back = await reader.read(ref, { maxBytes: bytes.length }); // checked against the digest block by block
    if (back.length !== bytes.length || !back.every((byte, i) => byte === bytes[i])) {
      throw new Error(`${name}: the node keeps other bytes than it was given`);
    }
    placed.push([name, ref]);
  }
  return Object.fromEntries(placed) as Record<FileName, ContentRef>;
}

async function upload(bytes: Uint8Array, address: string): Promise<ContentRef> {
  const answer = await fetch(address, {
    method: "POST",
    body: bytes as Uint8Array<ArrayBuffer>,
    headers: { "content-type": "application/octet-stream" },
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  const { digest } = (await answer.json()) as { readonly digest?: unknown };
  if (typeof digest !== "string" || !/^0x[0-9a-f]{64}$/.test(digest)) throw new Error("the node names no digest");
  return { digest: digest as `0x${string}`, byteLength: bytes.length };
}
