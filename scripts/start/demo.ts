/**
 * The whole demo, from an empty folder to the report. Decides the order of the steps; each is a file under steps/.
 *
 * Must not print, and stops nothing: whoever made the session does.
 */
import { pause } from "../../trainer/src/chain/deadline.ts";
import { buildReport, type Report } from "./report/report.ts";
import type { Session } from "./session.ts";
import type { RunState } from "./state/runState.ts";
import { checkRun } from "./steps/checks.ts";
import { followTask } from "./steps/followTask.ts";
import { type Network, prepareNetwork } from "./steps/network.ts";
import { areRoundsOver, startNodes } from "./steps/nodes.ts";

export interface DemoResult {
  readonly report: Report;
  readonly network: Network;
}

/** How long the last round's figures may take to come in after its end. Unit: milliseconds. */
const LAST_WORDS_MS = 5_000;

export async function runDemo(session: Session): Promise<DemoResult> {
  const { options, run, signal, supervisor } = session;
  const network = await prepareNetwork(session);
  const following = follow(session, network);
  await Promise.race([startNodes(session, network), following]);
  run.emit({ type: "stage", stage: "rounds" });
  const roundsFromMs = run.nowMs();
  await Promise.race([run.until(areRoundsOver, signal), following]);
  const roundsToMs = run.nowMs();
  await Promise.race([run.until(isEverythingHeard, signal), pause(LAST_WORDS_MS, signal), supervisor.failure]);
  const findings = await checkRun(session, network);
  run.emit({ type: "stage", stage: "done" });
  const times = { roundsFromMs, roundsToMs, endMs: run.nowMs() };
  return { report: buildReport(run.state(), options, { ...findings, times }), network };
}

/** Follows the task's log, and takes every agreed version home at once: its makers may leave after the last round. */
async function follow({ run, signal }: Session, { chain, store, taskId }: Network): Promise<never> {
  const fromBlock = BigInt(chain.deployment.deployedAtBlock);
  await followTask(chain, {
    taskId,
    fromBlock,
    signal,
    onEvent: (event) => {
      run.emit(event);
      if (event.type !== "agreed") return;
      store.get(event, { signal }).catch(() => {}); // tried again when the model is saved, and reported then
    },
  });
  throw signal.reason;
}

/** Every final round measured by somebody, and every node's figures after the last round. */
function isEverythingHeard({ rounds, nodes }: RunState): boolean {
  const measured = rounds.every(({ outcome, accuracy }) => outcome !== "final" || accuracy !== undefined);
  return measured && nodes.every(({ heardRound }) => heardRound >= rounds.length);
}
