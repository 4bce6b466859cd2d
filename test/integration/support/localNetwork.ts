/** A local chain with the contracts on it, and real nodes in this process: real stores, real transactions, small data. */
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { Supervisor } from "../../../scripts/start/process/supervisor.ts";
import { type Chain, connectChain } from "../../../trainer/src/chain/connection.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { Deployment } from "../../../trainer/src/chain/deployment.ts";
import { auditorsStake } from "../../../trainer/src/chain/nodes.ts";
import type { GroupChoices } from "../../../trainer/src/cli/groupChoices.ts";
import { type CreatedGroup, createTrainingGroup } from "../../../trainer/src/cli/groupCreation.ts";
import { createTrainingTask } from "../../../trainer/src/cli/taskCreation.ts";
import type { TrainingChoices } from "../../../trainer/src/cli/taskPlan.ts";
import { DEFAULT_TERMS, type TaskTerms } from "../../../trainer/src/cli/taskTerms.ts";
import type { Dataset } from "../../../trainer/src/data/dataset.ts";
import { createGlyphs } from "../../../trainer/src/data/glyphs.ts";
import type { ContentStore } from "../../../trainer/src/network/contentStore.ts";
import { openContentStore } from "../../../trainer/src/network/openContentStore.ts";
import { announceNode } from "../../../trainer/src/node/announcement.ts";
import { ensureEnrolled, ensureStake, trainersStake } from "../../../trainer/src/node/membership.ts";
import { type NodeOptions, type RunningNode, startNode } from "../../../trainer/src/node/node.ts";
import type { NodeEvent, Role } from "../../../trainer/src/node/nodeEvent.ts";
import { openNodeKeys } from "../../../trainer/src/node/nodeKeys.ts";
import { type DeployedChain, openDeployedChain } from "./deployedChain.ts";

/** First account of Hardhat's published development mnemonic; it holds all CAIRN of the local deployment. */
const ADMIN_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** Keys first weights and partition of every task. */
export const TASK_SEED = new Uint8Array(32).fill(5);
const ONE_CAIRN = 10n ** 18n;

/** A wallet, a folder and a store: what a node needs, whether our code drives it or the test does by hand. */
export interface Participant {
  readonly chain: Chain;
  readonly store: ContentStore;
  readonly dataDir: string;
}

