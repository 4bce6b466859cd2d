/**
 * Everything that must hold, in order; what `npm test` and CI run. Ends with the line `N passed, N failed`.
 *
 * `--only NAME,NAME` runs some stages, `--list` names them. Must not know how a stage is run: test/stages.ts does.
 */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { addCounts, type Counts, formatCounts } from "./test/counts.ts";
import { runStep, type StepResult } from "./test/runStep.ts";
import { STAGES, type Stage, type Step } from "./test/stages.ts";

interface Outcome extends StepResult {
  readonly stage: Stage;
  readonly step: Step;
}

process.chdir(dirname(import.meta.dirname));
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const stages = selectStages(args);
  if (typeof stages === "string") {
    print(stages);
    return args.includes("--list") || args.includes("--help") ? 0 : 2;
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());

  const outcomes: Outcome[] = [];
  for (const group of groupsOf(stages)) {
    const ran = await Promise.all(group.map((stage) => runStage(stage, interrupted.signal)));
    outcomes.push(...ran.flat());
  }
  return report(outcomes, interrupted.signal.aborted);
}

/** The stages asked for, or the text to show instead of a run. */
function selectStages(args: readonly string[]): readonly Stage[] | string {
  const list = STAGES.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join("\n");
  const usage = `npm test                        run everything\nnpm test -- --only unit,types   run these stages\n\n${list}`;
  try {
    const options = { only: { type: "string" }, list: { type: "boolean" }, help: { type: "boolean" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    if (values.list || values.help) return usage;
    if (values.only === undefined) return STAGES;
    const names = values.only.split(",");
    const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
    return unknown.length > 0
      ? `There is no stage ${unknown.join(", ")}.\n\n${usage}`
      : STAGES.filter(({ name }) => names.includes(name));
  } catch (error) {
    return `${(error as Error).message}\n\n${usage}`;
  }
}

/** @returns the stages in order, those together that run side by side. */
function groupsOf(stages: readonly Stage[]): Stage[][] {
  const groups: Stage[][] = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]?.name === stage.beside) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

/** Runs all steps of a stage, whatever becomes of the single ones. */
async function runStage(stage: Stage, signal: AbortSignal): Promise<Outcome[]> {
  if (signal.aborted) return [];
  print(`\n── ${stage.name}: ${stage.about}`);
  const steps = stage.steps();
  if (steps.length === 0) print("(nothing of this kind here)");
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    if (signal.aborted) break;
    const result = await runStep(step, signal);
    if (result.problem !== undefined) print(result.output.trimEnd());
    print(summarise(step, result));
    outcomes.push({ stage, step, ...result });
  }
  return outcomes;
}

function summarise(step: Step, { counts, seconds, problem }: StepResult): string {
  const tests = counts.passed + counts.failed + counts.skipped;
  const detail = tests > 1 ? `: ${formatCounts(counts)}` : "";
  const outcome = problem === undefined ? `✔ ${step.title}` : `✖ ${step.title} ${problem}`;
  return `${outcome}${detail} (${seconds.toFixed(1)} s)`;
}

/** @returns the exit status: 0 only when something ran, nothing failed and nobody broke it off. */
function report(outcomes: readonly Outcome[], wasInterrupted: boolean): number {
  const failures = outcomes.filter(({ problem }) => problem !== undefined);
  if (failures.length > 0) print("\n── failures (their output stands above)");
  for (const { stage, step, problem } of failures) print(`✖ ${stage.name} › ${step.title} ${problem}`);
  if (wasInterrupted) print("\nBroken off.");
  const total: Counts = addCounts(outcomes.map(({ counts }) => counts));
  print(`\n${formatCounts(total)}`);
  return total.failed === 0 && total.passed > 0 && !wasInterrupted ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
