/** What is trained on a card: the engine's four models, and a transformer large enough to fill one. Data only. */
import { parseOptimiser } from "../../../trainer/src/engine/optimiser.ts";
import { namedArchitecture } from "../../../trainer/src/learning/namedArchitectures.ts";
import { type BenchModel, benchModel, MODEL_NAMES, type ModelName } from "../models.ts";

export const GPU_MODELS = [...MODEL_NAMES, "transformer25m"] as const;

/** Printable ASCII and the line break; 256 characters a window. */
const TEXT = { input: [256], classes: 96 };

/** @throws {RangeError} for a name that is none of {@link GPU_MODELS} */
export function gpuModel(name: string): BenchModel {
  if (name === "transformer25m") {
    return {
      ...{ name, title: "transformer 8×512, T=256", batchSize: 32, isForCard: true },
      architecture: namedArchitecture("transformer:8x512", TEXT)!,
      optimiser: parseOptimiser({ type: "adamW", learningRate: 0.001 }),
    };
  }
  if ((MODEL_NAMES as readonly string[]).includes(name)) return benchModel(name as ModelName);
  throw new RangeError(`${name} is none of ${GPU_MODELS.join(", ")}`);
}
