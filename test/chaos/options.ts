/** The command line of `npm run chaos`. Pure. */
import { parseArgs } from "node:util";
import type { Scenario } from "./scenario.ts";

export interface ChaosOptions {
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly list: boolean;
  readonly jsonFile: string | undefined;
}

export const USAGE = `npm run chaos                           every scenario, seed 1
npm run chaos -- --list                 what there is
npm run chaos -- --scenario NAME        one; NAME may be given again, and end in * for all that begin so
npm run chaos -- --quick                those that are played at every change
npm run chaos -- --seed N               another order, other moments
npm run chaos -- --seeds A-B            one campaign for each seed
npm run chaos -- --json FILE            the results, too, as JSON`;

/** Most campaigns that are asked for at once. */
const MAX_SEEDS = 1_000;

/** @returns the options, or the text that says what is wrong with them. */
export function readOptions(args: readonly string[], all: readonly Scenario[]): ChaosOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        list: { type: "boolean" },
        quick: { type: "boolean" },
        scenario: { type: "string", multiple: true },
        seed: { type: "string" },
        seeds: { type: "string" },
        json: { type: "string" },
      },
    });
    const seeds = readSeeds(values.seeds ?? values.seed ?? "1");
    if (seeds === undefined) return `seeds are whole numbers, A-B for those from A to B.\n\n${USAGE}`;
    const wanted = values.scenario ?? ["*"];
    const unknown = wanted.filter((pattern) => !all.some((scenario) => matches(scenario, pattern)));
    if (unknown.length > 0) return `There is no scenario ${unknown.join(", ")}; --list names them.`;
    const scenarios = all.filter(
      (scenario) => wanted.some((pattern) => matches(scenario, pattern)) && (!values.quick || scenario.isQuick),
    );
    return { scenarios, seeds, list: values.list ?? false, jsonFile: values.json };
  } catch (error) {
    return `${(error as Error).message}\n\n${USAGE}`;
  }
}

function matches({ name }: Scenario, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function readSeeds(text: string): number[] | undefined {
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (first === undefined || count < 1 || count > MAX_SEEDS) return undefined;
  return Array.from({ length: count }, (_, i) => Number(first) + i);
}
