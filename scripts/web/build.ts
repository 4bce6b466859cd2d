/**
 * Builds the dApp into `web/out`, unless it is there already: `node scripts/web/build.ts [--quiet]`.
 *
 * The built site carries the hash of everything it was made from. Runs without a network. Must not be started twice at once:
 * Next.js then says so itself.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { dirname, join } from "node:path";

const PROJECT = dirname(dirname(import.meta.dirname));

export const SITE = join(PROJECT, "web/out");

const STAMP = join(SITE, "build.json");

/** What the site is made of: its own sources, the trainer's that it may import, and the packages' versions. */
const SOURCES = ["web/src/**/*", "web/public/**/*", "web/*.{ts,mjs,json}", "trainer/src/**/*.ts", "package-lock.json"];

/** Not part of the site: they may change without making it stale. */
const NOT_SOURCES = /\.test\.ts$|^web\/(next-env\.d\.ts|public\/cairn\.json)$/;

/** @returns SHA-256 over the names and bytes of all sources, hexadecimal. */
export function sourceHash(): string {
  const hash = createHash("sha256");
  const files = globSync(SOURCES, { cwd: PROJECT, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(PROJECT.length + 1)).sort();
  for (const path of paths) {
    if (NOT_SOURCES.test(path)) continue;
    const bytes = readFileSync(join(PROJECT, path));
    hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** @returns whether `web/out` was made from the sources as they are. */
export function isBuilt(): boolean {
  try {
    return JSON.parse(readFileSync(STAMP, "utf8")).sources === sourceHash();
  } catch {
    return false; // never built, or cut off
  }
}

/**
 * Makes the site beside the old one and swaps them at the end, so that a server never hands out half of it.
 *
 * @returns the exit status of `next build`; 0 also when there was nothing to do.
 */
export async function build({ quiet }: { readonly quiet: boolean }): Promise<number> {
  if (isBuilt()) return 0;
  const sources = sourceHash(); // of what it starts from: a change while it runs leaves it stale
  const fresh = `.out-${process.pid}`;
  const status = await runNext({ fresh, quiet });
  if (status === 0) {
    writeFileSync(join(PROJECT, "web", fresh, "build.json"), `${JSON.stringify({ sources })}\n`);
    rmSync(SITE, { recursive: true, force: true });
    renameSync(join(PROJECT, "web", fresh), SITE);
  }
  rmSync(join(PROJECT, "web", fresh), { recursive: true, force: true });
  return status;
}

function runNext({ fresh, quiet }: { readonly fresh: string; readonly quiet: boolean }): Promise<number> {
  const next = spawn(process.execPath, [join(PROJECT, "node_modules/next/dist/bin/next"), "build"], {
    cwd: join(PROJECT, "web"),
    env: { ...process.env, CAIRN_WEB_OUT: fresh, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
    stdio: ["ignore", quiet ? "ignore" : "inherit", "inherit"],
  });
  const end = (signal: NodeJS.Signals) => () => next.kill(signal);
  process.once("SIGTERM", end("SIGTERM")).once("SIGINT", end("SIGINT"));
  return new Promise((resolve) => {
    next.once("error", () => resolve(1));
    next.once("exit", (code) => resolve(code ?? 1));
  });
}

if (import.meta.main) {
  setPriority(constants.priority.PRIORITY_LOW); // whatever else runs here goes first
  const quiet = process.argv.includes("--quiet");
  if (!quiet && existsSync(STAMP) && isBuilt()) process.stderr.write("web/out is up to date.\n");
  process.exitCode = await build({ quiet });
}
