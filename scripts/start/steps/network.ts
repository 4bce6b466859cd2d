/** Everything that must stand before a node can start: chain, contracts, keys with funds, content, the task. */
import { join } from "node:path";
import { type Chain, connectChain } from "../../../trainer/src/chain/connection.ts";
import { createTrainingTask, type TaskCreation } from "../../../trainer/src/cli/taskCreation.ts";
import type { TrainingChoices } from "../../../trainer/src/cli/taskPlan.ts";
import type { OfferedMode, TaskTerms } from "../../../trainer/src/cli/taskTerms.ts";
import type { Dataset } from "../../../trainer/src/data/dataset.ts";
import { openDataset } from "../../../trainer/src/data/openDataset.ts";
import { namedArchitecture } from "../../../trainer/src/learning/namedArchitectures.ts";
import type { ContentStore } from "../../../trainer/src/network/contentStore.ts";
import { openContentStore } from "../../../trainer/src/network/openContentStore.ts";
import { announceNode } from "../../../trainer/src/node/announcement.ts";
import { openNodeKeys } from "../../../trainer/src/node/nodeKeys.ts";
import { FAUCET_ADDRESS, FAUCET_SUPPLY_WEI } from "../../web/faucet.ts";
import { isDisputed, type StartOptions } from "../options.ts";
import type { Session } from "../session.ts";
import { compileOnce } from "./compile.ts";
import { startLocalChain } from "./localChain.ts";
import { openSite } from "./site.ts";
import { adminAccount, createWallet, fundWallets, type Wallet } from "./wallets.ts";

export interface Network {
  /** Signs as the task's owner. */
  readonly chain: Chain;
  readonly store: ContentStore;
  readonly dataset: Dataset;
  readonly taskId: bigint;
  readonly modelId: bigint;
  /** A task with free places, where somebody may come by: the auditors take part in it too. */
  readonly visitorsTaskId: bigint | undefined;
  readonly deploymentFile: string;
  readonly wallets: { readonly trainers: readonly Wallet[]; readonly auditors: readonly Wallet[] };
}

const ONE_CAIRN = 10n ** 18n;

/** Ten times what an update earns times the stake's multiple: enough to stake, with something left. Unit: wei. */
const CAIRN_EACH = 100n * ONE_CAIRN;

/** Where wallets look for a local chain. */
const WALLET_PORT = 8545;

export async function prepareNetwork(session: Session): Promise<Network> {
  const { options, run, signal, directory } = session;
  const deploymentFile = join(directory, "deployment.json");
  const opening = openDataset(options.data, { cacheDir: cacheDirectory(), signal });
  const [dataset, chain] = await Promise.all([opening, deploy(session, deploymentFile)]); // bad data ends it at once

  run.emit({ type: "stage", stage: "wallets" });
  const wallets = await createWallets(session);
  const addresses = [...wallets.trainers, ...wallets.auditors].map(({ address }) => address);
  await fundWallets(chain, addresses, { cairnWei: CAIRN_EACH, signal });
  if (options.web) await fundWallets(chain, [FAUCET_ADDRESS], { cairnWei: FAUCET_SUPPLY_WEI, signal });

  run.emit({ type: "stage", stage: "task" });
  const store = await openOwnStore(session, chain);
  await openSite(session, chain, store);
  const task = { training: trainingOf(dataset, options), terms: termsOf(options) };
  const { taskId, modelId } = await createTrainingTask({ chain, store, dataset, options: task, signal });
  run.emit({
    type: "task",
    task: `${taskId}`,
    mode: modeOf(options),
    data: dataset.manifest.name,
    rounds: options.rounds,
  });
  const isVisited = options.keep && options.web;
  const visitorsTaskId = isVisited
    ? await openVisitorsTask({ chain, store, dataset, options: task, signal })
    : undefined;
  return { chain, store, dataset, taskId, modelId, visitorsTaskId, deploymentFile, wallets };
}

/** Places for visitors, and rounds for more days than a local chain lives. */
const VISITORS = { trainers: 8, rounds: 1_000, phaseSeconds: 60 } as const;

