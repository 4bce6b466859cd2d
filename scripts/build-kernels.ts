/**
 * Compiles `trainer/kernels/*.c` to WebAssembly and writes it, as base64, to `trainer/src/engine/generated/kernels.ts`.
 *
 * `--check` writes nothing and exits 1 when the committed file is not what the sources give. The compiler is an npm
 * package of an exact version that itself runs in WebAssembly, so every machine makes the same bytes.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { commands, runLLVM } from "@yowasp/clang";

const KERNELS = new URL("../trainer/kernels/", import.meta.url);
const GENERATED = new URL("../trainer/src/engine/generated/kernels.ts", import.meta.url);

/** Strict binary32: no fused multiply-add, no reordering. Memory comes from outside, sized by the program. */
const FLAGS = [
  "--target=wasm32",
  "-std=c23",
  "-O3",
  "-msimd128",
  "-ffp-contract=off",
  "-fno-math-errno",
  "-fno-builtin",
  "-ffreestanding",
  "-nostdlib",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Wl,--no-entry",
  "-Wl,--import-memory",
  "-Wl,--export=__heap_base",
  "-Wl,--strip-all",
  "-Wl,-z,stack-size=16384",
];

async function compileKernels(): Promise<Uint8Array> {
  const names = readdirSync(KERNELS).sort();
  const sources = Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, KERNELS), "utf8")]));
  const units = names.filter((name) => name.endsWith(".c"));
  const stderr = new TextDecoder();
  await runLLVM(undefined, {}, { fetchProgress: () => {} }); // loads the compiler without its progress report
  const output = await commands.clang!([...FLAGS, "-o", "kernels.wasm", ...units], sources, {
    stderr: (bytes) => bytes && process.stderr.write(stderr.decode(bytes, { stream: true })),
  });
  const wasm = output?.["kernels.wasm"];
  if (wasm instanceof Uint8Array) return wasm;
  throw new Error("clang gave no kernels.wasm");
}

function moduleText(wasm: Uint8Array): string {
  const digest = createHash("sha256").update(wasm).digest("hex");
  return [
    "/** Made from trainer/kernels by scripts/build-kernels.ts. Do not edit. */",
    "",
    `/** ${wasm.length} bytes of WebAssembly, SHA-256 ${digest}. */`,
    "export const KERNELS_BASE64 =",
    `  "${Buffer.from(wasm).toString("base64")}";`,
    "",
  ].join("\n");
}

const text = moduleText(await compileKernels());
if (!process.argv.includes("--check")) writeFileSync(GENERATED, text);
else if (readFileSync(GENERATED, "utf8") !== text) {
  process.stderr.write("trainer/src/engine/generated/kernels.ts is stale: run node scripts/build-kernels.ts\n");
  process.exitCode = 1;
}
