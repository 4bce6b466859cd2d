/**
 * Checks that Chromium and Firefox give Node's bits on all four models, with one thread and with two, and prints the size of
 * the engine's bundle. Exit code 1 when a bit differs or the bundle is larger than the goal.
 */
import { parseArgs } from "node:util";
import { type Browser, findBrowsers } from "./browser/browsers.ts";
import { type Bundle, bundleEngine } from "./browser/bundle.ts";
import { BUNDLE_GOAL_BYTES, describeBundle } from "./browser/bundleText.ts";
import { differences, type Expectation, expectHashes, runInBrowser } from "./browser/compareBits.ts";

/** Fifty steps of all models take seconds on a quiet machine; a thousand take minutes. */
const LIMIT_SECONDS = 3_600;

const { values } = parseArgs({ options: { steps: { type: "string", default: "50" }, bundle: { type: "boolean" } } });
process.exitCode = await run(Number(values.steps), values.bundle ?? false);

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
  const isolation = result.isIsolated ? "cross-origin isolated" : "not cross-origin isolated";
  print(`\n${browser.name}, ${isolation} (${result.userAgent})`);
  for (const { model, threads, hash, samplesPerSecond } of result.runs) {
    const isSame = hash === expectation.hashes[model];
    const speed = `${Math.round(samplesPerSecond).toLocaleString("en-US")} samples/s`;
    print(
      `${isSame ? "✔" : "✖"} ${model}, ${threads} ${threads === 1 ? "thread" : "threads"}: ${hash.slice(0, 18)}…, ${speed}`,
    );
  }
  if (result.problem !== undefined) print(`✖ ${result.problem}`);
  return result.problem === undefined && result.isIsolated && differences(expectation, result).length === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
