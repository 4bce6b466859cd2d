/** Hands all sources in to the verifiers that were asked for, and says what became of each. */
import { readFile } from "node:fs/promises";
import { DeployError } from "./deployError.ts";
import type { DeployCommand } from "./options.ts";
import { say } from "./say.ts";
import type { VerifiableContract } from "./sources.ts";
import { verify } from "./verify.ts";

/** @throws {DeployError} `DEPLOY_VERIFICATION_FAILED` after all were tried */
export async function submitSources(
  { plan, verifiers, etherscanKeyFile }: DeployCommand,
  { contracts, folder, signal }: { contracts: readonly VerifiableContract[]; folder: string; signal: AbortSignal },
): Promise<void> {
  const apiKey = etherscanKeyFile === undefined ? undefined : (await readFile(etherscanKeyFile, "utf8")).trim();
  const failed: string[] = [];
  for (const name of verifiers) {
    const key = name === "etherscan" ? { apiKey } : {};
    const verifier = { name, url: plan.verifiers[name]!, chainId: plan.chainId, ...key };
    say(`\nSources at ${name}:`);
    for (const contract of contracts) {
      const problem = await verify(verifier, contract, { folder, signal });
      say(`  ${problem === undefined ? "✔" : "✖"} ${contract.name}${problem === undefined ? "" : `: ${problem}`}`);
      if (problem !== undefined) failed.push(`${contract.name} at ${name}`);
    }
  }
  if (failed.length === 0) return;
  const detail = { code: "DEPLOY_VERIFICATION_FAILED", contracts: failed } as const;
  throw new DeployError(detail, `not verified: ${failed.join(", ")}`);
}
