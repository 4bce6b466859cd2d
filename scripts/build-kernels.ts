/**
 * Compiles `trainer/kernels/*.c` to WebAssembly and writes it, as base64, to `trainer/src/engine/generated/kernels.ts`;
 * `trainer/kernels/merkle` alike to `merkle.ts`.
 *
 * `--check` writes nothing and exits 1 when the committed file is not what the sources give. The compiler is an npm
 * package of an exact version that itself runs in WebAssembly, so every machine makes the same bytes.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { commands, runLLVM } from "@yowasp/clang";

const KERNELS = new URL("../trainer/kernels/", import.meta.url);
const GENERATED = new URL("../trainer/src/engine/generated/", import.meta.url);

/** Strict binary32: no fused multiply-add, no reordering. Memory comes from outside, sized by whoever calls. */
const FLAGS = [
  "--target=wasm32",
  "-std=c23",
  "-O2",
  "-fno-unroll-loops",
  "-fno-vectorize",
  "-msimd128",
  "-matomics",
  "-mbulk-memory",
  "-ffp-contract=off",
  "-fno-math-errno",
  "-ffreestanding",
  "-nostdlib",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wl,--no-entry",
  "-Wl,--import-memory",
  "-Wl,--export=__heap_base",
  "-Wl,--strip-all",
];
/** Memory is declared shared, for threads. */
const THREADED = [
  "-Wl,--shared-memory",
  "-Wl,--max-memory=4294967296",
  "-Wl,--export=__stack_pointer",
  "-Wl,-z,stack-size=65536",
];
const SMALL = ["-Wl,-z,stack-size=4096"];

async function compile(folder: URL, flags: readonly string[]): Promise<Uint8Array> {
  const names = readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort();
  const sources = Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
  const units = names.filter((name) => name.endsWith(".c"));
  const stderr = new TextDecoder();
  await runLLVM(undefined, {}, { fetchProgress: () => {} }); // loads the compiler without its progress report
  const output = await commands.clang!([...FLAGS, ...flags, "-o", "kernels.wasm", ...units], sources, {
    stderr: (bytes) => bytes && process.stderr.write(stderr.decode(bytes, { stream: true })),
  });
  const wasm = output?.["kernels.wasm"];
  if (wasm instanceof Uint8Array) return wasm;
  throw new Error("clang gave no kernels.wasm");
}

/** Flags of the imported memory's limits: it has a maximum and is shared. */
const SHARED_LIMITS = 0x03;

/**
 * Where the flags of the only import, the memory, stand: behind its two names and the byte that says memory.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html#import-section
 */
function findMemoryLimits(wasm: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(wasm);
  const at = text.indexOf("\x03env\x06memory\x02") + "\x03env\x06memory\x02".length;
  if (wasm[at] !== SHARED_LIMITS) throw new Error("the memory import is not where it was looked for");
  return at;
}

function kernelsText(wasm: Uint8Array): string {
  return [
    "/** Made from trainer/kernels by scripts/build-kernels.ts. Do not edit. */",
    "",
    "/** Where the module says that its memory is shared: 3; 1 there makes it unshared. */",
    `export const MEMORY_LIMITS_AT = ${findMemoryLimits(wasm)};`,
    "",
    ...constantLines("KERNELS_BASE64", wasm),
  ].join("\n");
}

function merkleText(wasm: Uint8Array): string {
  return [
    "/** Made from trainer/kernels/merkle by scripts/build-kernels.ts. Do not edit. */",
    "",
    ...constantLines("MERKLE_BASE64", wasm),
  ].join("\n");
}

function constantLines(name: string, wasm: Uint8Array): string[] {
  const digest = createHash("sha256").update(wasm).digest("hex");
  return [
    `/** ${wasm.length} bytes of WebAssembly, SHA-256 ${digest}. */`,
    `export const ${name} =`,
    `  "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ];
}

const texts = {
  "kernels.ts": kernelsText(await compile(KERNELS, THREADED)),
  "merkle.ts": merkleText(await compile(new URL("merkle/", KERNELS), SMALL)),
};
for (const [name, text] of Object.entries(texts)) {
  const path = new URL(name, GENERATED);
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    process.stderr.write(`trainer/src/engine/generated/${name} is stale: run node scripts/build-kernels.ts\n`);
    process.exitCode = 1;
  }
}
