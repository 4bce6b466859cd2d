/** A local chain with the contracts on it, in a process and a folder that go together. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployCairn, LOCAL_PARAMETERS } from "../../../scripts/deploy.ts";
import { createSupervisor, type Supervisor } from "../../../scripts/start/process/supervisor.ts";
import { startLocalChain } from "../../../scripts/start/steps/localChain.ts";
import type { Deployment } from "../../../trainer/src/chain/deployment.ts";

export interface DeployedChain {
  readonly deployment: Deployment;
  /** Goes with the chain. The deployment record is `deployment.json` in it. */
  readonly folder: string;
  /** Whose processes end with the chain. */
  readonly supervisor: Supervisor;
  stop(): Promise<void>;
}

/** Takes what it started with it when it fails: a chain left running would keep the test file from ever ending. */
export async function openDeployedChain(): Promise<DeployedChain> {
  const folder = await mkdtemp(join(tmpdir(), "cairn-chain-"));
  const supervisor = createSupervisor();
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const signal = AbortSignal.timeout(START_LIMIT_MS);
    const { rpcUrl } = await startLocalChain(supervisor, { logFile: join(folder, "chain.log"), signal });
    const outFile = join(folder, "deployment.json");
    const deployment = await deployCairn({ rpcUrl, parameters: LOCAL_PARAMETERS, outFile });
    return { deployment, folder, supervisor, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Three test files start at once on two cores. Unit: milliseconds. */
const START_LIMIT_MS = 60_000;
