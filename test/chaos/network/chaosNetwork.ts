/**
 * A local chain with the contracts, a task whose rounds follow each other, bystanders, and nodes to do things to.
 *
 * Bystanders are nodes of this process; whoever is killed, frozen or cut off is a process of its own. Both have real
 * stores, keys and transactions. Every seat of a committee is needed, so a verdict that is lost fails its round.
 */
import { join } from "node:path";
import type { Address } from "viem";
import { createWallet } from "../../../scripts/start/steps/wallets.ts";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { type RoundView, readRound, readTask } from "../../../trainer/src/chain/task.ts";
import type { TaskTerms } from "../../../trainer/src/cli/taskTerms.ts";
import type { Role } from "../../../trainer/src/node/nodeEvent.ts";
import { type LocalNetwork, openLocalNetwork } from "../../integration/support/localNetwork.ts";
import { openRpcProxy, type SignedCall } from "../faults/rpcProxy.ts";
import { createVictim, type Victim } from "./victim.ts";

export interface ChaosNetwork {
  readonly local: LocalNetwork;
  /** Its rounds follow each other as long as the network stands. */
  readonly taskId: bigint;
  /** The node of that role which takes part in {@link taskId}, started when it is first asked for. */
  resident(role: Role): Promise<Victim>;
  /** A node that nobody has seen yet, not started: a trainer alone in a task of its own. */
  newcomer(terms?: Partial<TaskTerms>): Promise<Newcomer>;
  /** Whether bystanders leave to the others what one may do for all. @default true */
  beCourteous(is: boolean): void;
  /** Everybody who may hold CAIRN. */
  accounts(): readonly Address[];
  currentRound(taskId: bigint): Promise<number>;
  readRound(taskId: bigint, round: number): Promise<RoundView>;
  /** @returns the round when it is over. @throws when it is not in time */
  roundOver(taskId: bigint, round: number, withinMs: number): Promise<RoundView>;
  stop(): Promise<void>;
}

export interface Newcomer {
  readonly victim: Victim;
  readonly taskId: bigint;
}

/** Long enough for a node that is started again on a busy machine, short enough for one that never comes. */
const PHASE_SECONDS = 30;

const COMMITTEE = { committeeSize: 2, quorum: 2 } as const;

/** More than any run plays. */
const ROUNDS = 400;

/** How often the chain is asked. Unit: milliseconds. */
const LOOK_MS = 200;

/** How long bystanders leave to others what anybody may do. Unit: milliseconds. */
const COURTESY_MS = 1_000;

const ONE_CAIRN = 10n ** 18n;

export async function openChaosNetwork(): Promise<ChaosNetwork> {
  const local = await openLocalNetwork({ records: 10_000 });
  const { admin, signal, deployment, supervisor, directory } = local;
  const newTask = (terms: Partial<TaskTerms>): Promise<bigint> =>
    local.createTask({ ...COMMITTEE, phaseSeconds: PHASE_SECONDS, ...terms });
  const taskId = await newTask({ rounds: ROUNDS, trainers: 2 });
  const stops: (() => Promise<void>)[] = [];
  const accounts: Address[] = [admin.chain.account!.address];
  const residents = new Map<Role, Promise<Victim>>();
  let names = 0;
  let courtesyMs = COURTESY_MS;

  async function currentRound(id: bigint): Promise<number> {
    return (await readTask(admin.chain, id, { signal })).round;
  }

  /** Calls for a round name their task first. */
  async function during({ functionName, args: [task] }: Pick<SignedCall, "functionName" | "args">): Promise<string> {
    if (!OF_A_ROUND.includes(functionName) || typeof task !== "bigint") return "";
    const round = await currentRound(task);
    return `${task}/${round}/${(await readRound(admin.chain, task, round, { signal })).attempt}`;
  }

  async function createNode(role: Role, id: bigint): Promise<Victim> {
    const home = join(directory, `${role}-${++names}`);
    const wallet = await createWallet(home);
    accounts.push(wallet.address);
    const balance = "0xde0b6b3a7640000"; // one ether
    const { client } = admin.chain;
    await client.request({ method: "hardhat_setBalance" as never, params: [wallet.address, balance] as never });
    await admin.chain.send("cairnToken", "transfer", [wallet.address, 100n * ONE_CAIRN], { signal });
    const proxy = await openRpcProxy(deployment.rpcUrl, deployment, during);
    stops.push(() => proxy.stop());
    const deploymentFile = join(directory, "deployment.json");
    return createVictim({
      ...{
        name: `${role} ${names}`,
        role,
        wallet,
        taskId: id,
        directory: home,
        deploymentFile,
        proxy,
        supervisor,
        signal,
      },
    });
  }

  async function bystander(role: Role): Promise<void> {
    const participant = await local.participant(`bystander-${role}`);
    accounts.push(participant.chain.account!.address);
    local.start({ ...participant, chain: courteous(participant.chain, () => courtesyMs) }, [role], {
      taskIds: [taskId],
      claims: false,
    });
  }

  const network: ChaosNetwork = {
    local,
    taskId,
    resident(role) {
      const start = async (): Promise<Victim> => {
        const victim = await createNode(role, taskId);
        victim.start();
        return victim;
      };
      const present = residents.get(role) ?? start();
      residents.set(role, present);
      return present;
    },
    async newcomer(terms = {}) {
      const own = await newTask({ rounds: 1, trainers: 1, ...terms });
      return { victim: await createNode("trainer", own), taskId: own };
    },
    accounts: () => accounts,
    beCourteous(is) {
      courtesyMs = is ? COURTESY_MS : 0;
    },
    currentRound,
    readRound: (id, round) => readRound(admin.chain, id, round, { signal }),
    async roundOver(id, round, withinMs) {
      const untilMs = performance.now() + withinMs;
      for (;;) {
        const view = round > (await currentRound(id)) ? undefined : await readRound(admin.chain, id, round, { signal });
        if (view?.phase === "Final" || view?.phase === "Failed") return view;
        if (performance.now() > untilMs) {
          throw new Error(`round ${round} of task ${id} is in ${view?.phase ?? "no phase"} after ${withinMs} ms`);
        }
        await pause(LOOK_MS, signal);
        signal.throwIfAborted();
      }
    },
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
      await local.stop();
    },
  };
  await Promise.all([
    bystander("auditor"),
    bystander("trainer"),
    network.resident("auditor"),
    network.resident("trainer"),
  ]);
  return network;
}

/** Once in a round each, and never again. */
export const OF_A_ROUND: readonly string[] = ["commitUpdate", "revealUpdate", "commitVerdict", "revealVerdict"];

/** What one is enough for. */
const FOR_ANYBODY: readonly string[] = ["openRound", "drawCommittee", "advance", "proposeAggregate"];

/** Bystanders come second, so that the node under test is the one that sends what is to be disturbed. */
function courteous(chain: Chain, waitMs: () => number): Chain {
  const send: Chain["send"] = async (contract, functionName, args, options) => {
    if (FOR_ANYBODY.includes(functionName as string)) await pause(waitMs(), options.signal);
    return chain.send(contract, functionName, args, options);
  };
  return { ...chain, send };
}
