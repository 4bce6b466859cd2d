/**
 * Strict reader of PNG: grey, colour and palette at up to 8 bits a channel, not interlaced, opaque. Total: any bytes give
 * an image or a coded error, and never more memory than the announced pixels need. Node only, for its zlib.
 *
 * Written here because readers at hand inflate without a limit, or put everything into four channels.
 *
 * @see https://www.w3.org/TR/png-3/
 */
import { crc32, inflateSync } from "node:zlib";
import { type Image, imageCorrupt, imageUnsupported, requireSize } from "./image.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Samples a pixel by colour type. */
const SAMPLES: { readonly [colourType: number]: number } = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** @returns whether `bytes` begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * @param file named in errors.
 * @throws {DataError} `DATA_IMAGE_CORRUPT` | `DATA_IMAGE_UNSUPPORTED`
 */
export function decodePng(bytes: Uint8Array, file: string): Image {
  const { header, palette, transparency, data } = readChunks(bytes, file);
  const { width, height, bitDepth, colourType } = header;
  const samples = SAMPLES[colourType]!;
  const rowBytes = Math.ceil((width * samples * bitDepth) / 8);
  const rows = unfilter(inflate(data, height * (1 + rowBytes), file), {
    rowBytes,
    height,
    pixelBytes: Math.max(1, (samples * bitDepth) / 8),
    file,
  });
  const values = bitDepth === 8 ? rows : unpack(rows, { width, height, rowBytes, bitDepth, isIndex: colourType === 3 });
  const colour = (channels: 1 | 3, pixels: Uint8Array): Image => ({ width, height, channels, pixels });
  switch (colourType) {
    case 0:
      if (transparency !== undefined) throw imageUnsupported(file, "transparency");
      return colour(1, values);
    case 2:
      if (transparency !== undefined) throw imageUnsupported(file, "transparency");
      return colour(3, values);
    case 3:
      return colour(3, fromPalette(values, palette, transparency, file));
    case 4:
      return colour(1, withoutAlpha(values, 1, file));
    default:
      return colour(3, withoutAlpha(values, 3, file));
  }
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
}

interface Chunks {
  readonly header: Header;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  /** The compressed rows. */
  readonly data: Uint8Array;
}

function readChunks(bytes: Uint8Array, file: string): Chunks {
  if (!isPng(bytes)) throw imageCorrupt(file, "it does not begin as PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Map<string, Uint8Array>();
  const parts: Uint8Array[] = [];
  for (let at = SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw imageCorrupt(file, "it is cut short");
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw imageCorrupt(file, "it is cut short");
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw imageCorrupt(file, "a checksum is wrong");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, end - 4);
    if (found.size === 0 && parts.length === 0 && type !== "IHDR") throw imageCorrupt(file, "it has no header");
    if (type === "IEND") break;
    if (type === "IDAT") parts.push(content);
    else if (found.has(type) && (type === "IHDR" || type === "PLTE")) throw imageCorrupt(file, `it has ${type} twice`);
    else found.set(type, content);
    at = end;
  }
  if (parts.length === 0) throw imageCorrupt(file, "it has no pixels");
  return {
    header: readHeader(found.get("IHDR")!, file),
    palette: found.get("PLTE"),
    transparency: found.get("tRNS"),
    data: Buffer.concat(parts),
  };
}

function readHeader(content: Uint8Array, file: string): Header {
  if (content.length !== 13) throw imageCorrupt(file, "its header has another length");
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bitDepth, colourType, compression, filter, interlace] = content.subarray(8) as unknown as readonly number[];
  requireSize(file, width, height);
  if (compression !== 0 || filter !== 0 || SAMPLES[colourType!] === undefined)
    throw imageCorrupt(file, "its header is wrong");
  if (interlace !== 0) throw imageUnsupported(file, "interlacing");
  if (bitDepth === 16) throw imageUnsupported(file, "16 bits a channel");
  const isPacked = [1, 2, 4].includes(bitDepth!) && (colourType === 0 || colourType === 3);
  if (bitDepth !== 8 && !isPacked) throw imageCorrupt(file, "its header is wrong");
  return { width, height, bitDepth: bitDepth!, colourType: colourType! };
}

function inflate(data: Uint8Array, neededBytes: number, file: string): Uint8Array {
  let rows: Uint8Array;
  try {
    rows = inflateSync(data, { maxOutputLength: neededBytes });
  } catch (cause) {
    throw imageCorrupt(file, "its pixels cannot be unpacked", cause);
  }
  if (rows.length !== neededBytes) throw imageCorrupt(file, "it has too few pixels");
  return rows;
}

interface Filtered {
  readonly rowBytes: number;
  readonly height: number;
  /** Distance to the byte on the left that a filter refers to. */
  readonly pixelBytes: number;
  readonly file: string;
}

function unfilter(filtered: Uint8Array, { rowBytes, height, pixelBytes, file }: Filtered): Uint8Array {
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const type = filtered[y * (rowBytes + 1)]!;
    if (type > 4) throw imageCorrupt(file, `row ${y} has filter ${type}`);
    const from = y * (rowBytes + 1) + 1;
    const to = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) {
      const left = x < pixelBytes ? 0 : rows[to + x - pixelBytes]!;
      const above = y === 0 ? 0 : rows[to + x - rowBytes]!;
      const corner = x < pixelBytes || y === 0 ? 0 : rows[to + x - rowBytes - pixelBytes]!;
      rows[to + x] = filtered[from + x]! + predicted(type, { left, above, corner });
    }
  }
  return rows;
}

function predicted(
  type: number,
  { left, above, corner }: { readonly left: number; readonly above: number; readonly corner: number },
): number {
  if (type === 0) return 0;
  if (type === 1) return left;
  if (type === 2) return above;
  if (type === 3) return (left + above) >> 1;
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

interface PackedRows {
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
  readonly bitDepth: number;
  /** Indices stay as they are; grey values are stretched to 0 … 255. */
  readonly isIndex: boolean;
}

function unpack(rows: Uint8Array, { width, height, rowBytes, bitDepth, isIndex }: PackedRows): Uint8Array {
  const largest = 2 ** bitDepth - 1;
  const factor = isIndex ? 1 : 255 / largest; // 255, 85, 17: whole for 1, 2 and 4 bits
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bitDepth;
      const byte = rows[y * rowBytes + (bit >> 3)]!;
      values[y * width + x] = ((byte >> (8 - bitDepth - (bit & 7))) & largest) * factor;
    }
  }
  return values;
}

function fromPalette(
  indices: Uint8Array,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  file: string,
): Uint8Array {
  if (palette === undefined || palette.length % 3 !== 0) throw imageCorrupt(file, "it has no whole palette");
  if (transparency?.some((alpha) => alpha !== 255)) throw imageUnsupported(file, "transparency");
  const pixels = new Uint8Array(3 * indices.length);
  indices.forEach((index, i) => {
    if (3 * index >= palette.length) throw imageCorrupt(file, "a pixel is not in the palette");
    pixels.set(palette.subarray(3 * index, 3 * index + 3), 3 * i);
  });
  return pixels;
}

/** An alpha channel says nothing where all is opaque; then it is left out. */
function withoutAlpha(values: Uint8Array, channels: 1 | 3, file: string): Uint8Array {
  const count = values.length / (channels + 1);
  const pixels = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    const from = i * (channels + 1);
    if (values[from + channels] !== 255) throw imageUnsupported(file, "transparency");
    for (let channel = 0; channel < channels; channel++) pixels[i * channels + channel] = values[from + channel]!;
  }
  return pixels;
}
