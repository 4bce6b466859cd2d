/** What every operation of binary32 costs in Solidity, its call included. Must not judge it: gas.test.ts does. */
import { deployFloat32Harness } from "./harness.ts";
import { bitsOf, drawPairs, randomNumbers } from "./numbers.ts";

/** Unit: gas. */
export interface OperationGas {
  readonly name: string;
  /** Over weights and activations. */
  readonly mean: number;
  /** Over those and over what is hard: subnormals, cancellation, special numbers. */
  readonly most: number;
}

const OPERATIONS = ["add", "subtract", "multiply", "multiplyAdd", "divide", "squareRoot"];
const COMPARISONS = ["isEqual", "isLess", "isAtMost", "maximum", "minimum", "toInt", "toFloat32"];
const FUNCTIONS = ["exp", "log", "tanh", "distribution", "gelu", "geluSlope", "inverseSquareRoot", "cosPi"];
/** Functions that are defined for positive numbers alone. */
export const OF_POSITIVE = ["log", "squareRoot", "inverseSquareRoot"];
/** Per operation. Unit: pairs. */
const SAMPLES = 200;

/** Measures anew, always with the same numbers; `npm run bench:disputes` prints it, too. */
export async function measureFloat32Gas(): Promise<readonly OperationGas[]> {
  const harness = await deployFloat32Harness();
  const measured: OperationGas[] = [];
  for (const name of [...OPERATIONS, ...COMPARISONS, ...FUNCTIONS]) {
    const usual = await harness.gasOf(name, usualPairs(name));
    const isPartial = name === "cosPi"; // from 0 to 1
    const hard = isPartial ? [] : await harness.gasOf(name, drawPairs(randomNumbers(`gas/hard/${name}`, 1), SAMPLES));
    const mean = Math.round(usual.reduce((sum, gas) => sum + gas, 0) / usual.length);
    measured.push({ name, mean, most: Math.max(...usual, ...hard) });
  }
  return measured;
}

export function formatGasTable(measured: readonly OperationGas[]): string {
  const show = (gas: number): string => gas.toLocaleString("en-US");
  const rows = measured.map(({ name, mean, most }) => `| \`${name}\` | ${show(mean)} | ${show(most)} |`);
  return ["| operation | mean | most |", "| --- | ---: | ---: |", ...rows].join("\n");
}

/** Sizes up to 4; whole numbers below 2^20 for the conversion. */
function usualPairs(name: string): Uint32Array {
  const random = randomNumbers(`gas/usual/${name}`, 1);
  const next = (): number => {
    if (name === "toFloat32") return random.nextUint32() >>> 12;
    const unit = random.nextFloat();
    if (name === "cosPi") return bitsOf(unit);
    return bitsOf(OF_POSITIVE.includes(name) ? 4 * unit : 8 * unit - 4);
  };
  return Uint32Array.from({ length: 2 * SAMPLES }, next);
}
