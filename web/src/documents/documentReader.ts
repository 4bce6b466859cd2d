/**
 * Documents by what the chain says of them: fetched once, checked, bounded in size and time, and kept for the page.
 *
 * What comes out is bytes of a stranger, of the right digest. Parsers decide what they mean; pages show them as text.
 */
import { type BlockSource, readFile } from "@cairn/trainer/network/fileReader";
import type { ContentRef } from "../index/types.ts";
import { DocumentError } from "./documentError.ts";

export interface ReadOptions {
  /** Unit: bytes. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface DocumentReader {
  /**
   * @returns the document's bytes, not to be written to: others have the same array.
   * @throws {DocumentError}
   */
  read(ref: ContentRef, options: ReadOptions): Promise<Uint8Array>;
}

export interface DocumentReaderOptions {
  readonly blocks: BlockSource;
  /** Bound of one document. Unit: milliseconds. @default 30_000 */
  readonly deadlineMs?: number;
  /** What is kept in memory at most. Unit: bytes. @default 16 MiB */
  readonly cacheBytes?: number;
}

export function createDocumentReader(options: DocumentReaderOptions): DocumentReader {
  const { blocks, deadlineMs = 30_000, cacheBytes = 16 * 2 ** 20 } = options;
  /** Oldest first: reading moves an entry to the end. */
  const kept = new Map<string, Uint8Array>();
  const asked = new Map<string, Promise<Uint8Array>>();
  let keptBytes = 0;

  function keep(key: string, bytes: Uint8Array): void {
    kept.set(key, bytes);
    keptBytes += bytes.length;
    for (const [oldest, dropped] of kept) {
      if (keptBytes <= cacheBytes || oldest === key) break;
      kept.delete(oldest);
      keptBytes -= dropped.length;
    }
  }

  async function fetchOnce(key: string, ref: ContentRef): Promise<Uint8Array> {
    try {
      const bytes = await readFile(blocks, ref, AbortSignal.timeout(deadlineMs));
      keep(key, bytes);
      return bytes;
    } catch (cause) {
      throw coded(cause, ref);
    } finally {
      asked.delete(key);
    }
  }

  return {
    read: async (ref, { maxBytes, signal }) => {
      const { byteLength } = ref;
      if (byteLength > maxBytes) throw new DocumentError({ code: "DOCUMENT_TOO_LARGE", byteLength, maxBytes });
      const key = `${ref.digest}/${byteLength}`;
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const asking = asked.get(key) ?? fetchOnce(key, ref);
      asked.set(key, asking);
      return signal === undefined ? asking : untilAborted(asking, signal);
    },
  };
}

/** One who no longer wants it leaves; the others wait on. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** A file of another length or shape than the chain says is as wrong as one of another digest. */
function coded(cause: unknown, { digest }: ContentRef): DocumentError {
  if (cause instanceof DocumentError) return cause;
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === "string" && code.startsWith("NETWORK_CONTENT_")) {
    return new DocumentError({ code: "DOCUMENT_MALFORMED", problem: code }, { cause });
  }
  return new DocumentError({ code: "DOCUMENT_NOT_FOUND", cid: digest }, { cause });
}
