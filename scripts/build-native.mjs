/**
 * Compiles the engine's kernels for this machine, where it has a C compiler: once for every vector width of its CPU family.
 *
 * Without a compiler, or when it fails, the engine computes the same bits in WebAssembly; so nothing here ever fails, and
 * what happened is written down for `cairn doctor`. `CAIRN_CC` names the compiler, `CAIRN_NATIVE=0` forbids all this. Like
 * setup.mjs it runs under any Node >= 20 and imports nothing but Node's own modules.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  kernelSources,
  NATIVE_FOLDER,
  NATIVE_RECORD,
  readNativeRecord,
  sourcesDigest,
} from "../trainer/src/compute/kernelSources.mjs";

const HEADERS = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules/node-api-headers/include");
/** Unit: milliseconds. A build takes ten seconds, on a busy machine some minutes; one that takes this long does not end. */
const DEADLINE_MS = 600_000;

/** Strict binary32, as in build-kernels.ts: nothing fused, nothing reordered, subnormals kept. */
const FLAGS = [
  ...["-std=c17", "-D_GNU_SOURCE", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fvisibility=hidden", "-fPIC"],
  ...(process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared", "-pthread"]),
];

/** Vector widths of a CPU family, in binary32 numbers, and the flags that allow them. */
const WIDTHS = {
  x64: {
    4: ["-msse2"],
    8: ["-mavx2", "-mno-fma"],
    16: ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mprefer-vector-width=512"],
  },
  arm64: { 4: [] },
}[process.arch];

/** Builds when sources, compiler or flags are not those of the last try. Says so in one line; never throws. */
export function buildNative(say) {
  try {
    const plan = makePlan();
    if (plan === undefined || readNativeRecord()?.stamp === plan.stamp) return;
    if (plan.compiler !== undefined) say("Cairn: compiling its kernels for this machine. This happens once …");
    // Its own process: compilers run side by side there, and this one waits without a loop of events.
    spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { stdio: "ignore", timeout: DEADLINE_MS });
  } catch {
    // A file system that cannot be written to, say: the engine computes in WebAssembly.
  }
}

/** What would be built, or undefined where nothing may be or can be. Takes milliseconds. */
function makePlan() {
  if (process.env.CAIRN_NATIVE === "0" || WIDTHS === undefined || process.platform === "win32") return undefined;
  if (!existsSync(HEADERS)) return undefined;
  const sources = sourcesDigest();
  const compiler = findCompiler();
  const { size, mtimeMs } = compiler === undefined ? {} : statSync(compiler);
  const made = [sources, compiler, size, mtimeMs, FLAGS, WIDTHS, process.platform];
  return { sources, compiler, stamp: createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 16) };
}

function findCompiler() {
  const wanted = process.env.CAIRN_CC ? [process.env.CAIRN_CC] : ["cc", "gcc", "clang"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const name of wanted) {
    const paths = name.includes("/") ? [name] : folders.map((folder) => join(folder, name));
    const found = paths.find(isExecutable);
    if (found !== undefined) return realpathSync(found);
  }
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Builds into a folder that is renamed when it is whole, so that nobody loads half a module. */
async function build({ sources, compiler, stamp }) {
  const folder = join(NATIVE_FOLDER, stamp);
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const outcomes = compiler === undefined ? [] : await compileAll(compiler, unfinished);
  if (readNativeRecord()?.stamp === stamp) return rmSync(unfinished, { recursive: true }); // another process was faster
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  const built = outcomes.filter(({ problem }) => problem === undefined);
  const problem = compiler === undefined ? "no C compiler was found" : outcomes.find((each) => each.problem)?.problem;
  const modules = Object.fromEntries(built.map(({ width }) => [width, join(folder, `${width}.node`)]));
  // A compiler that a signal ended may do better the next time: without the stamp it is tried again.
  const isFinal = !outcomes.some(({ wasEnded }) => wasEnded);
  const record = { stamp: isFinal ? stamp : undefined, sources, compiler, modules, problem };
  writeFileSync(`${NATIVE_RECORD}.${process.pid}`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${NATIVE_RECORD}.${process.pid}`, NATIVE_RECORD);
  removeOthers(stamp);
}

function compileAll(compiler, folder) {
  return Promise.all(
    Object.entries(WIDTHS).map(async ([width, flags]) => {
      const inputs = kernelSources().filter((path) => path.endsWith(".c"));
      const output = join(folder, `${width}.node`);
      const args = [...FLAGS, ...flags, `-DLANES=${width}`, `-I${HEADERS}`, ...inputs, "-o", output];
      return { width, ...(await compile(compiler, args)) };
    }),
  );
}

/** @returns no problem when it went well, else what the compiler said first. */
function compile(compiler, args) {
  return new Promise((resolve) => {
    const child = spawn(compiler, args, { stdio: ["ignore", "ignore", "pipe"], timeout: DEADLINE_MS });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said = `${said}${chunk}`.slice(0, 2_000);
    });
    child.on("error", (error) => resolve({ problem: error.message }));
    child.on("close", (code, signal) => {
      const problem = said.trim() || `${compiler} ended with ${signal ?? `status ${code}`}`;
      resolve(code === 0 ? {} : { problem, wasEnded: signal !== null });
    });
  });
}

function removeOthers(stamp) {
  for (const name of readdirSync(NATIVE_FOLDER)) {
    const isOld = !name.startsWith(stamp) && statSync(join(NATIVE_FOLDER, name)).isDirectory();
    if (isOld) rmSync(join(NATIVE_FOLDER, name), { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const plan = makePlan();
  if (plan !== undefined && readNativeRecord()?.stamp !== plan.stamp) await build(plan);
}
