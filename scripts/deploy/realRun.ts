/** A deployment that is sent: rehearsed, priced, confirmed, then step by step along Ignition's journal. */
import { dirname, join } from "node:path";
import hre from "hardhat";
import type { Deployment } from "../../trainer/src/chain/deployment.ts";
import { checkDeployment } from "./checks.ts";
import { DeployError } from "./deployError.ts";
import { openRpc, type Rpc } from "./jsonRpc.ts";
import type { DeployCommand } from "./options.ts";
import { proposalText } from "./proposal.ts";
import { quote, requireBalance } from "./quote.ts";
import { firstBlock, makeRecord, makeSiteRuntime, writeJson } from "./record.ts";
import { noteBroadcast, settleOpenTransactions } from "./recovery.ts";
import { rehearse } from "./rehearsal.ts";
import { requireChain } from "./requireChain.ts";
import { type Addresses, type Owners, readProgress, runModule } from "./runModule.ts";
import { say, sayChecks } from "./say.ts";
import { openExternalSigner, openKeystoreSigner, type Signer, type TransactionRequest } from "./signer.ts";
import { writeSources } from "./sources.ts";
import { submitSources } from "./submitSources.ts";

/** How the operator is asked; a test answers by itself. */
export interface Operator {
  askPassword(question: string): Promise<string>;
  /** @throws {DeployError} `DEPLOY_NOT_CONFIRMED` */
  confirm(network: string): Promise<void>;
}

/** @throws {DeployError} as its codes say | {KeystoreError} | the signal's reason */
export async function realRun(command: DeployCommand, operator: Operator, signal: AbortSignal): Promise<Deployment> {
  const { plan } = command;
  const rpc = openRpc(command.rpcUrl!, { signal });
  await requireChain(rpc, plan);
  const signer = await openSigner(command, operator, { rpc, signal });
  const admin = command.admin!;
  const owners = { deployer: signer.address, admin, holder: command.holder ?? admin };
  const journal = command.journal ?? join(hre.config.paths.ignition, "deployments", `chain-${plan.chainId}`);

  const { maxFeePerGas } = await propose(command, { rpc, signer, owners, journal, operator });
  const addresses = await send(command, { rpc, signer, owners, journal, maxFeePerGas, signal });

  const fromBlock = await firstBlock(journal);
  say("\nRead back from the chain:");
  const checks = await checkDeployment({ rpc, plan, owners, addresses, fromBlock });
  sayChecks(checks);
  const failed = checks.filter(({ isTrue }) => !isTrue).map(({ what }) => what);
  if (failed.length > 0) {
    throw new DeployError({ code: "DEPLOY_CHECK_FAILED", checks: failed }, `${failed.length} checks fail`);
  }
  return publish(command, { addresses, journal, fromBlock, signal });
}

function openSigner(
  { plan, keystore, signerUrl, from }: DeployCommand,
  operator: Operator,
  context: { readonly rpc: Rpc; readonly signal: AbortSignal },
): Promise<Signer> {
  const all = { ...context, chainId: plan.chainId };
  if (signerUrl !== undefined) return openExternalSigner(signerUrl, from, all);
  return openKeystoreSigner(keystore!, () => operator.askPassword(`Password of ${keystore}`), all);
}

interface Stage {
  readonly rpc: Rpc;
  readonly signer: Signer;
  readonly owners: Owners;
  readonly journal: string;
}

/** Shows everything and asks. With nothing left to send it does neither. */
async function propose(
  command: DeployCommand,
  { rpc, signer, owners, journal, operator }: Stage & { readonly operator: Operator },
): Promise<{ readonly maxFeePerGas: bigint }> {
  const { plan } = command;
  await settleOpenTransactions(journal, { rpc, address: signer.address, tracked: command.tracked });
  const { done, isResumed } = await readProgress(journal);
  const nonce = Number(await rpc.request({ method: "eth_getTransactionCount", params: [signer.address, "latest"] }));
  const { steps, addresses } = await rehearse({ plan, owners, nonce });
  const left = steps.filter(({ step }) => !done.has(step));
  const { maxFeePerGas } = command;
  const price = await quote(rpc, { steps: left, address: signer.address, maxFeePerGas });
  if (left.length === 0) {
    say(`Everything stands on ${plan.title} already; nothing is sent.`);
    return price;
  }
  say(proposalText({ plan, owners, signerTitle: signer.title, steps: left, isResumed, quote: price, addresses }));
  requireBalance(price, signer.address);
  if (!command.isConfirmed) await operator.confirm(plan.name);
  return price;
}

async function send(
  { plan }: DeployCommand,
  { rpc, signer, owners, journal, maxFeePerGas, signal }: Stage & { maxFeePerGas: bigint; signal: AbortSignal },
): Promise<Addresses> {
  const signing: Rpc = {
    request: (request) => {
      if (request.method !== "eth_sendTransaction") return rpc.request(request);
      return signer.send((request.params as [TransactionRequest])[0], (nonce, hash) =>
        noteBroadcast(journal, nonce, hash),
      );
    },
  };
  const onSent = (step: string, hash: string): void => say(`  sent ${step.padEnd(34)} ${hash}`);
  try {
    return await runModule({ rpc: signing, plan, owners, journal, maxFeePerGas, onSent });
  } catch (cause) {
    if (signal.aborted) throw new DeployError({ code: "DEPLOY_INTERRUPTED", journal }, "interrupted", { cause });
    if (cause instanceof Error && "detail" in cause) throw cause; // one of ours already says what happened
    throw new DeployError({ code: "DEPLOY_FAILED", journal }, (cause as Error).message, { cause });
  }
}

async function publish(
  command: DeployCommand,
  {
    addresses,
    journal,
    fromBlock,
    signal,
  }: { addresses: Addresses; journal: string; fromBlock: number; signal: AbortSignal },
): Promise<Deployment> {
  const { plan, outFile } = command;
  const options = {
    plan,
    addresses,
    deployedAtBlock: fromBlock,
    publicRpcUrl: command.publicRpcUrl ?? command.rpcUrl!,
  };
  const record = makeRecord(options);
  await writeJson(outFile, record);
  const folder = join(dirname(outFile), plan.name);
  await writeJson(join(folder, "cairn.json"), makeSiteRuntime(options));
  const contracts = await writeSources(journal, join(folder, "sources"));
  say(`\nFor nodes: ${outFile}. For the site: ${join(folder, "cairn.json")}. Sources: ${join(folder, "sources")}.`);
  await submitSources(command, { contracts, folder: join(folder, "sources"), signal });
  return record;
}
