/** The options of `npm run bench:engine`. Reads arguments and environment; must not look at the machine. */
import { parseArgs } from "node:util";
import { MODEL_NAMES, type ModelName } from "../models.ts";
import { ENGINE_KINDS, type EngineKind } from "./subjects.ts";

export interface EngineOptions {
  readonly models: readonly ModelName[];
  readonly engines: readonly EngineKind[];
  readonly threads: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly hashSteps: readonly number[];
  /** Where the figures are written. */
  readonly json: string | undefined;
  /** A document whose figures are replaced. */
  readonly markdown: string | undefined;
  /** Programs that may be a Python with PyTorch, in order. */
  readonly pythons: readonly string[];
  /** A folder with TensorFlow.js in its node_modules. */
  readonly tfjs: string | undefined;
}

export const USAGE = `npm run bench:engine -- OPTIONS
  --models mlp,lenet,cnn,transformer   which models (default: all)
  --engines torch,native,wasm,reference,tfjs   which engines (default: all that are here)
  --threads 1,2      numbers of threads (default: 1,2)
  --seconds 0.7      training time of one engine in one round
  --rounds 7         rounds; the figures are medians
  --hash-steps 50    steps after which all engines' weights must be the same
  --quick            one short round, 10 steps
  --json FILE        write the figures there too
  --markdown FILE    replace the figures in that document, as docs/benchmarks.md
  --python FILE      a Python with PyTorch (default: the first of python3, python that has it; or CAIRN_BENCH_PYTHON)
  --tfjs DIR         a folder where @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm are installed (or CAIRN_BENCH_TFJS)
`;

const PYTHONS = ["python3", "/usr/bin/python3", "python"];

/**
 * @returns the options, or a sentence that says what is wrong with them.
 */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): EngineOptions | string {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return (error as Error).message;
  }
  if (values.help) return "";
  const models = values.models?.split(",") ?? MODEL_NAMES;
  const unknown = models.find((name) => !(MODEL_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) return `--models: there is no model "${unknown}"`;
  const engines = values.engines?.split(",") ?? ENGINE_KINDS;
  const noEngine = engines.find((name) => !(ENGINE_KINDS as readonly string[]).includes(name));
  if (noEngine !== undefined) return `--engines: there is no engine "${noEngine}"`;
  const threads = (values.threads ?? "1,2").split(",").map(Number);
  const hashSteps = (values["hash-steps"] ?? (values.quick ? "1,10" : "1,5,50")).split(",").map(Number);
  const seconds = Number(values.seconds ?? (values.quick ? 0.2 : 0.7));
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 7));
  if (![...threads, ...hashSteps, rounds].every((number) => Number.isSafeInteger(number) && number > 0)) {
    return "--threads, --rounds and --hash-steps take whole numbers from 1 on";
  }
  if (!(seconds > 0)) return "--seconds takes a number above 0";
  const python = values.python ?? env.CAIRN_BENCH_PYTHON;
  return {
    models: models as readonly ModelName[],
    engines: engines as readonly EngineKind[],
    ...{ threads, seconds, rounds, hashSteps },
    json: values.json,
    markdown: values.markdown,
    pythons: python === undefined ? PYTHONS : [python],
    tfjs: values.tfjs ?? env.CAIRN_BENCH_TFJS,
  };
}

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;
const OPTIONS = {
  ...{ models: TEXT, engines: TEXT, threads: TEXT, seconds: TEXT, rounds: TEXT, "hash-steps": TEXT },
  ...{ json: TEXT, markdown: TEXT, python: TEXT, tfjs: TEXT, quick: FLAG, help: FLAG },
} as const;

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"] {
  return parseArgs({ args: [...args], options: OPTIONS }).values;
}