export interface LocalNetwork {
  readonly deployment: Deployment;
  /** Where the network keeps its files; it goes with the network. The deployment record is `deployment.json` in it. */
  readonly directory: string;
  /** Whose processes end with the network. */
  readonly supervisor: Supervisor;
  readonly admin: Participant;
  readonly dataset: Dataset;
  readonly signal: AbortSignal;
  participant(name: string, onTransaction?: (functionName: string) => void): Promise<Participant>;
  /** Announces, stakes and enrols a trainer that the test then drives by hand. */
  enrol(participant: Participant, taskId: bigint): Promise<void>;
  start(participant: Participant, roles: readonly Role[], options: NodeSettings): RunningNode;
  /** @param choices what differs from a softmax regression by SGD */
  createTask(terms: Partial<TaskTerms>, choices?: Partial<TrainingChoices>): Promise<bigint>;
  /** Lets the chain's clock pass to this point, unless it has. Unit: unix seconds. */
  passTo(seconds: number): Promise<void>;
  /** @param terms as of one task: places of all cohorts together. */
  createGroup(split: Pick<GroupChoices, "cohorts" | "gatherSeconds">, terms: Partial<TaskTerms>): Promise<CreatedGroup>;
  /** Waits until the stake of so many seats counts in draws. */
  auditorsCount(auditors: number): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeSettings
  extends Pick<
    NodeOptions,
    | "taskIds"
    | "createExecutor"
    | "misbehave"
    | "plantPercent"
    | "rejoins"
    | "claims"
    | "reports"
    | "relayUrl"
    | "volunteerGames"
  > {
  readonly onEvent?: (event: NodeEvent) => void;
}

/** @param records of the data set; a multiple of ten. A tab knows the whole set of 10,000 only. */
export async function openLocalNetwork({ records = 400 } = {}): Promise<LocalNetwork> {
  const chain = await openDeployedChain();
  try {
    return await connectNetwork(chain, records);
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

async function connectNetwork(local: DeployedChain, records: number): Promise<LocalNetwork> {
  const { deployment, folder, supervisor } = local;
  const stopping = new AbortController();
  const { signal } = stopping;
  const dataset = createGlyphs({ records });
  const stores: ContentStore[] = [];
  const running = new Set<RunningNode>();

  async function open(
    name: string,
    key: `0x${string}`,
    onTransaction?: (functionName: string) => void,
  ): Promise<Participant> {
    const dataDir = join(folder, name);
    const chain = await connectChain({
      deployment,
      account: privateKeyToAccount(key),
      signal,
      onTransaction: ({ functionName }) => onTransaction?.(functionName),
    });
    const store = await openContentStore({ dataDir, peerKey: (await openNodeKeys(dataDir)).peer });
    stores.push(store);
    return { chain, store, dataDir };
  }

  const admin = await open("admin", ADMIN_KEY);
  const introduce = async ({ chain, store, dataDir }: Participant, roles: readonly Role[]): Promise<void> => {
    const keys = await openNodeKeys(dataDir);
    await announceNode(chain, { keys, multiaddrs: store.peer.multiaddrs, roles }, { signal });
  };
  await introduce(admin, ["trainer"]);

  return {
    deployment,
    directory: folder,
    supervisor,
    admin,
    dataset,
    signal,
    async participant(name, onTransaction) {
      const participant = await open(name, generatePrivateKey(), onTransaction);
      const { address } = participant.chain.account!;
      const { client } = admin.chain;
      await client.request({ method: "hardhat_setBalance" as never, params: [address, "0xde0b6b3a7640000"] as never });
      await admin.chain.send("cairnToken", "transfer", [address, 100n * ONE_CAIRN], { signal });
      return participant;
    },
    async enrol(participant, taskId) {
      const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
      await introduce(participant, ["trainer"]);
      const neededWei = await trainersStake(participant.chain, { taskId, minStakeWei }, { signal });
      await ensureStake(participant.chain, neededWei, { signal });
      await ensureEnrolled(participant.chain, taskId, { signal });
    },
    start({ chain, store, dataDir }, roles, settings) {
      const openDataset = async () => dataset;
      const given = { plantPercent: 0, onEvent: () => {}, ...settings }; // chance has no part in a test
      const starting = openNodeKeys(dataDir).then((keys) =>
        startNode({ chain, store, keys, roles, dataDir, openDataset, ...given }),
      );
      const node: RunningNode = {
        done: starting.then(({ done }) => done),
        finish: () => void starting.then(({ finish }) => finish()),
        stop: () => void starting.then(({ stop }) => stop()),
      };
      running.add(node);
      return node;
    },
    async createTask(terms, choices) {
      return (await createTrainingTask({ ...admin, dataset, options: choicesOf(terms, choices), signal })).taskId;
    },
    createGroup(split, terms) {
      return createTrainingGroup({ ...admin, dataset, options: { ...choicesOf(terms), ...split }, signal });
    },
    async passTo(seconds) {
      const { client } = admin.chain;
      const missing = seconds - Number((await client.getBlock()).timestamp);
      if (missing <= 0) return;
      await client.request({ method: "evm_increaseTime" as never, params: [missing] as never });
      await client.request({ method: "evm_mine" as never });
    },
    async auditorsCount(auditors) {
      const { seatStakeWei } = await admin.chain.read("flContract", "limits", [], { signal });
      while ((await auditorsStake(admin.chain, { signal })) < BigInt(auditors) * seatStakeWei) await pause(100, signal);
    },
    async stop() {
      for (const node of running) node.stop();
      await Promise.allSettled([...running].map(({ done }) => done));
      stopping.abort();
      await Promise.allSettled(stores.map((store) => store.stop()));
      await local.stop();
    },
  };
}

function choicesOf(terms: Partial<TaskTerms>, choices: Partial<TrainingChoices> = {}) {
  const training = {
    modelName: "glyphs",
    architecture: { input: [28, 28, 1], layers: LAYERS, loss: "softmaxCrossEntropy" },
    optimiser: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
    batchSize: 8,
    localEpochs: 1,
    partition: { kind: "iid" },
    trainers: terms.trainers ?? DEFAULT_TERMS.trainers,
    seed: TASK_SEED,
  } as const;
  return { training: { ...training, ...choices }, terms: { ...DEFAULT_TERMS, phaseSeconds: 60, ...terms } };
}

const LAYERS = [{ type: "flatten" }, { type: "dense", units: 10 }] as const;
