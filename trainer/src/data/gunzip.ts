/** Unpacks gzip with the platform's own `DecompressionStream` (Node and browsers), never past a limit. Pure. */
import { concatBytes } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";

export interface GunzipLimits {
  /** Named in errors. */
  readonly file: string;
  /** Most bytes that may come out. */
  readonly limitBytes: number;
}

/** @returns whether `bytes` begin as gzip does (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * @returns what was packed, a fresh array. Stops at the limit, so a small file cannot fill the memory.
 * @throws {DataError} `DATA_GZIP_CORRUPT` when `bytes` are not one whole gzip stream | `DATA_FILE_TOO_LARGE`
 */
export async function gunzip(bytes: Uint8Array, { file, limitBytes }: GunzipLimits): Promise<Uint8Array> {
  const unpacker = new DecompressionStream("gzip");
  const writer = unpacker.writable.getWriter();
  // The reader meets the same failure, so the writer's own report is not needed.
  const written = writer
    .write(bytes as Uint8Array<ArrayBuffer>)
    .then(() => writer.close())
    .catch(() => {});
  const reader = unpacker.readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new DataError({ code: "DATA_GZIP_CORRUPT", file }, `${file} is not a whole gzip file`, { cause });
    });
    if (done) break;
    length += value.length;
    if (length > limitBytes) {
      await reader.cancel().catch(() => {});
      throw new DataError(
        { code: "DATA_FILE_TOO_LARGE", file, limitBytes },
        `${file} unpacks to more than ${limitBytes} bytes`,
      );
    }
    parts.push(value);
  }
  await written;
  return concatBytes(...parts);
}
