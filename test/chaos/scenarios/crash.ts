/**
 * Kills the node with SIGKILL at a named point of its life, starts it again, and sees the round to its end.
 *
 * A point is a boundary that others can see: an operation of its disk, or a call to the chain before it is there, after
 * the chain took it, after it was mined, or while it waits to be. The node's code holds nothing of this.
 */
import type { DiskFault } from "../faults/diskFault.ts";
import type { RpcCall, RpcFault } from "../faults/rpcProxy.ts";
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS, recover, until } from "./recovery.ts";

const MOMENTS = {
  before: "before it leaves the machine",
  taken: "when the chain took it, before the node knows",
  mined: "when it was mined, before the node knows",
} as const;

type Moment = keyof typeof MOMENTS;

const CALLS: Readonly<Record<Subject, readonly string[]>> = {
  trainer: ["openRound", "commitUpdate", "revealUpdate", "drawCommittee", "advance"],
  auditor: ["commitVerdict", "revealVerdict", "proposeAggregate", "attestAggregate"],
  newcomer: ["announce", "approve", "stake", "join", "claim", "creditReputation"],
};

interface DiskPoint extends Pick<DiskFault, "path" | "operation" | "moment"> {
  readonly name: string;
  readonly subject: Subject;
}

const UPDATE = "update\\.safetensors";
const OPENING = "update\\.json";
const VERDICT = "verdict-0\\.json";

const DISK_POINTS: readonly DiskPoint[] = [
  { name: "pin.before", subject: "trainer", path: "content/blocks/.*\\.data", operation: "rename", moment: "before" },
  { name: "pin.after", subject: "trainer", path: "content/blocks/.*\\.data", operation: "rename", moment: "after" },
  { name: "pin.torn", subject: "trainer", path: "content/blocks/", operation: "write", moment: "half" },
  { name: "update.torn", subject: "trainer", path: UPDATE, operation: "write", moment: "half" },
  { name: "update.written", subject: "trainer", path: UPDATE, operation: "write", moment: "after" },
  { name: "update.renamed", subject: "trainer", path: `${UPDATE}$`, operation: "rename", moment: "after" },
  { name: "salt.before", subject: "trainer", path: OPENING, operation: "write", moment: "before" },
  { name: "salt.torn", subject: "trainer", path: OPENING, operation: "write", moment: "half" },
  { name: "salt.flushed", subject: "trainer", path: OPENING, operation: "flush", moment: "after" },
  { name: "salt.renamed", subject: "trainer", path: `${OPENING}$`, operation: "rename", moment: "after" },
  { name: "salt.kept", subject: "trainer", path: "journal/[^/]+$", operation: "flush", moment: "after" },
  { name: "verdict.before", subject: "auditor", path: VERDICT, operation: "write", moment: "before" },
  { name: "verdict.torn", subject: "auditor", path: VERDICT, operation: "write", moment: "half" },
  { name: "verdict.flushed", subject: "auditor", path: VERDICT, operation: "flush", moment: "after" },
  { name: "verdict.renamed", subject: "auditor", path: `${VERDICT}$`, operation: "rename", moment: "after" },
  {
    name: "forget.half",
    subject: "trainer",
    path: "journal/.*\\.(json|safetensors)$",
    operation: "remove",
    moment: "after",
  },
  {
    name: "version.pinned",
    subject: "auditor",
    path: "content/blocks/.*\\.data",
    operation: "rename",
    moment: "after",
  },
  { name: "key.torn", subject: "newcomer", path: "sealing\\.key", operation: "write", moment: "half" },
  { name: "key.renamed", subject: "newcomer", path: "peer\\.key$", operation: "rename", moment: "after" },
];

/** Those played at every change: one of each kind of boundary. */
const QUICK = [
  ...["commitUpdate.taken", "revealUpdate.taken", "salt.torn", "salt.kept"],
  ...["commitVerdict.taken", "revealVerdict.before", "verdict.torn", "proposeAggregate.mined"],
  ...["stake.taken", "join.mined", "claim.taken"],
];

export const CRASHES: readonly Scenario[] = [
  ...Object.entries(CALLS).flatMap(([subject, calls]) =>
    calls.flatMap((call) =>
      (Object.keys(MOMENTS) as Moment[]).map((moment) => atCall(subject as Subject, call, moment)),
    ),
  ),
  ...DISK_POINTS.map(atDisk),
].map((scenario) => ({ ...scenario, isQuick: QUICK.includes(scenario.name.replace("kill.", "")) }));

function atCall(subject: Subject, functionName: string, moment: Moment): Scenario {
  return {
    name: `kill.${functionName}.${moment}`,
    about: `Killed at ${functionName}, ${MOMENTS[moment]}`,
    subject,
    async play(stage) {
      const { network, victim } = stage;
      const played = killed(stage, (strike) => victim.proxy.disturb(killAtCall(functionName, moment, strike)));
      if (functionName !== "attestAggregate") return played;
      network.beCourteous(false); // somebody else has to propose first
      return played.finally(() => network.beCourteous(true));
    },
  };
}

function atDisk({ name, subject, ...at }: DiskPoint): Scenario {
  return {
    name: `kill.${name}`,
    about: `Killed ${at.moment === "half" ? "in the middle of" : at.moment} a ${at.operation} of ${at.path}`,
    subject,
    play: (stage) => killed(stage, () => stage.victim.disturbDisk({ ...at, effect: "kill" })),
  };
}

function killAtCall(functionName: string, moment: Moment, strike: () => void): RpcFault {
  const hashes = new Set<string>();
  let done = false;
  const now = (): undefined => {
    done = true;
    strike();
  };
  return async ({ method, params, signed }: RpcCall, forward) => {
    if (done) return forward();
    const isMeant = signed?.functionName === functionName;
    if (isMeant && moment === "before") return now();
    const answer = await forward();
    if (isMeant && answer.error === undefined) hashes.add(signed.hash);
    if (isMeant && moment === "taken" && answer.error === undefined) return now();
    const isReceipt = method === "eth_getTransactionReceipt" && hashes.has(params[0] as string);
    return moment === "mined" && isReceipt && answer.result !== null ? now() : answer;
  };
}

async function killed(stage: Stage, arm: (strike: () => void) => void): Promise<Played> {
  const { network, victim, taskId } = stage;
  arm(() => victim.kill());
  if (!victim.isRunning()) victim.start();
  await until(stage, "the point was never reached", () => !victim.isRunning(), ROUND_MS);
  victim.proxy.disturb(undefined);
  const firstRound = Math.max(1, await network.currentRound(taskId));
  const recoveriesMs = await recover(stage);
  const lastRound = Math.max(firstRound, await network.currentRound(taskId));
  await network.roundOver(taskId, lastRound, ROUND_MS);
  return { firstRound, lastRound, recoveriesMs };
}
