/** Bundles the engine for a browser with esbuild. */
import { gzipSync } from "node:zlib";

export interface Bundle {
  readonly page: Uint8Array;
  readonly worker: Uint8Array;
  /** The engine with its kernels and its worker, gzipped. Unit: bytes. */
  readonly engineGzipBytes: number;
  readonly engineBytes: number;
}

/** What a page needs to train with this engine. */
const ENGINE = `
  export { encodeParameters, sha256Hex } from "../../../trainer/src/engine/checkpoint.ts";
  export { initialParameters } from "../../../trainer/src/engine/initialParameters.ts";
  export { compile } from "../../../trainer/src/engine/program.ts";
  export { createWasmExecutor } from "../../../trainer/src/engine/wasm/wasmExecutor.ts";
  export { createPageSpawner } from "./pageWorkers.ts";
`;

/** @returns the bundles, or why there are none. */
export async function bundleEngine(): Promise<Bundle | string> {
  const esbuild = await import("esbuild").catch((error: Error) => error);
  if (esbuild instanceof Error) return `esbuild is not installed (${esbuild.message.split("\n")[0]})`;
  const build = async (contents: string): Promise<Uint8Array> => {
    const { outputFiles } = await esbuild.build({
      stdin: { contents, resolveDir: import.meta.dirname },
      ...{ bundle: true, minify: true, write: false, format: "esm", target: "es2022", logLevel: "silent" },
    });
    return outputFiles[0]!.contents;
  };
  const page = await build('import "./page.ts"');
  const worker = await build('import "./threadWorker.ts"');
  const engine = await build(ENGINE);
  const gzipped = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;
  return {
    ...{ page, worker },
    engineBytes: engine.length + worker.length,
    engineGzipBytes: gzipped(engine) + gzipped(worker),
  };
}
