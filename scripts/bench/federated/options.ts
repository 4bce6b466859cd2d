/** Options that the federated benchmarks share. Reads arguments; must not look at the machine. */
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Holds `mnist`. */
  readonly data: string;
  readonly threads: number;
  readonly seeds: readonly number[];
  /** Names of rules, or undefined for the command's own choice. */
  readonly rules: readonly string[] | undefined;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
}

const TEXT = { type: "string" } as const;
const OPTIONS = {
  ...{ data: TEXT, threads: TEXT, seeds: TEXT, rules: TEXT, json: TEXT, markdown: TEXT },
  help: { type: "boolean" },
} as const;

export function usage(command: string, rules: readonly string[]): string {
  return `npm run ${command} -- OPTIONS
  --data DIR       a folder with mnist/ (default: ../shared/data)
  --threads 2      trainings at once
  --seeds 0,1,…    seeds that results are the means of
  --rules NAME,…   or all: ${rules.join(", ")}
  --json FILE      write the figures there
  --markdown FILE  replace the figures in that document, as docs/benchmarks.md
`;
}

/**
 * @param known names that `--rules` takes.
 * @returns the options, or a sentence that says what is wrong with them; empty when help is wanted.
 */
export function parseBenchOptions(
  args: readonly string[],
  known: readonly string[],
  defaultSeeds = "0,1,2",
): BenchOptions | string {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];
  try {
    values = parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    return (error as Error).message;
  }
  if (values.help) return "";
  const threads = Number(values.threads ?? 2);
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > 64)
    return "--threads takes a whole number from 1 to 64";
  const seeds = (values.seeds ?? defaultSeeds).split(",").map(Number);
  if (!seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) return "--seeds takes whole numbers from 0 on";
  const rules = values.rules === "all" ? known : values.rules?.split(",").map((name) => name.trim());
  const unknown = rules?.find((name) => !known.includes(name));
  if (unknown !== undefined) return `--rules: there is no "${unknown}"; there are ${known.join(", ")}`;
  const { data = "../shared/data", json, markdown } = values;
  return { data, threads, seeds, rules, json, markdown };
}
