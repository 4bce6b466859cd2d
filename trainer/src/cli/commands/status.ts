/** `cairn status`: one screen — me, the chain, my tasks, what is due. */
import type { Command } from "commander";
import type { Address } from "viem";
import type { Chain } from "../../chain/connection.ts";
import { openChain } from "../chainAccess.ts";
import { type ChainHead, readHead } from "../chainClock.ts";
import { newest } from "../chainLists.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { epochText } from "../groupText.ts";
import { cairnAmount, etherAmount, shortUnits18 } from "../jsonText.ts";
import type { Paint } from "../output.ts";
import { reportData, reportText } from "../reportText.ts";
import { shortHex, table } from "../table.ts";
import { taskData } from "../taskData.ts";
import { dueText, isRunning, phaseText, type TaskSummary } from "../taskSummary.ts";
import { durationText, isoTime, relativeText } from "../timeText.ts";
import { readRewards } from "./rewards.ts";

/** The newest tasks are looked at; of older ones only `task show` tells. */
const TASKS_SHOWN = 10;

/** Of one report. */
const TRAINERS_SHOWN = 8;

interface Me {
  readonly address: Address;
  readonly etherWei: bigint;
  readonly balanceWei: bigint;
  readonly stakeWei: bigint;
  readonly claimableWei: bigint;
  readonly registered: boolean;
  /** Unit: 10^-9. */
  readonly reputationNano: number;
}

export function define(command: Command, session: Session): void {
  command
    .description("Shows the account, the chain, tasks with their deadlines, and what is due. Asks for no password.")
    .action(action(session, "status", status));
}

async function status(context: Context): Promise<Outcome> {
  const { signal, host } = context;
  const { chain, address, config } = await openChain(context, { sign: false });
  const { readTaskSummary } = await import("../taskSummary.ts");
  const [head, count] = await Promise.all([
    readHead(chain, { signal }),
    chain.read("flContract", "taskCount", [], { signal }),
  ]);
  const ids = newest(count, TASKS_SHOWN);
  const tasks = await Promise.all(ids.map((id) => readTaskSummary(chain, id, { signal, node: address })));
  const { readRoundReports } = await import("../roundReports.ts");
  const reports = await readRoundReports(context, chain, tasks);
  const reportOf = (taskId: bigint) => reports.find((report) => report.taskId === taskId);
  const me = address === undefined ? undefined : await readMe(chain, address, signal);
  const ageSeconds = Math.round(host.nowMs() / 1_000) - head.timestamp;
  return {
    data: {
      chain: { chainId: chain.deployment.chainId, block: head.block, time: isoTime(head.timestamp), ageSeconds },
      account: me === undefined ? null : meData(config.settings.account, me),
      tasks: tasks.map((task) => ({ ...taskData(task), report: reportData(reportOf(task.taskId)) })),
    },
    text: (paint) =>
      [
        ...headLines({ chain, head, ageSeconds, account: config.settings.account, me }, paint),
        "",
        tasks.length === 0 ? "No tasks yet. cairn task create opens one." : taskTable(tasks, head, paint),
        ...groupLines(tasks, head),
        ...reports.flatMap((report) => ["", reportText(report, paint, TRAINERS_SHOWN)]),
        ...nextLines(me, tasks, paint),
      ].join("\n"),
  };
}

async function readMe(chain: Chain, address: Address, signal: AbortSignal): Promise<Me> {
  const [etherWei, balanceWei, node, { rewards, bountyWei }] = await Promise.all([
    chain.request("eth_getBalance", () => chain.client.getBalance({ address }), { signal }),
    chain.read("cairnToken", "balanceOf", [address], { signal }),
    chain.read("nodeRegistry", "nodeOf", [address], { signal }),
    readRewards(chain, address, signal),
  ]);
  const claimableWei = rewards.reduce((sum, reward) => sum + reward.claimableWei, bountyWei);
  const { stakeWei, registered, reputationNano } = node;
  return { address, etherWei, balanceWei, stakeWei, registered, reputationNano, claimableWei };
}

function meData(account: string, me: Me): object {
  return {
    name: account,
    address: me.address,
    registered: me.registered,
    ether: etherAmount(me.etherWei),
    balance: cairnAmount(me.balanceWei),
    stake: cairnAmount(me.stakeWei),
    claimable: cairnAmount(me.claimableWei),
    reputation: me.reputationNano / FLAWLESS_NANO,
  };
}

function headLines(
  {
    chain,
    head,
    ageSeconds,
    account,
    me,
  }: {
    readonly chain: Chain;
    readonly head: ChainHead;
    readonly ageSeconds: number;
    readonly account: string;
    readonly me: Me | undefined;
  },
  paint: Paint,
): string[] {
  const { chainId } = chain.deployment;
  const where = `${paint("bold", chainId === 31_337 ? "local chain" : `chain ${chainId}`)} · block ${head.block} (${durationText(ageSeconds)} ago)`;
  if (me === undefined) return [`${where} · no key for ${account} (cairn keys new ${account})`];
  const role = me.registered ? ` · reputation ${reputationText(me.reputationNano)}` : " · not registered";
  return [
    `${where} · ${shortHex(me.address)} ${account}${role}`,
    `${shortUnits18(me.etherWei)} ETH · ${shortUnits18(me.balanceWei)} CAIRN · ${shortUnits18(me.stakeWei)} staked · ${shortUnits18(me.claimableWei)} to claim`,
  ];
}

/** Source: Reputation.FLAWLESS_NANO. */
const FLAWLESS_NANO = 1e9;

/** @returns hundredths of a flawless score, cut, not rounded: a bar of 0.50 is not passed with 0.499. */
function reputationText(nano: number): string {
  return (Math.floor((100 * nano) / FLAWLESS_NANO) / 100).toFixed(2);
}

function taskTable(tasks: readonly TaskSummary[], head: ChainHead, paint: Paint): string {
  return table(
    ["TASK", "MODEL", "ROUND", "PHASE", "ENDS", "YOU"],
    tasks.map((summary) => {
      const { task, taskId, modelName, round, duty } = summary;
      const due = dueText(summary);
      const idle = duty?.enrolled === true ? `slot ${duty.slot}` : "—";
      return [
        `${taskId}`,
        modelName,
        `${task.round}/${task.parameters.rounds}`,
        phaseText(summary),
        round !== undefined && isRunning(summary) ? relativeText(round.deadline, head.timestamp) : "—",
        due === "" ? idle : paint("yellow", `! ${due}`),
      ];
    }),
    paint,
  );
}

/** One line a group of the tasks shown. */
function groupLines(tasks: readonly TaskSummary[], head: ChainHead): string[] {
  const groups = new Map(tasks.flatMap(({ group }) => (group === undefined ? [] : [[group.groupId, group] as const])));
  return [...groups.values()].map((group) => {
    const own = tasks.filter((task) => task.group?.groupId === group.groupId).map(({ taskId }) => `${taskId}`);
    return `group ${group.groupId} (tasks ${own.sort().join(", ")}): ${epochText(group, head.timestamp)}`;
  });
}

function nextLines(me: Me | undefined, tasks: readonly TaskSummary[], paint: Paint): string[] {
  const steps: string[] = [];
  if (tasks.some((summary) => dueText(summary) !== ""))
    steps.push("cairn node start    # does what is due, if no node runs yet");
  if (me !== undefined && me.claimableWei > 0n) steps.push("cairn rewards claim");
  return steps.length === 0
    ? []
    : ["", ...steps.map((step, i) => `${paint("cyan", i === 0 ? "next:" : "     ")} ${step}`)];
}
