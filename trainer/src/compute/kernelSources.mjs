/**
 * What the native kernels are made from, and where they lie when they are made.
 *
 * Plain JavaScript on Node's own modules: the set-up imports it before anything is installed.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TRAINER = fileURLToPath(new URL("../../", import.meta.url));
const KERNELS = join(TRAINER, "kernels");

/** Where builds lie, one folder each, beside a record of the last one. */
export const NATIVE_FOLDER = join(TRAINER, "native-build");
export const NATIVE_RECORD = join(NATIVE_FOLDER, "record.json");

/** @returns paths of all sources and headers, sorted. */
export function kernelSources() {
  return [KERNELS, join(KERNELS, "native")].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.[ch]$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );
}

/** @returns SHA-256 over names and contents: a build of other sources is not to be used. */
export function sourcesDigest() {
  const hash = createHash("sha256");
  for (const path of kernelSources()) hash.update(path.slice(TRAINER.length)).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}

/** @returns the record of the last build, or undefined when there was none. */
export function readNativeRecord() {
  try {
    return JSON.parse(readFileSync(NATIVE_RECORD, "utf8"));
  } catch {
    return undefined;
  }
}
