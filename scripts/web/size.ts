/**
 * First-load JavaScript of every page, gzipped: what its HTML names, before anything is pressed. `npm run web:size`.
 *
 * Fails above the limit, and when there is no built site: then it can't know.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SITE } from "./build.ts";

/** Unit: bytes. Source: the issue about the dApp. */
const LIMIT_BYTES = 250 * 1024;

export interface PageSize {
  readonly page: string;
  /** Gzipped. Unit: bytes. */
  readonly bytes: number;
}

const SCRIPT = /<script[^>]*\ssrc="([^"]+\.js)"[^>]*>/g;

/** Browsers with modules never ask for these. */
const NO_MODULE = /\snomodule(=|\s|>)/i;

/** @returns every page of the site in `directory`, largest first; the error pages count as one. */
export function pageSizes(directory: string): PageSize[] {
  const zipped = new Map<string, number>();
  const sizeOf = (path: string): number => {
    const known = zipped.get(path);
    if (known !== undefined) return known;
    const bytes = gzipSync(readFileSync(join(directory, path))).byteLength;
    zipped.set(path, bytes);
    return bytes;
  };
  const pages = globSync("**/index.html", { cwd: directory }).map((file): PageSize => {
    const html = readFileSync(join(directory, file), "utf8");
    const scripts = [...html.matchAll(SCRIPT)].filter(([tag]) => !NO_MODULE.test(tag)).map(([, path = ""]) => path);
    const bytes = [...new Set(scripts)].reduce((sum, path) => sum + sizeOf(path), 0);
    return { page: `/${file.slice(0, -"index.html".length)}`, bytes };
  });
  const [one, ...rest] = pages.filter(({ page }) => /^\/errors\/./.test(page)).sort((a, b) => b.bytes - a.bytes);
  const others = pages.filter(({ page }) => !/^\/errors\/./.test(page));
  const codes = one === undefined ? [] : [{ page: `/errors/… (${rest.length + 1} codes)`, bytes: one.bytes }];
  return [...others, ...codes].sort((a, b) => b.bytes - a.bytes);
}

if (import.meta.main) {
  const sizes = pageSizes(SITE);
  for (const { page, bytes } of sizes) {
    const mark = bytes <= LIMIT_BYTES ? " " : "✖";
    process.stdout.write(`${mark} ${(bytes / 1024).toFixed(1).padStart(6)} KB  ${page}\n`);
  }
  const tooLarge = sizes.filter(({ bytes }) => bytes > LIMIT_BYTES);
  process.stdout.write(`${sizes.length} pages, limit ${LIMIT_BYTES / 1024} KB, ${tooLarge.length} above it\n`);
  process.exitCode = sizes.length > 0 && tooLarge.length === 0 ? 0 : 1;
}
