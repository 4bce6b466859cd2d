/** Asks one mirror after the other for a file, and says what went wrong with each when none had it. Opens no socket itself. */

import type { Hex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import type { SourceFile } from "./sources.ts";

export interface Transfer {
  readonly fetch: typeof globalThis.fetch;
  /** Longest time for one file from one mirror. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param take reads `file` from a mirror's URL, wherever it puts it.
 * @throws {DataError} `DATA_DOWNLOAD_FAILED` when no mirror gave the file | `DATA_DIGEST_MISMATCH` when one gave other
 *   bytes and none the right ones | `DATA_CACHE_UNWRITABLE`; the signal's reason when aborted
 */
export async function fromMirrors<T>(
  {
    file,
    mirrors,
    signal,
  }: { readonly file: SourceFile; readonly mirrors: readonly string[]; readonly signal?: AbortSignal | undefined },
  take: (url: string) => Promise<T>,
): Promise<T> {
  const failures: { readonly url: string; readonly error: unknown }[] = [];
  for (const mirror of mirrors) {
    const url = new URL(file.name, mirror).href;
    try {
      return await take(url);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof DataError && error.code === "DATA_CACHE_UNWRITABLE") throw error;
      failures.push({ url, error });
    }
  }
  const forged = failures.find(({ error }) => error instanceof DataError && error.code === "DATA_DIGEST_MISMATCH");
  if (forged !== undefined) throw forged.error;
  const attempts = failures.map(({ url, error }) => `${url}: ${reasonOf(error)}`);
  const causes = new AggregateError(failures.map(({ error }) => error));
  throw new DataError(
    { code: "DATA_DOWNLOAD_FAILED", file: file.name, attempts },
    `${file.name} could not be downloaded (${attempts.join("; ")})`,
    { cause: causes },
  );
}

/** The body of `url` part by part, never more than `byteLength`, and exactly that where it ends by itself. */
export async function* bodyOf(url: string, byteLength: number, transfer: Transfer): AsyncGenerator<Uint8Array> {
  const deadline = AbortSignal.timeout(transfer.deadlineMs);
  const signal = transfer.signal === undefined ? deadline : AbortSignal.any([transfer.signal, deadline]);
  const response = await transfer.fetch(url, { signal, headers: { "accept-encoding": "identity" } });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }
  let length = 0;
  for await (const part of response.body) {
    length += part.length;
    if (length > byteLength) throw new Error(`longer than the ${byteLength} bytes it should have`);
    yield part;
  }
  if (length < byteLength) throw new Error(`${length} of ${byteLength} bytes came`);
}

/** @throws {DataError} `DATA_DIGEST_MISMATCH` when a mirror sent other bytes than the pinned ones */
export function requireDigest(url: string, actual: Hex, needed: Hex): void {
  if (actual === needed) return;
  throw new DataError(
    { code: "DATA_DIGEST_MISMATCH", url, actual, needed },
    `${url} has SHA-256 ${actual}, expected ${needed}`,
  );
}

/** One line on a foreign error; `fetch` hides the telling part in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.message;
}
