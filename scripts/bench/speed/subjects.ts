/** The engines of the comparison and how each is started on this machine. Must not start any but to look for PyTorch. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { torchEnvironment } from "../torch/environment.ts";
import type { WorkerCommand } from "./workerProcess.ts";

export const ENGINE_KINDS = ["torch", "native", "wasm", "reference", "tfjs"] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** One engine at one number of threads. */
export interface Subject {
  /** Its column, for example `native2`. */
  readonly name: string;
  readonly kind: EngineKind;
  readonly threads: number;
  /** Whether its weights must have the same bits as the others'. */
  readonly isCanonical: boolean;
  /** @param folder the workload's. */
  command(folder: string): WorkerCommand;
}

export interface SubjectOptions {
  readonly threads: readonly number[];
  /** A Python that has PyTorch; `undefined` without. */
  readonly python: string | undefined;
  /** A folder with TensorFlow.js in its node_modules; `undefined` without. */
  readonly tfjs: string | undefined;
}

/** Numbers in a vector: AVX2's, and SSE2's or NEON's. Left out where they are the longest there are. */
const NARROW_LANES = [8, 4];

const BENCH = join(import.meta.dirname, "..");

/** @returns every engine that may be here, PyTorch first. */
export function listSubjects({ threads, python, tfjs }: SubjectOptions): Subject[] {
  return [
    ...(python === undefined ? [] : threads.map((count) => torch(python, count))),
    ...threads.map((count) => ours("native", count)),
    ...NARROW_LANES.map((lanes) => narrow(lanes)),
    ...threads.map((count) => ours("wasm", count)),
    ours("reference", 1),
    ...(tfjs === undefined ? [] : [tensorflow(tfjs)]),
  ];
}

function ours(kind: "native" | "wasm" | "reference", threads: number): Subject {
  return {
    name: kind === "reference" ? kind : `${kind}${threads}`,
    ...{ kind, threads, isCanonical: true },
    command: (folder) => ({
      file: process.execPath,
      args: [join(BENCH, "speed/worker.ts"), folder, `${threads}`, kind],
      env: compileCache(folder),
    }),
  };
}

/** Native kernels with shorter vectors: what a machine without the longest would do, and whether its bits are the same. */
function narrow(lanes: number): Subject {
  const { command, ...rest } = ours("native", 1);
  return {
    ...rest,
    name: `native1x${lanes}`,
    command(folder) {
      const wide = command(folder);
      return { ...wide, args: [...wide.args, `${lanes}`] };
    },
  };
}

function torch(python: string, threads: number): Subject {
  return {
    name: `torch${threads}`,
    ...{ kind: "torch", threads, isCanonical: false },
    command: (folder) => ({
      file: python,
      args: [join(BENCH, "torch/worker.py"), folder, `${threads}`],
      env: torchEnvironment(threads),
    }),
  };
}

function tensorflow(folder: string): Subject {
  return {
    name: "tfjs",
    ...{ kind: "tfjs", threads: 1, isCanonical: false },
    command: (workload) => ({
      file: process.execPath,
      args: [join(BENCH, "tfjs/worker.mjs"), workload, folder],
      env: compileCache(workload),
    }),
  };
}

/** Where Node keeps compiled code from one start to the next, as Python does beside its files. */
function compileCache(folder: string): Readonly<Record<string, string>> {
  return { NODE_COMPILE_CACHE: join(folder, "compile-cache") };
}

/** @returns the first Python of these that can import PyTorch; `undefined` when none can. */
export function findTorch(candidates: readonly string[]): string | undefined {
  return candidates.find(
    (file) => spawnSync(file, ["-c", "import torch, numpy"], { stdio: "ignore", timeout: 60_000 }).status === 0,
  );
}

/** @returns whether both packages of TensorFlow.js lie in `folder`'s node_modules. */
export function hasTensorflow(folder: string): boolean {
  return ["tfjs", "tfjs-backend-wasm"].every((name) =>
    existsSync(join(folder, "node_modules/@tensorflow", name, "package.json")),
  );
}
