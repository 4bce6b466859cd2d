/** An engine that outlives its worker: when that is lost, another one opens the same plan and the work begins anew. */
import { isTagged } from "@cairn/trainer/protocol/errors";
import type { Engine } from "./engine.ts";
import type { OpenInput } from "./worker/trainCalls.ts";

/**
 * @param first has the plan open.
 * @param start makes another; its `open` is called with `input`.
 * @returns an engine that tries each piece of work twice at most: a plan that kills every worker must not go round for ever.
 */
export function lastingEngine(first: Engine, input: OpenInput, start: () => Engine): Engine {
  let current = first;
  let opened = input;
  let isClosed = false;

  async function twice<T>(work: (engine: Engine) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work(current);
    } catch (error) {
      if (isClosed || !isTagged(error) || error.code !== "TRAIN_ENGINE_LOST") throw error;
      current.close();
      current = start();
      await current.open(opened, signal);
      return work(current);
    }
  }

  return {
    open: (next, signal) => current.open(next, signal),
    measure: (seconds, signal) => twice((engine) => engine.measure(seconds, signal), signal),
    stateOf: (weights, signal) => twice((engine) => engine.stateOf(weights, signal), signal),
    train: (work, onProgress, signal) => twice((engine) => engine.train(work, onProgress, signal), signal),
    leaveCard(signal) {
      opened = { ...opened, device: { choice: "wasm", mayFallBack: true } };
      return twice((engine) => engine.leaveCard(signal), signal);
    },
    close() {
      isClosed = true;
      current.close();
    },
  };
}
