/** The inference worker's script: the host over the WASM engine on one thread, which is plenty for a forward pass. */
import { createWasmExecutor } from "@cairn/trainer/engine/wasm/wasmExecutor";
import { type MessagePortLike, serve } from "../../training/worker/rpc.ts";
import { yieldToMessages } from "../../training/worker/yieldToMessages.ts";
import type { InferCalls } from "./inferCalls.ts";
import { createInferHost } from "./inferHost.ts";

serve<InferCalls>(
  self as unknown as MessagePortLike, // TypeScript takes it for a window, whose `postMessage` differs
  createInferHost({
    createExecutor: (program) => createWasmExecutor(program),
    yieldToMessages,
    nowMs: () => performance.now(),
  }),
);
