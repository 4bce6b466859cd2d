/** `npm run chaos`: plays scenarios, tells what held, and ends with exit code 1 where something did not. */
import { writeFile } from "node:fs/promises";
import { playCampaign } from "./campaign.ts";
import { readOptions } from "./options.ts";
import type { ScenarioResult } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";

/** How long what a scenario froze or cut off may hold on to a socket. Longer is a leak, and a failure. Unit: milliseconds. */
const END_MS = 10_000;

process.exitCode = await main(process.argv.slice(2));
setTimeout(() => {
  process.stderr.write(`still open after ${END_MS} ms: ${process.getActiveResourcesInfo().join(", ")}\n`);
  process.exit(1);
}, END_MS).unref();

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, SCENARIOS);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n`);
    return 2;
  }
  const { scenarios, seeds, list, jsonFile } = options;
  if (list) {
    for (const { name, subject, about, isQuick = false } of scenarios) {
      print(`${isQuick ? "*" : " "} ${name.padEnd(32)} ${subject.padEnd(10)} ${about}`);
    }
    print(`${scenarios.length} scenarios; those with * are played at every change`);
    return 0;
  }
  const results: ScenarioResult[] = [];
  for (const seed of seeds) results.push(...(await playCampaign(scenarios, { seed, onResult: tell })));
  print(summary(results));
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(results, null, 2)}\n`);
  return results.every(({ passed }) => passed) ? 0 : 1;
}

function tell({ scenario, seed, passed, seconds, broken }: ScenarioResult): void {
  print(`${passed ? "held  " : "BROKEN"} ${scenario.padEnd(32)} seed ${seed}  ${seconds.toFixed(1)} s`);
  for (const sentence of broken) print(`         ${sentence}`);
}

function summary(results: readonly ScenarioResult[]): string {
  const recoveries = results.flatMap(({ recoveriesMs }) => recoveriesMs).sort((a, b) => a - b);
  const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1_000).toFixed(1)} s`;
  const passed = results.filter((result) => result.passed).length;
  const times = `at work again after ${seconds(recoveries[recoveries.length >> 1])} (median), ${seconds(recoveries.at(-1))} (worst)`;
  return `${passed} passed, ${results.length - passed} failed; ${times}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
