import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { CANONICAL_RESULTS } from "./canonicalResults.ts";
import { createBestExecutor, describeEngine, EXECUTOR_KINDS, engineOf } from "./createExecutor.ts";
import { loadNativeModules, type NativeKernels, nativeOutOfMemory } from "./nativeAddon.ts";
import { selfTestPrograms, selfTestResult } from "./selfTest.ts";

const [program] = selfTestPrograms() as [ReturnType<typeof selfTestPrograms>[number]];
const hasNative = loadNativeModules().kernels.length > 0;

describe("createBestExecutor", () => {
  for (const kind of EXECUTOR_KINDS) {
    for (const threads of [1, 3]) {
      const skip = kind === "native" && !hasNative;
      it(`gives the canonical bits: ${kind}, ${threads} threads`, { skip }, async () => {
        const executor = await createBestExecutor(program, { kind, threads });
        const engine = engineOf(executor)!;
        assert.equal(engine.threads, kind === "reference" ? 1 : threads);
        assert.match(engine.text, /^(native \S+|WebAssembly|reference), [13] threads?$/);
        assert.equal(selfTestResult(executor), CANONICAL_RESULTS[0]);
      });
    }
  }

  it("takes WebAssembly, or says that native is not there, when CAIRN_NATIVE=0", () => {
    const script = `
      const { createBestExecutor, engineOf } = await import(${JSON.stringify(new URL("./createExecutor.ts", import.meta.url))});
      const { selfTestPrograms } = await import(${JSON.stringify(new URL("./selfTest.ts", import.meta.url))});
      const [program] = selfTestPrograms();
      console.log(engineOf(await createBestExecutor(program, { threads: 2 })).text);
      console.log(await createBestExecutor(program, { kind: "native" }).catch(({ code }) => code));`;
    const env = { ...process.env, CAIRN_NATIVE: "0" };
    const args = ["--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8", timeout: 60_000 });
    assert.equal(stdout, "WebAssembly, 2 threads\nCOMPUTE_NATIVE_UNAVAILABLE\n", stderr);
  });

  describe("where the native engine gets no memory", () => {
    const full: NativeKernels = {
      ...{ lanes: 4, name: "SSE2" },
      openBackend: () => {
        throw nativeOutOfMemory(2 ** 30, new Error("none"));
      },
    };
    const nativeModules = () => ({ kernels: [full] });

    it("takes WebAssembly and says why", async () => {
      const executor = await createBestExecutor(program, { threads: 1, nativeModules });
      const { kind, text, notice } = engineOf(executor)!;
      assert.equal(kind, "wasm");
      assert.equal(notice, "the native engine cannot have the 1024 MiB that the program needs");
      assert.equal(text, `WebAssembly, 1 thread (${notice})`);
      assert.equal(selfTestResult(executor), CANONICAL_RESULTS[0]);
    });

    it("refuses where native was asked for", async () => {
      const creating = createBestExecutor(program, { kind: "native", threads: 1, nativeModules });
      await assert.rejects(creating, { code: "COMPUTE_NATIVE_OUT_OF_MEMORY" });
    });
  });

  it("refuses a number of threads that makes no sense", async () => {
    await assert.rejects(createBestExecutor(program, { kind: "wasm", threads: 0 }), RangeError);
    await assert.rejects(createBestExecutor(program, { kind: "wasm", threads: 1.5 }), RangeError);
    await assert.rejects(createBestExecutor(program, { threads: 65 }), RangeError);
  });
});

describe("engineOf", () => {
  it("knows nothing of an executor that was made elsewhere", () => {
    assert.equal(engineOf(createReferenceExecutor(program)), undefined);
  });
});

describe("describeEngine", () => {
  it("says what is chosen, and why not native where it is not", () => {
    const { best, threads, problem } = describeEngine();
    assert.ok(threads >= 1);
    assert.equal(best.startsWith("native"), hasNative);
    if (!hasNative) assert.ok(problem !== undefined);
  });
});
