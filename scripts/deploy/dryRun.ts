/** A whole deployment on a chain inside this process: nothing is sent. Without an RPC it needs no network at all. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Deployment } from "../../trainer/src/chain/deployment.ts";
import { parseKeystore } from "../../trainer/src/cli/keystore/keystoreV3.ts";
import { checksumAddress } from "../../trainer/src/cli/keystore/privateKey.ts";
import { DeployError } from "./deployError.ts";
import { openRpc } from "./jsonRpc.ts";
import type { DeployCommand } from "./options.ts";
import { proposalText } from "./proposal.ts";
import { quote } from "./quote.ts";
import { firstBlock, makeRecord, makeSiteRuntime, writeJson } from "./record.ts";
import { rehearse } from "./rehearsal.ts";
import { requireChain } from "./requireChain.ts";
import { say, sayChecks } from "./say.ts";
import { writeSources } from "./sources.ts";

/** Stands for the deployer when nobody was named: nobody holds its key. */
const NOBODY = "0x000000000000000000000000000000000000dEaD";

/**
 * @returns the record as it would be written; it and the sources are, when `--out` was given, beside it.
 * @throws {DeployError} `DEPLOY_WRONG_CHAIN` | `DEPLOY_CHECK_FAILED` | as the RPC does
 */
export async function dryRun(command: DeployCommand, signal: AbortSignal): Promise<Deployment> {
  const { plan, rpcUrl } = command;
  const deployer = command.from ?? (await addressInKeystore(command.keystore)) ?? NOBODY;
  const admin = command.admin ?? deployer;
  const owners = { deployer, admin, holder: command.holder ?? admin };
  const rpc = rpcUrl === undefined ? undefined : openRpc(rpcUrl, { signal });
  if (rpc !== undefined) await requireChain(rpc, plan);
  const folder = await mkdtemp(join(tmpdir(), "cairn-dry-run-"));
  try {
    const journal = join(folder, "journal");
    const { steps, addresses, checks } = await rehearse({ plan, owners, forkUrl: rpcUrl, journal });
    const { maxFeePerGas } = command;
    const price = rpc === undefined ? {} : { quote: await quote(rpc, { steps, address: deployer, maxFeePerGas }) };
    const signerTitle = deployer === NOBODY ? "who is nobody in this dry run" : "not asked in a dry run";
    say(proposalText({ plan, owners, signerTitle, steps, isResumed: false, addresses, ...price }));
    say(`\nDry run on ${rpcUrl === undefined ? "an empty chain" : "a copy of the chain"} in this process; afterwards:`);
    sayChecks(checks);
    const publicRpcUrl = command.publicRpcUrl ?? "http://127.0.0.1:8545";
    const record = { plan, addresses, deployedAtBlock: await firstBlock(journal), publicRpcUrl };
    const sources = join(dirname(command.outFile), `${plan.name}-dry-run`);
    await writeJson(join(sources, "deployment.json"), makeRecord(record));
    await writeJson(join(sources, "cairn.json"), makeSiteRuntime(record));
    const contracts = await writeSources(journal, join(sources, "sources"));
    say(`\nNothing was sent. What would be published is in ${sources}: ${contracts.length} contracts and libraries.`);
    const failed = checks.filter(({ isTrue }) => !isTrue).map(({ what }) => what);
    if (failed.length > 0) {
      throw new DeployError({ code: "DEPLOY_CHECK_FAILED", checks: failed }, `${failed.length} checks fail`);
    }
    return makeRecord(record);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without the password: a dry run signs nothing. */
async function addressInKeystore(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { address } = parseKeystore(await readFile(path, "utf8"));
  return address === undefined ? undefined : checksumAddress(address);
}
