import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseBlasCore, torchEnvironment } from "./environment.ts";

const cpuInfo = (flags: string): string => `processor\t: 0\nmodel name\t: new\nflags\t\t: ${flags}\nbugs\t\t: none\n`;
const AVX2 = "fpu sse2 fma avx avx2";

describe("chooseBlasCore", () => {
  it("takes the widest kernels that the processor's flags allow", () => {
    const coreOf = (flags: string): string | undefined => chooseBlasCore({}, cpuInfo(flags)).core;
    assert.equal(coreOf(`${AVX2} avx512f avx512dq avx512bw avx512vl`), "SkylakeX");
    assert.equal(coreOf(`${AVX2} avx512f`), "Haswell"); // Knights Landing
    assert.equal(coreOf(AVX2), "Haswell");
    assert.equal(coreOf("fpu sse2 avx"), undefined);
    assert.equal(chooseBlasCore({}, "").core, undefined);
    assert.match(chooseBlasCore({}, cpuInfo(AVX2)).text, /Haswell, by this processor's avx2/);
  });

  it("leaves what the user has set", () => {
    const { core, text } = chooseBlasCore({ OPENBLAS_CORETYPE: "Zen" }, cpuInfo(AVX2));
    assert.equal(core, "Zen");
    assert.match(text, /Zen, as OPENBLAS_CORETYPE says/);
  });
});

describe("torchEnvironment", () => {
  it("bounds every kind of thread", () => {
    const { OMP_NUM_THREADS, OPENBLAS_NUM_THREADS } = torchEnvironment(2);
    assert.deepEqual([OMP_NUM_THREADS, OPENBLAS_NUM_THREADS], ["2", "2"]);
  });
});
