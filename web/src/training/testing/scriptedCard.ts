/** A processor and a graphics card that a test moves by hand: both compute as the reference does, and tell of every step. */
import type { Executor } from "@cairn/trainer/engine/executor";
import type { TrainingProgram } from "@cairn/trainer/engine/program";
import { createReferenceExecutor } from "@cairn/trainer/engine/reference/referenceExecutor";
import type { StreamingExecutor } from "@cairn/trainer/engine/webgpu/webgpuExecutor";
import type { TabCard } from "../worker/machine.ts";

export interface ScriptedCard extends TabCard {
  isDisposed: boolean;
  /** What the next read-back ends with. */
  failure: Error | undefined;
}

/** @param onStep called before every step. */
export function createScriptedExecutor(program: TrainingProgram, onStep = (): void => {}): Executor {
  const inner = createReferenceExecutor(program);
  return {
    program,
    loadParameters: (parameters, seed) => inner.loadParameters(parameters, seed),
    step(inputs, targets) {
      onStep();
      return inner.step(inputs, targets);
    },
    outputs: (inputs, count) => inner.outputs(inputs, count),
    parameters: () => inner.parameters(),
    checkpoint: () => inner.checkpoint(),
    restore: (checkpoint, seed) => inner.restore(checkpoint, seed),
    dispose: () => inner.dispose(),
  };
}

export interface CardScript {
  readonly isSoftware?: boolean;
  /** Called for every step. */
  readonly onStep?: () => void;
}

export function createScriptedCard(program: TrainingProgram, { isSoftware = false, onStep }: CardScript): ScriptedCard {
  const inner = createScriptedExecutor(program, onStep);
  let losses: number[] = [];
  const executor: StreamingExecutor = {
    program,
    loadParameters: (parameters, seed) => inner.loadParameters(parameters, seed),
    restore: (checkpoint, seed) => inner.restore(checkpoint, seed),
    enqueue(inputs, targets) {
      losses.push(inner.step(inputs, targets));
    },
    room: async () => {},
    async losses() {
      if (card.failure !== undefined) throw card.failure;
      const read = Float32Array.from(losses);
      losses = [];
      return read;
    },
    outputs: async (inputs, count) => inner.outputs(inputs, count),
    parameters: async () => inner.parameters(),
    checkpoint: async () => inner.checkpoint(),
    profile: async () => [],
    dispose: () => inner.dispose(),
  };
  const card: ScriptedCard = {
    ...{ executor, name: "Scripted 4000", isSoftware, isDisposed: false, failure: undefined },
    dispose() {
      card.isDisposed = true;
    },
  };
  return card;
}
