/** Writes IDX bytes for tests: the mirror image of what the reader accepts, and nothing the product uses. */
import { gzipSync } from "node:zlib";

/** @returns unsigned bytes as an IDX file of this shape. */
export function idxBytes(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, 0x08, shape.length]);
  for (const [axis, size] of shape.entries()) view.setUint32(4 + 4 * axis, size);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** `count` images of 2×3 pixels, no two alike; label `i mod 10`. */
export function smallPair(count: number): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const pixels = Uint8Array.from({ length: count * 6 }, (_, i) => (i * 7 + 13) % 256);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return { images: idxBytes([count, 2, 3], pixels), labels: idxBytes([count], labels) };
}

/** @returns `bytes` as `gzip` packs them. */
export function gzipped(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}
