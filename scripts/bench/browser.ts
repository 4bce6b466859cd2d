/**
 * Checks that Chromium and Firefox give Node's bits on all four models, with one thread and with two, and prints the size of
 * the engine's bundle. Exit code 1 when a bit differs or the bundle is larger than the goal.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Browser, findBrowsers } from "./browser/browsers.ts";
import { type Bundle, bundleEngine } from "./browser/bundle.ts";
import { BUNDLE_GOAL_BYTES, describeBundle } from "./browser/bundleText.ts";
import { differences, type Expectation, expectHashes, runInBrowser } from "./browser/compareBits.ts";
import { replaceFigures } from "./documentFigures.ts";

/** Fifty steps of all models take seconds on a quiet machine; a thousand take minutes. */
const LIMIT_SECONDS = 3_600;

const USAGE = `npm run bench:browser -- OPTIONS
  --steps 50       training steps of each model
  --bundle         only the size of the engine's bundle
  --markdown FILE  replace the figures in that document, as docs/benchmarks.md
`;

const lines: string[] = [];
process.exitCode = await main();

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({ options: { steps: text, markdown: text, bundle: flag, help: flag } });
    const steps = Number(values.steps ?? 50);
    if (!Number.isSafeInteger(steps) || steps < 1) throw new Error("--steps takes whole numbers from 1 on");
    if (values.help) {
      process.stderr.write(USAGE);
      return 0;
    }
    const code = await run(steps, values.bundle ?? false);
    if (values.markdown !== undefined) writeFigures(values.markdown);
    return code;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
}

function writeFigures(file: string): void {
  const figures = lines.map((line) => `- ${line}`).join("\n");
  writeFileSync(file, replaceFigures(readFileSync(file, "utf8"), "bench:browser", figures));
}

/** @returns the exit code. */
async function run(steps: number, onlyBundle: boolean): Promise<number> {
  const bundle = await bundleEngine();
  if (typeof bundle === "string") {
    print(`skipped: ${bundle}`);
    return 0;
  }
  print(describeBundle(bundle));
  const isSmall = bundle.engineGzipBytes <= BUNDLE_GOAL_BYTES;
  if (onlyBundle) return isSmall ? 0 : 1;
  const browsers = findBrowsers(process.env.PATH ?? "");
  if (browsers.length === 0) print("skipped: neither Chromium nor Firefox is on the path");
  using expectation = await expectHashes({ steps, threads: [1, 2] });
  let allSame = true;
  for (const browser of browsers) allSame = (await compare(browser, expectation, bundle)) && allSame;
  return allSame && isSmall ? 0 : 1;
}

/** @returns whether all bits are the same. */
async function compare(browser: Browser, expectation: Expectation, bundle: Bundle): Promise<boolean> {
  const result = await runInBrowser(browser, expectation, { bundle, limitSeconds: LIMIT_SECONDS });
  const version = /(?:Chrome|Firefox)\/[\d.]+/.exec(result.userAgent)?.[0].replace("/", " ") ?? result.userAgent;
  const isolation = result.isIsolated ? "cross-origin isolated" : "not cross-origin isolated";
  for (const { name, steps } of expectation.job.models) {
    const runs = result.runs.filter(({ model }) => model === name);
    const isSame = runs.length > 0 && runs.every(({ hash }) => hash === expectation.hashes[name]);
    const speeds = runs.map(({ threads, samplesPerSecond }) => {
      const speed = Math.round(samplesPerSecond).toLocaleString("en-US");
      return `${speed} samples/s on ${threads} ${threads === 1 ? "thread" : "threads"}`;
    });
    const hash = `${expectation.hashes[name]!.slice(0, 18)}…`;
    const verdict = isSame ? `✔ Node's bits (${hash})` : "✖ other bits than Node's";
    print(`${version}, ${isolation}, ${name}, ${steps} steps: ${verdict}, ${speeds.join(", ")}`);
  }
  if (result.problem !== undefined) print(`✖ ${version}: ${result.problem}`);
  return result.problem === undefined && result.isIsolated && differences(expectation, result).length === 0;
}

function print(line: string): void {
  lines.push(line);
  process.stdout.write(`${line}\n`);
}
