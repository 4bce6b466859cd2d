/** Compiles the contracts where a fresh clone has not: quietly, in a process of its own, with the compiler's talk in a log. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../session.ts";
import { HARDHAT, PROJECT } from "./localChain.ts";

/** What the deployment needs last; Hardhat writes artifacts when all is compiled. */
const ARTIFACT = join(PROJECT, "artifacts", "contracts", "FLContract.sol", "FLContract.json");

/**
 * Changed sources are compiled by `deployCairn` itself; this is for the first time, when the compiler also warns about
 * libraries.
 *
 * @throws {StartError} `START_PROCESS_FAILED` through the supervisor
 */
export async function compileOnce({ run, supervisor, directory }: Session): Promise<void> {
  if (existsSync(ARTIFACT)) return;
  run.emit({ type: "stage", stage: "compiler" });
  const compiler = supervisor.start({
    name: "the compiler",
    program: [HARDHAT, "build", "--quiet"],
    cwd: PROJECT,
    logFile: join(directory, "compiler.log"),
    mayEnd: () => true,
  });
  await compiler.ended; // anything but success ends the run through the supervisor
}
