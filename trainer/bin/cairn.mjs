#!/usr/bin/env node
/**
 * The command `cairn`: runs src/cli/main.ts under a Node that can, the pinned one where the running one is too old.
 *
 * It runs under any Node >= 20, without npm. It must hold nothing of the command itself.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = new URL("../src/cli/main.ts", import.meta.url);
const isPinnedMajor = Number.parseInt(process.versions.node, 10) >= 24;

if (isPinnedMajor) {
  module.enableCompileCache(); // the second start needs neither to strip types nor to compile: a third of the time
  await import(main.href);
} else runUnderPinnedNode();

function runUnderPinnedNode() {
  const node = findPinnedNode();
  if (node === undefined) {
    const problem = `CLI_NODE_TOO_OLD: this is Node ${process.versions.node}, and the pinned Node 24 is not installed.`;
    process.stderr.write(`${problem}\nNext: npm run setup (in Cairn's folder), or use Node 24 or newer.\n`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // Passed on once each: a terminal sends Ctrl-C to the child by itself.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.once(signal, () => child.kill(signal));
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function findPinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const node = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined; // the package `node` is not installed
  }
}
