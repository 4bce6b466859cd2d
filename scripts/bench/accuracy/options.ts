/** The options of `npm run bench:accuracy`. Reads arguments and environment; must not look at the machine. */
import { parseArgs } from "node:util";
import { TASKS } from "./tasks.ts";

export interface AccuracyOptions {
  readonly tasks: readonly string[];
  /** Holds `mnist`, `cifar10-subset` and `tinyshakespeare`. */
  readonly data: string;
  readonly threads: number;
  readonly kind: "native" | "wasm" | "reference" | undefined;
  /** Programs that may be a Python with PyTorch, in order. */
  readonly pythons: readonly string[];
  /** Whether PyTorch's figures are written where they are committed. */
  readonly update: boolean;
  /** A document whose figures are replaced. */
  readonly markdown: string | undefined;
}

export const USAGE = `npm run bench:accuracy -- OPTIONS
  --data DIR       a folder with mnist/, cifar10-subset/ and tinyshakespeare/ (default: ../shared/data)
  --tasks ${TASKS.map(({ name }) => name).join(",")}   (default: all)
  --threads 2      threads of both engines
  --kind native    which of our executors: native, wasm or reference (default: the fastest here)
  --python FILE    a Python with PyTorch (default: the first of python3, python that has it; or CAIRN_BENCH_PYTHON)
  --no-torch       compare with the committed figures
  --markdown FILE  replace the figures in that document, as docs/benchmarks.md
  --update         commit PyTorch's figures: write scripts/bench/accuracy/pytorch.json
`;

const KINDS = ["native", "wasm", "reference"] as const;
const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;
const OPTIONS = {
  ...{ data: TEXT, tasks: TEXT, threads: TEXT, kind: TEXT, python: TEXT, markdown: TEXT },
  ...{ "no-torch": FLAG, update: FLAG, help: FLAG },
} as const;

/** @returns the options, or a sentence that says what is wrong with them; empty when help is wanted. */
export function parseAccuracyOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): AccuracyOptions | string {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];
  try {
    values = parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    return (error as Error).message;
  }
  if (values.help) return "";
  const tasks = values.tasks?.split(",") ?? TASKS.map(({ name }) => name);
  const unknown = tasks.find((name) => !TASKS.some((task) => task.name === name));
  if (unknown !== undefined) return `--tasks: there is no task "${unknown}"`;
  const threads = Number(values.threads ?? 2);
  if (!Number.isSafeInteger(threads) || threads < 1) return "--threads takes a whole number from 1 on";
  const kind = KINDS.find((one) => one === values.kind);
  if (values.kind !== undefined && kind === undefined) return `--kind is one of ${KINDS.join(", ")}`;
  const python = values.python ?? env.CAIRN_BENCH_PYTHON;
  const pythons = python === undefined ? ["python3", "/usr/bin/python3", "python"] : [python];
  return {
    ...{ tasks, threads, kind },
    data: values.data ?? "../shared/data",
    pythons: values["no-torch"] ? [] : pythons,
    update: values.update ?? false,
    markdown: values.markdown,
  };
}