/** As the demo's task, but open: a round begins as soon as one visitor is there, and people have time to sign. */
async function openVisitorsTask(creation: TaskCreation): Promise<bigint> {
  const { training, terms } = creation.options;
  const { trainers, rounds, phaseSeconds } = VISITORS;
  const options = {
    training: { ...training, modelName: `${training.modelName}, by visitors`, trainers },
    terms: { ...terms, trainers, minTrainers: 1, rounds, phaseSeconds },
  };
  return (await createTrainingTask({ ...creation, options })).taskId;
}

async function deploy(session: Session, deploymentFile: string): Promise<Chain> {
  const { options, run, supervisor, directory, signal } = session;
  await compileOnce(session);
  run.emit({ type: "stage", stage: "chain" });
  const preferredPort = options.keep ? WALLET_PORT : undefined;
  const { rpcUrl } = await startLocalChain(supervisor, {
    logFile: join(directory, "chain.log"),
    signal,
    preferredPort,
  });
  run.emit({ type: "chain", chainId: 31_337, rpcUrl });
  run.emit({ type: "stage", stage: "contracts" });
  const { deployCairn } = await import("../../deploy.ts"); // Hardhat is large: only now, while the chain starts by itself
  const deployment = await deployCairn({ rpcUrl, outFile: deploymentFile });
  return connectChain({ deployment, account: adminAccount(), signal });
}

async function createWallets({ options, directory }: Session): Promise<Network["wallets"]> {
  const make = (role: string, count: number): Promise<Wallet[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => createWallet(join(directory, `${role}-${i + 1}`))));
  return { trainers: await make("trainer", options.trainers), auditors: await make("auditor", options.auditors) };
}

/** The owner serves plan and first weights, so it is a node like any other; it takes no seat and no stake. */
async function openOwnStore({ directory, signal, defer }: Session, chain: Chain): Promise<ContentStore> {
  const dataDir = join(directory, "owner");
  const keys = await openNodeKeys(dataDir);
  const store = await openContentStore({ dataDir, peerKey: keys.peer });
  defer(() => store.stop());
  await announceNode(chain, { keys, multiaddrs: store.peer.multiaddrs, roles: ["trainer"] }, { signal });
  return store;
}

/** Measured on MNIST and on glyphs: over 93 % after ten rounds, a round's training well under a second. */
function trainingOf({ manifest }: Dataset, { model, trainers, seed }: StartOptions): TrainingChoices {
  const architecture = namedArchitecture(model, { input: manifest.inputShape, classes: manifest.classes })!; // options.ts checked it
  return {
    modelName: `demo ${manifest.name}`,
    architecture,
    optimiser: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    batchSize: 32,
    localEpochs: 2,
    partition: { kind: "iid" },
    aggregation: { kind: "fedavg" }, // every update is replayed, so the mean is of honest ones
    trainers,
    seed: seedBytes(seed),
  };
}

/** Windows are long; every phase ends as soon as all have acted, so a round takes seconds. */
function modeOf({ mode }: StartOptions): OfferedMode {
  return mode === "private" ? "Private" : "Replayable";
}

/** Time for one auditor to replay what the others accepted, on a machine that it shares with all of them. Unit: seconds. */
const DISPUTED_SECONDS = 10;

function termsOf(options: StartOptions): TaskTerms {
  const { rounds, trainers, auditors, liar } = options;
  return {
    mode: modeOf(options),
    rounds,
    trainers,
    committeeSize: Math.min(3, auditors),
    rewardPerUpdateWei: ONE_CAIRN,
    rewardPerVerdictWei: ONE_CAIRN / 2n,
    phaseSeconds: 30,
    challengeSeconds: isDisputed(liar) ? DISPUTED_SECONDS : 1,
    ...(liar === "late-bit-flip" ? { minTrainers: trainers - 1 } : {}), // who is proven false leaves; the others go on
  };
}

/** @returns 32 bytes that hold `seed`, big-endian. */
function seedBytes(seed: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setBigUint64(24, BigInt(seed));
  return bytes;
}

/** Where `cairn` keeps its downloads too. */
function cacheDirectory(): string {
  const { XDG_CACHE_HOME, HOME } = process.env;
  return join(XDG_CACHE_HOME ?? join(HOME ?? ".", ".cache"), "cairn");
}
