/** The compiled native modules, loaded where this machine has them. Only such as pass the self-test are given out. */
import { createRequire } from "node:module";
import { encodeProgram } from "../engine/encodeProgram.ts";
import type { Backend } from "../engine/executor.ts";
import { type KernelProgram, THREAD_LOST, threadLost, WORTH_SHARING } from "../engine/kernelProgram.ts";
import { ComputeError } from "./computeError.ts";
import { readNativeRecord, sourcesDigest } from "./kernelSources.mjs";
import { passesSelfTest } from "./selfTest.ts";

/** What `trainer/kernels/native/addon.c` exports. */
interface NativeAddon {
  open(
    operations: Int32Array,
    arenaLength: number,
    streamCount: number,
    threads: number,
    worthSharing: number,
  ): { readonly handle: object; readonly arena: ArrayBuffer; readonly threads: number };
  run(
    handle: object,
    first: number,
    last: number,
    step: number,
    isTraining: number,
    rate: number,
    firstCorrection: number,
    secondCorrection: number,
    streams: Uint32Array,
  ): number;
  close(handle: object): void;
  supportedLanes(): number[];
}

/** One module that this machine can run: the kernels for one vector width. */
export interface NativeKernels {
  /** Binary32 numbers in a vector: 4, 8 or 16. */
  readonly lanes: number;
  /** For people, for example `AVX-512`. */
  readonly name: string;
  /** @throws {ComputeError} `COMPUTE_NATIVE_OUT_OF_MEMORY` */
  openBackend(program: KernelProgram, options: NativeOptions): NativeBackend;
}

export interface NativeOptions {
  /** Range: 1 … 64. */
  readonly threads: number;
  /** As in {@link WORTH_SHARING}, which is the default. */
  readonly worthSharing?: number;
}

export interface NativeBackend extends Backend {
  /** Threads that compute; fewer than asked for where the system gave no more. */
  readonly threads: number;
}

/** What was found, widest vectors first, and why there is no more. */
export interface NativeModules {
  readonly kernels: readonly NativeKernels[];
  /** In a sentence; absent when everything that this machine can run is there. */
  readonly problem?: string;
}

const NAMES: Readonly<Record<string, string>> = {
  "x64-4": "SSE2",
  "x64-8": "AVX2",
  "x64-16": "AVX-512",
  "arm64-4": "NEON",
};

let widest: NativeModules | undefined;
let all: NativeModules | undefined;

/** @returns the widest module that computes the canonical bits, and no other; tested once a process, in some ten milliseconds. */
export function loadWidestNativeModule(): NativeModules {
  widest ??= load(1);
  return widest;
}

/** @returns all modules of this machine, for comparisons; each loaded and tested once a process. */
export function loadNativeModules(): NativeModules {
  all ??= load(Number.POSITIVE_INFINITY);
  return all;
}

/** @param most how many modules that pass are enough. */
function load(most: number): NativeModules {
  if (process.env.CAIRN_NATIVE === "0") return { kernels: [], problem: "CAIRN_NATIVE=0 forbids it" };
  const record = readNativeRecord();
  if (record === undefined) return { kernels: [], problem: "it was not built: npm run setup" };
  if (record.modules[4] === undefined) return { kernels: [], problem: record.problem ?? "it was not built" };
  try {
    if (record.sources !== sourcesDigest()) return { kernels: [], problem: "its sources have changed: npm run setup" };
    const require = createRequire(import.meta.url);
    const base = require(record.modules[4]) as NativeAddon;
    const problems = record.problem === undefined ? [] : [record.problem];
    const kernels: NativeKernels[] = [];
    for (const lanes of base.supportedLanes().sort((left, right) => right - left)) {
      const path = record.modules[lanes];
      if (path === undefined) continue;
      if (kernels.length >= most) break;
      const candidate = nativeKernels(lanes, require(path) as NativeAddon);
      if (passesSelfTest((program) => candidate.openBackend(program, { threads: 1 }))) kernels.push(candidate);
      else problems.push(`${candidate.name} computes other bits than everybody else`);
    }
    return problems.length === 0 ? { kernels } : { kernels, problem: problems.join("; ") };
  } catch (error) {
    return { kernels: [], problem: `it does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function nativeKernels(lanes: number, addon: NativeAddon): NativeKernels {
  const name = NAMES[`${process.arch}-${lanes}`] ?? `${lanes} lanes`;
  return { lanes, name, openBackend: (program, options) => openBackend(addon, program, options) };
}

/** @throws {ComputeError} `COMPUTE_NATIVE_OUT_OF_MEMORY` */
function orOutOfMemory<T>(open: () => T, neededBytes: number): T {
  try {
    return open();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "NATIVE_NO_MEMORY") throw error;
    throw nativeOutOfMemory(neededBytes, error);
  }
}

function openBackend(addon: NativeAddon, program: KernelProgram, options: NativeOptions): NativeBackend {
  const { operations, arenaLength, streams } = program;
  const { threads: wanted, worthSharing = WORTH_SHARING } = options;
  const table = encodeProgram(operations);
  const open = () => addon.open(table, arenaLength, streams.length, wanted, worthSharing);
  const { handle, arena, threads } = orOutOfMemory(open, 4 * arenaLength);
  const words = 4 * streams.length;
  let isOpen = true;
  return {
    arena: new Float32Array(arena, 0, arenaLength),
    threads,
    run(first, last, { step, isTraining, rate, firstCorrection, secondCorrection, streams: all }) {
      const numbers = [rate, firstCorrection, secondCorrection] as const;
      const failed = addon.run(handle, first, last, step, Number(isTraining), ...numbers, all.subarray(0, words));
      if (failed === THREAD_LOST) throw threadLost();
      return failed;
    },
    dispose() {
      if (isOpen) addon.close(handle);
      isOpen = false;
    },
  };
}

/** @returns the failure to get `neededBytes`. */
export function nativeOutOfMemory(neededBytes: number, cause: unknown): ComputeError {
  const needed = `${Math.ceil(neededBytes / 2 ** 20)} MiB`;
  return new ComputeError(
    { code: "COMPUTE_NATIVE_OUT_OF_MEMORY", neededBytes },
    `the native engine cannot have the ${needed} that the program needs`,
    { cause },
  );
}
