/**
 * Reads a tar archive as it streams by: the regular files in it, in order. Knows POSIX ustar as far as archives of data
 * need it; other entries (folders, links, extended headers) are passed over. Pure.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar interchange format)
 */
import { DataError } from "./dataError.ts";

const BLOCK = 512;

/** One regular file; its parts must be read before the next entry is asked for, or are passed over. */
export interface TarEntry {
  /** As the archive has it, folders included. */
  readonly name: string;
  readonly byteLength: number;
  readonly parts: AsyncGenerator<Uint8Array>;
}

/**
 * @param parts the archive, unpacked.
 * @param file named in errors.
 * @throws {DataError} `DATA_TAR_CORRUPT` when a header's checksum or a size is wrong, or the archive is cut short
 */
export async function* tarEntries(parts: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<TarEntry> {
  const input = createInput(parts, file);
  for (;;) {
    const header = await input.block();
    if (header.every((byte) => byte === 0)) return; // what follows the end is padding
    const byteLength = readOctal(header.subarray(124, 136), file);
    requireChecksum(header, file);
    const type = String.fromCharCode(header[156]!);
    const body = { rest: byteLength };
    if (type === "0" || type === "\0") yield { name: nameOf(header), byteLength, parts: input.content(body) };
    await input.skip(body.rest + ((BLOCK - (byteLength % BLOCK)) % BLOCK)); // what the reader left, and padding
  }
}

interface Input {
  block(): Promise<Uint8Array>;
  skip(length: number): Promise<void>;
  /** Counts `body.rest` down as it goes. */
  content(body: { rest: number }): AsyncGenerator<Uint8Array>;
}

function createInput(parts: AsyncIterable<Uint8Array>, file: string): Input {
  const source = parts[Symbol.asyncIterator]();
  let current: Uint8Array = new Uint8Array(0);
  /** At least one byte and at most `most`. */
  const some = async (most: number): Promise<Uint8Array> => {
    while (current.length === 0) {
      const { done, value } = await source.next();
      if (done === true) throw corrupt(file, "it is cut short");
      current = value;
    }
    const taken = current.subarray(0, most);
    current = current.subarray(taken.length);
    return taken;
  };
  return {
    async block() {
      const block = new Uint8Array(BLOCK);
      for (let done = 0; done < BLOCK; ) {
        const taken = await some(BLOCK - done);
        block.set(taken, done);
        done += taken.length;
      }
      return block;
    },
    async skip(length) {
      for (let rest = length; rest > 0; ) rest -= (await some(rest)).length;
    },
    async *content(body) {
      while (body.rest > 0) {
        const taken = await some(body.rest);
        body.rest -= taken.length;
        yield taken;
      }
    },
  };
}

function nameOf(header: Uint8Array): string {
  const text = (from: number, to: number): string => {
    const bytes = header.subarray(from, to);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  const prefix = text(257, 262) === "ustar" ? text(345, 500) : "";
  return prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

function readOctal(bytes: Uint8Array, file: string): number {
  const text = String.fromCharCode(...bytes)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (/^[0-7]{1,11}$/.test(text)) return Number.parseInt(text, 8);
  throw corrupt(file, "a size is not octal");
}

/** The sum of the header's bytes, its own field taken for spaces. */
function requireChecksum(header: Uint8Array, file: string): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (readOctal(header.subarray(148, 156), file) !== sum) throw corrupt(file, "a checksum is wrong");
}

function corrupt(file: string, problem: string): DataError {
  return new DataError({ code: "DATA_TAR_CORRUPT", file }, `${file} is no whole tar archive: ${problem}`);
}
