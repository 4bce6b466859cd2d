/** Whether this machine computes the canonical bits, on the executor and the threads that nodes use. */
import { CANONICAL_RESULTS } from "../../compute/canonicalResults.ts";

/** What every correct executor gives. */
export const CANONICAL_STATE = CANONICAL_RESULTS.join("-");

/** @returns the state after a few steps of two small models in which nearly every operation takes part. */
export async function canonicalState(): Promise<string> {
  const { createBestExecutor } = await import("../../compute/createExecutor.ts");
  const { selfTestPrograms, selfTestResult } = await import("../../compute/selfTest.ts");
  const results: string[] = [];
  for (const program of selfTestPrograms()) results.push(selfTestResult(await createBestExecutor(program)));
  return results.join("-");
}
