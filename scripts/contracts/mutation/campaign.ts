/**
 * Tries faults against the tests, each in a copy of the tree, two copies at a time.
 *
 * Compiled without the optimiser, which takes a third of the time; the few tests of gas and size that only hold for optimised
 * code are found in a run without any fault, and named. Must not keep results: its caller does.
 */
import { globSync } from "node:fs";
import { readHardhatCounts } from "../../test/counts.ts";
import { applyMutant, type Mutant } from "./mutants.ts";
import { nearTests } from "./nearTests.ts";
import { duplicate, makeWorkCopy, type WorkCopy } from "./workCopy.ts";

export interface Verdict {
  /** `broken`: the runner broke down, so nobody knows; to be tried again. */
  readonly outcome: "killed" | "alive" | "invalid" | "broken";
  /** What noticed it. */
  readonly by: string;
  readonly seconds: number;
}

export interface CampaignOptions {
  readonly root: string;
  readonly workers: number;
  /** No further fault is planted once it fires. */
  readonly enough: AbortSignal;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  readonly onVerdict: (mutant: Mutant, verdict: Verdict) => void;
  readonly say: (text: string) => void;
}

/** Of CI's random tests: enough to notice what a fault breaks at all. */
const FACTOR = 0.005;
/** Bounds the runs without a fault; those with one get four times what it took. Unit: seconds. */
const BASELINE_LIMIT_SECONDS = 1200;
/** More failures than this without a fault are no matter of gas. */
const MOST_LEFT_OUT = 6;

export async function runCampaign(mutants: readonly Mutant[], options: CampaignOptions): Promise<void> {
  Object.assign(process.env, { CAIRN_TEST_FACTOR: String(FACTOR), CAIRN_TEST_UNOPTIMISED: "1" });
  const first = makeWorkCopy(options.root);
  const copies = [first];
  try {
    const baseline = await runBaseline(first, options);
    if (options.signal.aborted) return;
    while (copies.length < Math.min(options.workers, mutants.length)) copies.push(duplicate(first));
    const queue = [...mutants];
    const work = async (copy: WorkCopy): Promise<void> => {
      for (let mutant = queue.shift(); mutant !== undefined && !options.enough.aborted; mutant = queue.shift()) {
        const startedMs = performance.now();
        const found = await tryMutant(copy, mutant, baseline, options.signal);
        if (options.signal.aborted) return;
        options.onVerdict(mutant, { ...found, seconds: Math.round((performance.now() - startedMs) / 1000) });
      }
    };
    await Promise.all(copies.map(work));
  } finally {
    for (const copy of copies) copy.remove();
  }
}

interface Baseline {
  /** Options that leave out the Solidity tests which need optimised code. */
  readonly leaveOut: readonly string[];
  readonly limitSeconds: number;
  /** Flows through the contracts; those of gas are left out. */
  readonly flows: readonly string[];
}

async function runBaseline(copy: WorkCopy, { signal, say }: CampaignOptions): Promise<Baseline> {
  const { output, problem, seconds } = await copy.test(["solidity"], BASELINE_LIMIT_SECONDS, signal);
  const failed = [...output.matchAll(/^ {2}\d+\) \w+#(\w+)\(/gm)].map(([, name = ""]) => name);
  if (problem !== undefined && !signal.aborted && (failed.length === 0 || failed.length > MOST_LEFT_OUT)) {
    throw new Error(`Without a fault the tests ${problem}:\n${output}`);
  }
  for (const name of failed) say(`left out, because it fails on code that is not optimised: ${name}`);
  const leaveOut = failed.length === 0 ? [] : ["--grep-exclude", failed.join("|")];
  const flows = globSync("test/contracts/*.test.ts").filter((file) => !file.endsWith("gas.test.ts"));
  const whole = await copy.test(["mocha", ...flows], BASELINE_LIMIT_SECONDS, signal);
  if (whole.problem !== undefined && !signal.aborted) {
    throw new Error(`Without a fault the flows ${whole.problem}:\n${whole.output}`);
  }
  say(`without a fault: ${seconds.toFixed(0)} s, and ${whole.seconds.toFixed(0)} s for the flows`);
  return { leaveOut, limitSeconds: Math.max(60, 4 * Math.max(seconds, whole.seconds)), flows: flows.sort() };
}

/** The tests nearest to the file first, then all in Solidity, then the flows: most faults die early. */
async function tryMutant(
  copy: WorkCopy,
  mutant: Mutant,
  { leaveOut, limitSeconds, flows }: Baseline,
  signal: AbortSignal,
): Promise<Pick<Verdict, "outcome" | "by">> {
  const original = copy.read(mutant.file);
  copy.write(mutant.file, applyMutant(original, mutant));
  try {
    const near = nearTests(mutant.file);
    const first = near.length > 0 ? [["solidity", ...leaveOut, ...near]] : [];
    for (const args of [...first, ["solidity", ...leaveOut], ["mocha", ...flows]]) {
      const { problem, output } = await copy.test(args, limitSeconds, signal);
      if (problem === undefined || isNothingLeft(output)) continue;
      if (isCompilerError(output)) return { outcome: "invalid", by: "does not compile" };
      if (/limit of \d+ s/.test(problem)) return { outcome: "killed", by: problem };
      // A runner that broke down noticed nothing: counting it would flatter the tests.
      if ((readHardhatCounts(output)?.failed ?? 0) > 0) return { outcome: "killed", by: firstFailure(output) };
      return { outcome: "broken", by: problem };
    }
    return { outcome: "alive", by: "" };
  } finally {
    copy.write(mutant.file, original);
  }
}

/** Every near test may be one of those left out. */
function isNothingLeft(output: string): boolean {
  return /^ {2}0 passing/m.test(output) && !/\bfailing\b/.test(output);
}

function isCompilerError(output: string): boolean {
  return /^(Error|\w+Error): /m.test(output) && /Compilation failed|HHE9\d\d/.test(output);
}

function firstFailure(output: string): string {
  return output.match(/^ +1\) (.+)$/m)?.[1]?.trim() ?? "a test";
}
