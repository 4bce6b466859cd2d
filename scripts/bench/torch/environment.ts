/**
 * What PyTorch's processes are given: how many threads, and which of OpenBLAS's kernels. Must not start any.
 *
 * Debian's PyTorch computes with OpenBLAS 0.3.21, which takes a processor that it does not know for one of 2004
 * ("Prescott") and is then two to three times slower than it could be: a comparison with it would be worth nothing.
 */
import { readFileSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/** OpenBLAS's names, the widest first, and what the processor must have for them. */
const CORES = [
  { core: "SkylakeX", needs: ["avx512f", "avx512bw", "avx512dq", "avx512vl"] },
  { core: "Haswell", needs: ["avx2", "fma"] },
] as const;

/** The kernels that OpenBLAS is to use. */
export interface BlasCore {
  /** `undefined`: OpenBLAS chooses. */
  readonly core: string | undefined;
  /** For people. */
  readonly text: string;
}

/**
 * @param environment the user's, whose OPENBLAS_CORETYPE wins.
 * @param cpuInfo contents of /proc/cpuinfo, empty where there is none.
 */
export function chooseBlasCore(environment: Environment, cpuInfo: string): BlasCore {
  const given = environment.OPENBLAS_CORETYPE;
  if (given !== undefined && given !== "") return { core: given, text: `${given}, as OPENBLAS_CORETYPE says` };
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/));
  const found = CORES.find(({ needs }) => needs.every((flag) => flags.has(flag)));
  if (found === undefined) return { core: undefined, text: "OpenBLAS's own choice" };
  return { core: found.core, text: `${found.core}, by this processor's ${found.needs[0]}` };
}

/** @returns that of this machine. */
export function blasCore(): BlasCore {
  return chooseBlasCore(process.env, readCpuInfo());
}

/** @returns what a process of PyTorch with so many threads has beside this one's environment. */
export function torchEnvironment(threads: number): Readonly<Record<string, string>> {
  const { core } = blasCore();
  return {
    ...{ OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}`, PYTHONDONTWRITEBYTECODE: "1" },
    ...(core === undefined ? {} : { OPENBLAS_CORETYPE: core }),
  };
}

function readCpuInfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
}
