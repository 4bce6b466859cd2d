/**
 * The training worker's script: the host over the WASM engine, with threads where the page may share memory, and over the
 * browser's graphics card, whose code comes when a card is wanted.
 */

import { createExecutor } from "@cairn/trainer/engine/executor";
import { browserThreads } from "@cairn/trainer/engine/wasm/browserWorkers";
import { createWasmBackend } from "@cairn/trainer/engine/wasm/wasmExecutor";
import { createKernelThread } from "./kernelThreads.ts";
import { type MessagePortLike, serve } from "./rpc.ts";
import type { TrainCalls } from "./trainCalls.ts";
import { createTrainerHost } from "./trainerHost.ts";
import { yieldToMessages } from "./yieldToMessages.ts";

/** Unit: milliseconds. Threads that have not started by then are done without. */
const START_DEADLINE_MS = 10_000;

serve<TrainCalls>(
  self as unknown as MessagePortLike, // TypeScript takes it for a window, whose `postMessage` differs
  createTrainerHost({
    createExecutor: async (program, wanted) => {
      const { options } = browserThreads(self, createKernelThread, wanted);
      const backend = await createWasmBackend(program, { ...options, signal: AbortSignal.timeout(START_DEADLINE_MS) });
      return { executor: createExecutor(program, backend), threads: backend.threads };
    },
    openCard: async (program) => {
      const { openTabCard } = await import("./tabCard.ts");
      return openTabCard(program, navigator.gpu);
    },
    yieldToMessages,
    nowMs: () => performance.now(),
  }),
);
