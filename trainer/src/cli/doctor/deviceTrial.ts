/** A short measured trial: which trains a small model faster here, this processor or this graphics card? */

import { createBestExecutor } from "../../compute/createExecutor.ts";
import { openCard } from "../../compute/openCard.ts";
import { initialParameters } from "../../engine/initialParameters.ts";
import { compile, type TrainingProgram } from "../../engine/program.ts";
import { namedArchitecture } from "../../learning/namedArchitectures.ts";

/** Unit: milliseconds, for each. */
const TRIAL_MS = 300;
/** Steps between two looks at the clock. */
const CHUNK = 16;

export interface DeviceTrial {
  /** Unit: examples a second, of LeNet-5 in batches of 32. */
  readonly processor: number;
  readonly card: number;
}

/** @throws as `openCard` and `createBestExecutor` */
export async function tryDevices(wanted?: string): Promise<DeviceTrial> {
  const optimiser = { type: "sgd", learningRate: 0.01, momentum: 0.9 } as const;
  const program = compile(namedArchitecture("lenet5", { input: [28, 28, 1], classes: 10 })!, {
    batchSize: 32,
    optimiser,
  });
  const parameters = initialParameters(program, new Uint8Array(32));
  const inputs = Float32Array.from({ length: program.input.length }, (_, i) => (i % 17) / 17);
  const targets = Float32Array.from({ length: program.targets.length }, (_, i) => i % 10);
  const executor = await createBestExecutor(program);
  executor.loadParameters(parameters);
  const processor = await rateOf(program, async () => {
    for (let i = 0; i < CHUNK; i++) executor.step(inputs, targets);
  });
  executor.dispose();
  const { executor: card, dispose } = await openCard(program, { wanted });
  try {
    card.loadParameters(parameters);
    const onCard = await rateOf(program, async () => {
      for (let i = 0; i < CHUNK; i++) card.enqueue(inputs, targets);
      await card.losses();
    });
    return { processor, card: onCard };
  } finally {
    dispose();
  }
}

/** After one turn to warm up. */
async function rateOf({ batchSize }: TrainingProgram, turn: () => Promise<void>): Promise<number> {
  await turn();
  const start = performance.now();
  let turns = 0;
  for (; performance.now() - start < TRIAL_MS; turns++) await turn();
  return (1_000 * turns * CHUNK * batchSize) / (performance.now() - start);
}
