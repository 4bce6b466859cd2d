"use client";
/** A visitor's image file as pixels: bounded before it is decoded, read in the tab, sent nowhere. */
import { InferError } from "../inferError.ts";
import type { Rgba } from "./picture.ts";

/** Longest file that is looked at. Unit: bytes. */
const MAX_BYTES = 20 * 2 ** 20;

/** Most pixels of an image that is decoded: a small file can hold a huge one. */
const MAX_PIXELS = 40_000_000;

/** The longer side that is worked on; a record has 28 pixels. */
const WORK_SIDE = 512;

/** @throws {InferError} `INFER_FILE_TOO_LARGE` | `INFER_IMAGE_UNREADABLE` | `INFER_IMAGE_TOO_LARGE` */
export async function readImage(file: Blob): Promise<Rgba> {
  if (file.size > MAX_BYTES) {
    throw new InferError(
      { code: "INFER_FILE_TOO_LARGE", bytes: file.size, maxBytes: MAX_BYTES },
      "the file is too large",
    );
  }
  const { width, height } = await sizeOf(file);
  if (width * height > MAX_PIXELS) {
    throw new InferError(
      { code: "INFER_IMAGE_TOO_LARGE", width, height, maxPixels: MAX_PIXELS },
      `${width} × ${height}`,
    );
  }
  const scale = Math.min(1, WORK_SIDE / Math.max(width, height));
  const size = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  const bitmap = await createImageBitmap(file, { ...size, resizeQuality: "high" }).catch((cause: unknown) => {
    throw new InferError({ code: "INFER_IMAGE_UNREADABLE" }, "the file is no image that this browser reads", { cause });
  });
  try {
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}

/** From the element that only reads the head: nothing is decoded yet. */
async function sizeOf(file: Blob): Promise<{ readonly width: number; readonly height: number }> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise<void>((resolve, reject) => {
      image.onload = () => resolve();
      image.onerror = () => reject(new InferError({ code: "INFER_IMAGE_UNREADABLE" }, "the file is no image"));
      image.src = url;
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } finally {
    URL.revokeObjectURL(url);
  }
}

function pixelsOf(bitmap: ImageBitmap): Rgba {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new InferError({ code: "INFER_IMAGE_UNREADABLE" }, "the browser gives no canvas");
  context.drawImage(bitmap, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
