/** What the figures are held to. They are told, bad ones too, and make no command fail: other machines have others. Pure. */
import type { ModelFigures } from "./figures.ts";

export interface GoalOutcome {
  readonly isMet: boolean;
  /** For example `native against PyTorch, CIFAR CNN: 0.97 ×, the goal is at least 1 ×`. */
  readonly sentence: string;
}

/** At every number of threads that was measured. */
const NATIVE_VS_TORCH = { mlp: 2, lenet: 1, cnn: 1, transformer: 1 };
const WASM_VS_TORCH = { mlp: 1, lenet: 0.5, cnn: 0.5, transformer: 0.5 };
const WASM_VS_TFJS = { mlp: 4, lenet: 4, cnn: 4, transformer: 4 };
/** From the start of the process to the end of the first step. */
const START_MS = 150;
/** Of PyTorch's memory. */
const MEMORY_SHARE = 0.5;

/** @returns every goal that can be judged from the figures, those of one kind together. */
export function judgeGoals(
  models: Readonly<Record<string, ModelFigures>>,
  titles: Readonly<Record<string, string>>,
): GoalOutcome[] {
  const each = (judge: (figures: ModelFigures, name: string, title: string) => GoalOutcome[]): GoalOutcome[] =>
    Object.entries(models).flatMap(([name, figures]) => judge(figures, name, titles[name]!));
  return [
    ...each(({ nativeVsTorch }, name, title) =>
      ratio(`native against PyTorch, ${title}`, nativeVsTorch, goalOf(NATIVE_VS_TORCH, name)),
    ),
    ...each(({ wasmVsTorch }, name, title) =>
      ratio(`WebAssembly against PyTorch, ${title}`, wasmVsTorch, goalOf(WASM_VS_TORCH, name)),
    ),
    ...each(({ wasmVsTfjs }, name, title) =>
      ratio(`WebAssembly against TensorFlow.js, ${title}`, wasmVsTfjs, goalOf(WASM_VS_TFJS, name)),
    ),
    ...each((figures, _, title) => judgeStart(figures, title)),
    ...each((figures, _, title) => judgeMemory(figures, title)),
  ];
}

function goalOf(goals: Readonly<Record<string, number>>, name: string): number {
  return goals[name] ?? 1;
}

function ratio(what: string, actual: number | null, goal: number): GoalOutcome[] {
  if (actual === null) return [];
  return [{ isMet: actual >= goal, sentence: `${what}: ${actual.toFixed(2)} ×, the goal is at least ${goal} ×` }];
}

function judgeStart({ engines }: ModelFigures, title: string): GoalOutcome[] {
  return oursIn(engines).map(([name, { startMs }]) => ({
    isMet: startMs <= START_MS,
    sentence: `start to first step of ${name}, ${title}: ${startMs} ms, the goal is at most ${START_MS} ms`,
  }));
}

function judgeMemory({ engines }: ModelFigures, title: string): GoalOutcome[] {
  return oursIn(engines).flatMap(([name, { peakRssMiB }]) => {
    const torch = engines[name.replace(/^[a-z]+/, "torch")]?.peakRssMiB;
    if (torch === undefined) return [];
    const sentence = `memory of ${name}, ${title}: ${(peakRssMiB / torch).toFixed(2)} of PyTorch's, the goal is at most half`;
    return [{ isMet: peakRssMiB <= MEMORY_SHARE * torch, sentence }];
  });
}

/** The two executors that are meant to be used, at full width. */
function oursIn(engines: ModelFigures["engines"]): [string, ModelFigures["engines"][string]][] {
  return Object.entries(engines).filter(([name]) => /^(native|wasm)\d+$/.test(name));
}
