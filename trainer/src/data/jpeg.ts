/**
 * JPEG through jpeg-js, pinned: the format leaves rounding to the decoder, so the decoder's version is part of what the
 * pixels are. It computes with whole numbers and binary64 products only, the same on every machine. Pure.
 */
import jpeg from "jpeg-js";
import { type Image, imageCorrupt, requireSize } from "./image.ts";

/** Unit: MiB. Enough for `MAX_PIXELS`. */
const MEMORY_MIB = 512;

/** @returns whether `bytes` begin as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * @param file named in errors.
 * @throws {DataError} `DATA_IMAGE_CORRUPT` | `DATA_IMAGE_UNSUPPORTED`
 */
export function decodeJpeg(bytes: Uint8Array, file: string): Image {
  const frame = frameOf(bytes);
  if (frame === undefined) throw imageCorrupt(file, "it announces no size");
  requireSize(file, frame.width, frame.height);
  let decoded: { readonly width: number; readonly height: number; readonly data: Uint8Array };
  try {
    decoded = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxMemoryUsageInMB: MEMORY_MIB,
    });
  } catch (cause) {
    throw imageCorrupt(file, "its pixels cannot be unpacked", cause);
  }
  const { width, height, data } = decoded;
  const { isGrey } = frame;
  if (data.length !== 3 * width * height) throw imageCorrupt(file, "it has another number of channels");
  if (!isGrey) return { width, height, channels: 3, pixels: data };
  return { width, height, channels: 1, pixels: Uint8Array.from({ length: width * height }, (_, i) => data[3 * i]!) };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
}

/** What the frame header announces (ITU-T T.81, B.2.2), found by walking over the segments before it. */
function frameOf(bytes: Uint8Array): Frame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 10 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), isGrey: bytes[at + 9] === 1 };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
