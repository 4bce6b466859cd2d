/** How good a simulated version is: on the test split, and for a backdoor how often the patch wins. */
import type { Parameters } from "../engine/tensor.ts";
import { evaluate } from "../learning/evaluate.ts";
import type { Records } from "../learning/records.ts";
import { plantBackdoor } from "./poison.ts";
import type { World } from "./world.ts";

export interface Evaluated {
  /** Range: 0 … 1; absent where targets are values. 0 where the model's outputs are no numbers. */
  readonly accuracy?: number;
  /** Unit: nats, or that of the targets squared. `null` where it is no number. */
  readonly loss: number | null;
  /** Part of the test records of other classes that the patch turns into the backdoor's target. */
  readonly backdoorSuccess?: number;
}

export function evaluateVersion({ means, scenario }: World, parameters: Parameters): Evaluated {
  const { executor, data } = means;
  executor.loadParameters(parameters);
  try {
    const { accuracy, loss } = evaluate(executor, data.test);
    const { attack } = scenario;
    const success =
      attack?.kind === "backdoor" ? { backdoorSuccess: successOf(attack.target, { means, scenario }) } : {};
    return { ...(accuracy === undefined ? {} : { accuracy }), loss, ...success };
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ENGINE_NOT_FINITE") throw error;
    return { ...(data.test.classes > 0 ? { accuracy: 0 } : {}), loss: null };
  }
}

function successOf(target: number, { means }: Pick<World, "means" | "scenario">): number {
  const { executor, data } = means;
  const shape = executor.program.architecture.input;
  const others = indicesOfOthers(data.test, target);
  const marked = plantBackdoor(data.test, { shape, target, share: 1 });
  return evaluate(executor, marked, others).accuracy ?? 0;
}

/** Numbers of the records whose class is not `target`. */
function indicesOfOthers(records: Records, target: number): Uint32Array {
  const indices = Uint32Array.from({ length: records.count }, (_, i) => i);
  const inputs = new Float32Array(records.inputSize);
  const label = new Float32Array(records.targetSize);
  return indices.filter((index) => {
    records.read([index], inputs, label);
    return label[0] !== target;
  });
}
