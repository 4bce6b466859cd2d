/**
 * Makes a fresh clone ready to run: the locked packages, the pinned Node among them, Hardhat's native part, and where there
 * is a C compiler the engine's kernels for this machine.
 *
 * It runs under any Node >= 20 before anything is installed, so it must import nothing but Node's own modules.
 * What it has to say goes to stderr; when there is nothing to do it says nothing, touches no network and takes
 * milliseconds.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNative } from "./build-native.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const PINNED_NODE = join(ROOT, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");

/** npm settings that say where packages come from. Every other one (omit, global, dry-run …) could break the install. */
const KEPT_SETTING =
  /^npm_config_(.*registry|cache|userconfig|globalconfig|.*proxy|ca|cafile|strict_ssl|offline|prefer_o.*|fetch_.*|\/\/.*)$/i;

const QUIET_FLAGS = ["--audit=false", "--fund=false", "--loglevel=error"];
const CI_FLAGS = [
  ...["--include=dev", "--include=optional", "--include=peer", "--ignore-scripts=false", "--dry-run=false"],
  ...["--global=false", "--install-strategy=hoisted", "--legacy-peer-deps=false"],
  ...QUIET_FLAGS,
];

/** A failure with a stable code and the next step, for people; the stack is of no use to them. */
class SetupError extends Error {
  constructor(code, problem, next) {
    super(`${code}: ${problem}\nNext: ${next}`);
    this.code = code;
  }
}

/**
 * Installs what is missing and compiles what can be; does nothing when all is there.
 *
 * @throws {SetupError} `SETUP_NODE_TOO_OLD` | `SETUP_NPM_MISSING` | `SETUP_INSTALL_FAILED` | `SETUP_INCOMPLETE`
 */
export function setUp() {
  if (!isAtLeast(20, 0)) {
    const problem = `This is Node ${process.versions.node}; the set-up needs Node 20 or newer.`;
    throw new SetupError("SETUP_NODE_TOO_OLD", problem, "install Node 20 or newer (https://nodejs.org) and try again.");
  }
  if (findProblem() !== undefined) installAll();
  buildNative(say);
}

/**
 * Installs what reaches graphics cards, in a folder of its own: 132 MB that only some machines have a use for.
 *
 * @throws {SetupError} `SETUP_NPM_MISSING` | `SETUP_INSTALL_FAILED`
 */
export function setUpGpu() {
  say("Cairn: installing the package webgpu (132 MB) …");
  const folder = join(ROOT, "trainer/gpu");
  const ci = [findNpm(), "ci", `--prefix=${folder}`, "--workspaces=false", "--ignore-scripts", ...QUIET_FLAGS];
  const { error, status } = spawnSync(process.execPath, ci, {
    cwd: folder,
    env: installEnvironment(),
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    const problem = error ? `npm did not start: ${error.message}` : "npm could not install it; its reason is above.";
    throw new SetupError("SETUP_INSTALL_FAILED", problem, "check the network, then `npm run setup -- --gpu`.");
  }
  say("Cairn: ready for graphics cards. `npx cairn doctor` says what it finds.");
}

function installAll() {
  const startedMs = Date.now();
  say("Cairn: installing its packages. This happens once and takes a minute or two …");
  install();
  const problem = findProblem() ?? findBrokenBinary();
  if (problem !== undefined) {
    throw new SetupError("SETUP_INCOMPLETE", problem, "delete the folder node_modules, then `npm run setup`.");
  }
  say(`Cairn: ready after ${Math.round((Date.now() - startedMs) / 1000)} s.`);
}

/**
 * What keeps the project from running, judged by files alone; `undefined` when it can run.
 *
 * npm writes `node_modules/.package-lock.json` last, so an install that was cut off, made for another lock file, or
 * made without Hardhat's native part (npm under Node < 22 leaves it out and says nothing) is seen here.
 */
function findProblem() {
  const installed = readPackages("node_modules/.package-lock.json");
  if (installed === undefined) return "The packages are not installed.";
  for (const [path, { version, link, optional }] of Object.entries(readPackages("package-lock.json") ?? {})) {
    if (!path.includes("node_modules/") || link || optional || installed[path]?.version === version) continue;
    return `${path} ${version} is not installed.`;
  }
  if (!existsSync(PINNED_NODE)) return "The pinned Node is not installed.";
  const scope = join(ROOT, "node_modules/@nomicfoundation");
  const native = readdirSync(scope).some((name) => name.startsWith(`edr-${process.platform}-${process.arch}`));
  return native ? undefined : `Hardhat's native part for ${process.platform}-${process.arch} is not installed.`;
}

/** Runs the pinned Node and lets it load Hardhat's native part. Costs a process, so only after an install. */
function findBrokenBinary() {
  const probe = spawnSync(PINNED_NODE, ["-e", "require('@nomicfoundation/edr')"], { cwd: ROOT, encoding: "utf8" });
  if (probe.error) return `The pinned Node does not start: ${probe.error.message}`;
  return probe.status === 0 ? undefined : `Hardhat's native part does not load under the pinned Node:\n${probe.stderr}`;
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), "utf8")).packages;
  } catch {
    return undefined; // missing or cut off: to be installed anew
  }
}

/** `npm ci`, under the pinned Node when the running one is too old for Hardhat's native part. */
function install() {
  const npm = findNpm();
  const ci = [npm, "ci", `--prefix=${ROOT}`, ...CI_FLAGS];
  const { node } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).dependencies;
  const borrowed = [npm, "exec", "--yes", `--package=node@${node}`, "--loglevel=error", "--", "node", ...ci];
  const { error, status } = spawnSync(process.execPath, isAtLeast(22, 12) ? ci : borrowed, {
    cwd: tmpdir(), // not here: npm would take a half-installed `node` of this folder for the one it is asked for
    env: installEnvironment(),
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status === 0) return;
  const problem = error
    ? `npm did not start: ${error.message}`
    : "npm could not install the packages; its reason is above.";
  throw new SetupError(
    "SETUP_INSTALL_FAILED",
    problem,
    "check the network and the disk's free space, then `npm run setup`.",
  );
}

function installEnvironment() {
  const kept = Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key) || KEPT_SETTING.test(key));
  const env = Object.fromEntries(kept.filter(([key]) => key !== "NODE_ENV" && !/^path$/i.test(key)));
  return { ...env, PATH: `${process.env.PATH}${delimiter}${dirname(process.execPath)}` };
}

/** The script of npm itself: the one that started this, the one beside this Node, or the first on the PATH. */
function findNpm() {
  const script = "node_modules/npm/bin/npm-cli.js";
  const beside = dirname(process.execPath);
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => [join(folder, "npm"), join(folder, script)]);
  const candidates = [process.env.npm_execpath ?? "", join(beside, script), join(beside, "../lib", script), ...onPath];
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const path = realpathSync(candidate);
    if (path.endsWith("npm-cli.js")) return path;
  }
  const next = "install npm (it comes with Node, https://nodejs.org) and try again.";
  throw new SetupError("SETUP_NPM_MISSING", "npm was not found beside this Node or on the PATH.", next);
}

function isAtLeast(major, minor) {
  const [runningMajor, runningMinor] = process.versions.node.split(".").map(Number);
  return runningMajor > major || (runningMajor === major && runningMinor >= minor);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Sets up, or says in two lines why not and ends the process with status 1. @param withGpu for graphics cards, too */
export function setUpOrExit({ withGpu = false } = {}) {
  try {
    setUp();
    if (withGpu) setUpGpu();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  setUpOrExit({ withGpu: process.argv.includes("--gpu") });
}
