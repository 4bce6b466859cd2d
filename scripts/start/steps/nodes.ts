/** Starts trainers and auditors, each a process of its own. */
import { join } from "node:path";
import { listNodes } from "../../../trainer/src/chain/nodes.ts";
import type { Misbehaviour } from "../../../trainer/src/node/misbehaviour.ts";
import type { StartOptions } from "../options.ts";
import type { Session } from "../session.ts";
import type { Role } from "../state/runEvent.ts";
import type { RunState } from "../state/runState.ts";
import type { Network } from "./network.ts";
import { startNodeProcess } from "./nodeProcess.ts";
import type { Wallet } from "./wallets.ts";

/**
 * Starts all nodes and waits until every auditor's stake is there and every trainer has its seat.
 *
 * Nodes open the rounds by themselves, the first one as soon as the auditors' stake counts.
 */
export async function startNodes(session: Session, network: Network): Promise<void> {
  const { options, run, signal } = session;
  const { chain, store, wallets } = network;
  run.emit({ type: "stage", stage: "nodes" });
  for (const [i, wallet] of wallets.auditors.entries()) {
    startNode(session, network, { role: "auditor", wallet, number: i + 1 });
  }
  for (const [i, wallet] of wallets.trainers.entries()) {
    startNode(session, network, { role: "trainer", wallet, number: i + 1 });
  }
  await run.until(isEverybodyIn(options.trainers), signal);
  const known = await listNodes(chain, { signal });
  const others = known.filter(({ peerId }) => peerId !== store.peer.peerId);
  await store.connect(others, { signal });
}

interface Part {
  readonly role: Role;
  readonly wallet: Wallet;
  /** Counts from 1. */
  readonly number: number;
}

function startNode(session: Session, network: Network, { role, wallet, number }: Part): void {
  const { options, run, supervisor, directory } = session;
  const isLast = number === (role === "trainer" ? options.trainers : options.auditors);
  startNodeProcess(supervisor, {
    name: `${role} ${number}`,
    role,
    wallet,
    directory: join(directory, `${role}-${number}`),
    logFile: join(directory, `${role}-${number}.log`),
    deploymentFile: network.deploymentFile,
    taskId: network.taskId,
    visitorsTaskId: role === "auditor" ? network.visitorsTaskId : undefined,
    data: options.data,
    device: role === "trainer" ? options.device : "auto",
    misbehave: misbehaviourOf({ role, number, isLast }, options),
    plantPercent: options.lazyAuditor && role === "trainer" && number === 1 ? 100 : 0, // 100: whenever it may
    stay: options.keep || options.mode === "private", // for the check at the end fetches updates, not only versions
    mayEnd: () => areRoundsOver(run.state()),
    onEvent: run.emit,
  });
}

interface Place {
  readonly role: Role;
  readonly number: number;
  readonly isLast: boolean;
}

/** Of the trainers the last one lies. Bribed auditors are lazy ones, which accept whatever there is, or agree on a false mean. */
function misbehaviourOf(
  { role, number, isLast }: Place,
  { liar, lazyAuditor }: StartOptions,
): Misbehaviour | undefined {
  if (role === "trainer") return isLast && (liar === "forge" || liar === "late-bit-flip") ? liar : undefined;
  if (liar === "false-aggregate") return number > 1 ? liar : undefined;
  const isBribed = liar === "late-bit-flip" && number > 1;
  return isBribed || (lazyAuditor && isLast) ? "lazy" : undefined;
}

/** @returns whether the task has no round left to run. */
export function areRoundsOver({ rounds, task }: RunState): boolean {
  return task !== undefined && rounds.filter(({ outcome }) => outcome !== undefined).length >= task.rounds;
}

function isEverybodyIn(trainers: number): (state: RunState) => boolean {
  return ({ nodes }) =>
    nodes.every(({ role, status }) => role !== "auditor" || status !== "starting") &&
    nodes.filter(({ role, status }) => role === "trainer" && status === "joined").length === trainers;
}
