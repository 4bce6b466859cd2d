/** Writes PNG files for tests, right or wrong in any field. */
import { crc32, deflateSync } from "node:zlib";

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly bitDepth?: number;
  readonly colourType?: number;
  readonly interlace?: number;
  /** Each row with its filter byte before it, not yet packed. */
  readonly rows: Uint8Array;
  /** Chunks between the header and the pixels. */
  readonly chunks?: readonly (readonly [type: string, content: Uint8Array])[];
}

export function pngOf(parts: PngParts): Uint8Array {
  const { width, height, bitDepth = 8, colourType = 0, interlace = 0, rows, chunks = [] } = parts;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  [bitDepth, colourType, 0, 0, interlace].forEach((byte, i) => {
    header.setUint8(8 + i, byte);
  });
  const all: readonly (readonly [string, Uint8Array])[] = [
    ["IHDR", new Uint8Array(header.buffer)],
    ...chunks,
    ["IDAT", deflateSync(rows)],
    ["IEND", new Uint8Array(0)],
  ];
  return Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), ...all.map(chunk)]);
}

/** A grey image of one value. */
export function greyPng(width: number, height: number, value: number): Uint8Array {
  const row = Uint8Array.from({ length: width + 1 }, (_, i) => (i === 0 ? 0 : value));
  return pngOf({ width, height, rows: Buffer.concat(Array.from({ length: height }, () => row)) });
}

function chunk([type, content]: readonly [string, Uint8Array]): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(content.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), 4 + body.length);
  return bytes;
}
