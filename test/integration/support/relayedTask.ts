/** Tasks of one round whose trainers commit through a relay: who plays them, and how they end. */
import { readRound } from "../../../trainer/src/chain/task.ts";
import type { RunningNode } from "../../../trainer/src/node/node.ts";
import type { NodeEvent } from "../../../trainer/src/node/nodeEvent.ts";
import { batchesCloseAt } from "../../../trainer/src/node/relay/relayRound.ts";
import { flContractAbi, nodeRegistryAbi } from "../../../trainer/src/protocol/generated/abi.ts";
import type { LocalNetwork, Participant } from "./localNetwork.ts";
import { passTo } from "./relays.ts";

export const TRAINERS = 3;

/** Long enough for slow machines: the test moves the clock itself where nobody acts. Unit: seconds. */
const PHASE_SECONDS = 120;

export interface Party {
  readonly auditors: readonly Participant[];
  readonly trainers: readonly [Participant, ...Participant[]];
}

export async function gather(network: LocalNetwork): Promise<Party> {
  const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
  const [first, ...others] = await Promise.all(
    Array.from({ length: TRAINERS }, (_, i) => network.participant(`trainer-${i}`)),
  );
  return { auditors, trainers: [first!, ...others] };
}

export interface Played {
  readonly nodes: readonly RunningNode[];
  /** How many trainers have seen this. */
  count(holds: (event: NodeEvent) => boolean): number;
  passTo(when: "batchesClosed" | "committed"): Promise<void>;
  /** Resolves once every node is done. */
  end(): Promise<void>;
}

type Listener = (trainer: number, event: NodeEvent, node: RunningNode) => void;

export interface OpenedTask {
  readonly taskId: bigint;
  /** Lets the trainers in. */
  enter(relayUrl: string, listener?: Listener): Played;
}

/** The auditors serve the task from the start. */
export async function openTask(network: LocalNetwork, { auditors, trainers }: Party): Promise<OpenedTask> {
  const terms = { rounds: 1, trainers: TRAINERS, committeeSize: 3, phaseSeconds: PHASE_SECONDS };
  const taskId = await network.createTask(terms);
  const auditing = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds: [taskId] }));
  await network.auditorsCount(auditors.length);
  return {
    taskId,
    enter(relayUrl, listener) {
      const events = trainers.map((): NodeEvent[] => []);
      const nodes: RunningNode[] = trainers.map((trainer, i) =>
        network.start(trainer, ["trainer"], {
          ...{ taskIds: [taskId], relayUrl },
          onEvent(event) {
            events[i]!.push(event);
            listener?.(i, event, nodes[i]!);
          },
        }),
      );
      return {
        nodes,
        count: (holds) => events.filter((own) => own.some(holds)).length,
        async passTo(when) {
          const { deadline } = await readRound(network.admin.chain, taskId, 1, network);
          await passTo(network, when === "committed" ? deadline : batchesCloseAt(deadline, PHASE_SECONDS));
        },
        end: async () => void (await Promise.all([...nodes, ...auditing].map(({ done }) => done))),
      };
    },
  };
}

/** How the only round of a task ended, and by which ways its commitments came. */
export async function outcome({ admin, deployment, ...network }: LocalNetwork, taskId: bigint) {
  const { client } = admin.chain;
  const { flContract, nodeRegistry } = deployment.contracts;
  const fl = { address: flContract, abi: flContractAbi, args: { taskId }, fromBlock: 0n, strict: true } as const;
  const registry = { address: nodeRegistry, abi: nodeRegistryAbi, fromBlock: 0n, strict: true } as const;
  const { phase, acceptedBitmap } = await readRound(admin.chain, taskId, 1, network);
  return {
    ...{ phase, acceptedBitmap },
    own: (await client.getContractEvents({ ...fl, eventName: "UpdateCommitted" })).length,
    batches: (await client.getContractEvents({ ...fl, eventName: "BatchCommitted" })).length,
    fromBatch: (await client.getContractEvents({ ...fl, eventName: "BatchedUpdateOpened" })).length,
    slashed: (await client.getContractEvents({ ...registry, eventName: "StakeSlashed" })).length,
  };
}

/** The good end of {@link outcome}. */
export const allAccepted = { phase: "Final", acceptedBitmap: 0b111n, slashed: 0 } as const;

/** Whether a trainer found itself in a batch on chain. */
export function isVerified(event: NodeEvent): boolean {
  return event.event === "relayed" && event.batch !== undefined;
}

export function isWarned(code: string): (event: NodeEvent) => boolean {
  return (event) => event.event === "warning" && event.code === code;
}

/** @returns what tasks and batches hold of the stake. Unit: wei. */
export async function lockedOf({ chain }: Participant, { signal }: { readonly signal: AbortSignal }): Promise<bigint> {
  const [, lockedWei] = await chain.read("nodeRegistry", "coverOf", [chain.account!.address], { signal });
  return lockedWei;
}
