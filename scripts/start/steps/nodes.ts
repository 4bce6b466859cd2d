/** Starts trainers and auditors, each a process of its own, in an order in which no round opens too early. */
import { join } from "node:path";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { listNodes } from "../../../trainer/src/chain/nodes.ts";
import type { RunningProcess } from "../process/supervisor.ts";
import type { Session } from "../session.ts";
import type { Role } from "../state/runEvent.ts";
import type { RunState } from "../state/runState.ts";
import type { Network } from "./network.ts";
import { startNodeProcess } from "./nodeProcess.ts";
import type { Wallet } from "./wallets.ts";

/**
 * Starts all nodes and waits until every trainer has its seat.
 *
 * Nodes open a round as soon as every seat is taken, but new stake counts in draws only from the next epoch. So the last
 * trainer starts when the auditors' stake counts.
 */
export async function startNodes(session: Session, network: Network): Promise<RunningProcess[]> {
  const { options, run, signal } = session;
  const { trainers, auditors } = network.wallets;
  run.emit({ type: "stage", stage: "nodes" });
  const start = (role: Role, wallet: Wallet, number: number): RunningProcess =>
    startNode(session, network, { role, wallet, number });
  const running = [
    ...auditors.map((wallet, i) => start("auditor", wallet, i + 1)),
    ...trainers.slice(0, -1).map((wallet, i) => start("trainer", wallet, i + 1)),
  ];
  await run.until(areAuditorsReady, signal);
  await nextEpoch(network, signal);
  running.push(start("trainer", trainers.at(-1)!, options.trainers));
  await run.until(areTrainersSeated(options.trainers), signal);
  const known = await listNodes(network.chain, { signal });
  await network.store.connect(
    known.filter(({ peerId }) => peerId !== network.store.peer.peerId),
    { signal },
  );
  return running;
}

interface Part {
  readonly role: Role;
  readonly wallet: Wallet;
  /** Counts from 1. */
  readonly number: number;
}

function startNode(session: Session, network: Network, { role, wallet, number }: Part): RunningProcess {
  const { options, run, supervisor, directory } = session;
  const isLast = role === "trainer" && number === options.trainers;
  return startNodeProcess(supervisor, {
    name: `${role} ${number}`,
    role,
    wallet,
    directory: join(directory, `${role}-${number}`),
    logFile: join(directory, `${role}-${number}.log`),
    deploymentFile: network.deploymentFile,
    taskId: network.taskId,
    data: options.data,
    forge: isLast && options.liar === "forge",
    mayEnd: () => areRoundsOver(run.state()),
    onEvent: run.emit,
  });
}

/** @returns whether the task has no round left to run. */
export function areRoundsOver({ rounds, task }: RunState): boolean {
  return task !== undefined && rounds.filter(({ outcome }) => outcome !== undefined).length >= task.rounds;
}

function areAuditorsReady({ nodes }: RunState): boolean {
  return nodes.every(({ role, status }) => role !== "auditor" || status !== "starting");
}

function areTrainersSeated(count: number): (state: RunState) => boolean {
  return ({ nodes }) => nodes.filter(({ role, status }) => role === "trainer" && status === "joined").length === count;
}

async function nextEpoch({ chain }: Network, signal: AbortSignal): Promise<void> {
  const read = (): Promise<bigint> => chain.read("nodeRegistry", "currentEpoch", [], { signal });
  const present = await read();
  while ((await read()) === present) await pause(chain.pollingMs, signal);
}
