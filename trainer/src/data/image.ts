/** What an image is to the rest of `data`, whatever file it comes from. Pure. */
import { DataError } from "./dataError.ts";

export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** Shape `[height, width, channels]`, row-major, one byte a value. */
  readonly pixels: Uint8Array;
}

/** Most pixels of an image. A file may announce any number; this is what is allocated at most. */
export const MAX_PIXELS = 16_777_216;

/** @throws {DataError} `DATA_IMAGE_CORRUPT` | `DATA_IMAGE_UNSUPPORTED` when a size is 0, or there are too many pixels */
export function requireSize(file: string, width: number, height: number): void {
  if (width < 1 || height < 1) throw imageCorrupt(file, "it has no pixels");
  if (width * height > MAX_PIXELS) throw imageUnsupported(file, `${width}×${height} pixels, ${MAX_PIXELS} at most`);
}

export function imageCorrupt(file: string, problem: string, cause?: unknown): DataError {
  return new DataError({ code: "DATA_IMAGE_CORRUPT", file }, `${file} is damaged: ${problem}`, { cause });
}

export function imageUnsupported(file: string, feature: string): DataError {
  return new DataError(
    { code: "DATA_IMAGE_UNSUPPORTED", file, feature },
    `${file} has a form that is not read: ${feature}`,
  );
}
