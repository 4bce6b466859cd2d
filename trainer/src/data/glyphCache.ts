/**
 * Keeps the built-in data set in the user's cache: drawing it takes a second of every process that starts. Node only.
 *
 * A cache is never trusted and never needed: what does not have the known root is drawn anew, and a cache that cannot be
 * written is done without.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { concatBytes } from "../protocol/hex.ts";
import type { Dataset } from "./dataset.ts";
import { bindGlyphs, createGlyphs, GLYPHS_ROOT } from "./glyphs.ts";

/** Records one after the other, each label ‖ pixels. */
const FILE = "glyphs-v1.records";

/** Unit: bytes. One label and 28×28 pixels. */
const RECORD_BYTES = 785;

/** @returns the built-in data set, from the cache or drawn now. */
export async function openGlyphs(cacheDir: string): Promise<Dataset> {
  const kept = await readFile(join(cacheDir, FILE)).catch(() => undefined);
  const cached = kept === undefined ? undefined : readRecords(kept);
  if (cached?.manifest.recordsRoot === GLYPHS_ROOT) return cached;
  const drawn = createGlyphs();
  const records = Array.from({ length: drawn.manifest.recordCount }, (_, index) => drawn.record(index));
  await keep(cacheDir, concatBytes(...records)).catch(() => {});
  return drawn;
}

function readRecords(bytes: Uint8Array): Dataset | undefined {
  const count = bytes.length / RECORD_BYTES;
  if (!Number.isSafeInteger(count) || count < 10 || count % 10 !== 0) return undefined;
  const labels = Uint8Array.from({ length: count }, (_, i) => bytes[i * RECORD_BYTES]!);
  if (labels.some((label) => label > 9)) return undefined;
  const pixels = new Uint8Array(count * (RECORD_BYTES - 1));
  for (let i = 0; i < count; i++) {
    pixels.set(bytes.subarray(i * RECORD_BYTES + 1, (i + 1) * RECORD_BYTES), i * (RECORD_BYTES - 1));
  }
  return bindGlyphs(labels, pixels);
}

async function keep(cacheDir: string, bytes: Uint8Array): Promise<void> {
  const part = join(cacheDir, `${FILE}.${process.pid}.part`);
  await mkdir(cacheDir, { recursive: true });
  try {
    await writeFile(part, bytes);
    await rename(part, join(cacheDir, FILE)); // other processes see the whole file or none
  } finally {
    await rm(part, { force: true });
  }
}
