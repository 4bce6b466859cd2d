/**
 * What was measured of a card, kept for the next start: one small file for each card, driver and version of the kernels.
 *
 * A cache: a file that is missing, damaged or cannot be written costs another measurement, and nothing else.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TileRecord, tilesVersion } from "../engine/webgpu/tileTrial.ts";
import type { GpuAdapter } from "./gpuAdapter.ts";

/** @returns where this card's record is kept. */
export function tilesPath(cacheDir: string, { adapter }: Pick<GpuAdapter, "adapter">): string {
  const { vendor, architecture, device, description } = adapter.info;
  const card = JSON.stringify([vendor, architecture, device, description, process.platform]);
  const name = createHash("sha256").update(card).digest("hex").slice(0, 16);
  return join(cacheDir, "webgpu", `${name}-${tilesVersion()}.json`);
}

/** @returns an empty record where there is none. What in it makes no sense `tryTiles` leaves out. */
export async function readTiles(path: string): Promise<TileRecord> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as TileRecord) : {};
  } catch {
    return {};
  }
}

export async function writeTiles(path: string, record: TileRecord): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, `${JSON.stringify(record)}\n`);
    await rename(aside, path);
  } catch {
    // the next start measures again
  }
}
