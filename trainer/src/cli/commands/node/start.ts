/**
 * `cairn node start`: opens chain, store and data, and lets the node run until it is done or told to stop.
 *
 * Longer than 250 lines: it has two dozen flags.
 */
import type { Command } from "commander";
import type { Address } from "viem";
import { type Chain, LOCAL_CHAIN_ID, type SentTransaction } from "../../../chain/connection.ts";
import type { ChainNotice } from "../../../chain/notice.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { MISBEHAVIOURS, type Misbehaviour } from "../../../node/misbehaviour.ts";
import type { Monitor } from "../../../node/monitor/monitor.ts";
import type { NodeOptions } from "../../../node/node.ts";
import type { NodeEvent, Role } from "../../../node/nodeEvent.ts";
import { TASK_MODES } from "../../../protocol/contractEnums.ts";
import { isTagged } from "../../../protocol/errors.ts";
import type { TrainingPlan } from "../../../protocol/plan.ts";
import { amount, collect, identifier, oneOf, wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { CliError } from "../../cliError.ts";
import { cohortPlace } from "../../cohortPlace.ts";
import { action, type Context, type Outcome, type Session, untilStopped } from "../../command.ts";
import { emitter } from "../../eventLines.ts";
import { withExamples } from "../../help.ts";
import { loadDataset } from "../../loadDataset.ts";
import { type MetricsPlace, metricsPlace } from "../../metricsPlace.ts";
import { nodeEventText } from "../../nodeEventText.ts";
import { openTasksFor } from "../../openTasks.ts";
import { planDataset } from "../../planDataset.ts";
import { relayUrl } from "../../relayUrl.ts";
import { readRole } from "../../roles.ts";
import { openNodeStore } from "../../stores.ts";
import { transactionEvent } from "../../transactionEvent.ts";

interface Options {
  readonly role?: readonly Role[];
  readonly task?: readonly bigint[];
  readonly group?: readonly bigint[];
  readonly data?: string;
  readonly ownData?: string;
  readonly listen?: readonly string[];
  readonly stake?: bigint;
  readonly threads?: number;
  readonly device: string;
  readonly gpu?: string;
  readonly stay?: boolean;
  readonly misbehave?: Misbehaviour;
  readonly plants?: number;
  readonly relay?: string;
  readonly volunteer?: number;
  readonly metrics?: MetricsPlace;
  /** `false` for --no-rejoin. */
  readonly rejoin: boolean;
  /** `false` for --no-reports. */
  readonly reports: boolean;
  /** `false` for --no-claim. */
  readonly claim: boolean;
}

export function defineNodeStart(parent: Command, session: Session): void {
  const command = parent.command("start").summary("train and audit until the tasks are done");
  withExamples(
    command,
    "cairn node start --role trainer --data mnist:./mnist",
    "cairn node start --role auditor --task 3 --data glyphs --json",
    "cairn node start --group 1",
  )
    .description(
      "Registers, stakes, joins, then trains and audits. Ctrl-C finishes what is committed first; again, it stops within 5 s. With --json it prints one event a line.",
    )
    .option("--role <role>", "trainer or auditor; may be given twice (default: trainer)", collect(readRole))
    .option("--task <id>", "a task to take part in; may be given again (default: every open one)", collect(identifier))
    .option("--group <id>", "a group of cohorts: takes part in its emptiest; may be given again", collect(identifier))
    .option("--data <ref>", "the task's data (default: the set the plan names)")
    .option(
      "--own-data <ref>",
      "data of your own to train on in Private tasks; it never leaves this machine (default: a shard of the task's)",
    )
    .option(
      "--listen <multiaddr>",
      "where to listen; may be given again (default: a free port on loopback)",
      collect(String),
    )
    .option("--stake <amount>", "CAIRN to hold as stake (default: what the tasks ask for)", amount)
    .option("--threads <n>", "threads to train and replay on (default: one for each core)", wholeNumber(1, 64))
    .option("--device <name>", "auto, gpu, native or wasm; gpu in Private tasks only, for nobody can replay it", "auto")
    .option("--gpu <which>", "which graphics card: its number, or part of its name (default: the first)")
    .option("--stay", "when the tasks are done, go on serving their content until Ctrl-C")
    .option("--plants <percent>", "rounds in a hundred in which to plant an error (default: 2)", wholeNumber(0, 100))
    .option(
      "--relay <url>",
      "a relay that sends a trainer's commitments; where it fails the node sends them (default: the node sends them)",
      relayUrl,
    )
    .option(
      "--volunteer <games>",
      "games of trainers that are away to take up at once as an auditor, a bond each; 0 takes up none (default: 4)",
      wholeNumber(0, 1_000),
    )
    .option(
      "--metrics <port>",
      "tell health and figures at http://127.0.0.1:<port>/healthz and /metrics; HOST:PORT for others (default: to nobody)",
      metricsPlace,
    )
    .option("--no-claim", "leave pay and reputation to cairn rewards claim (default: fetched when a task is done)")
    .option("--no-reports", "make and file no reports of rounds as an auditor (default: what trainers were worth)")
    .option("--no-rejoin", "do not join a task again after an eviction")
    .option(
      "--misbehave <how>",
      "forge, late-bit-flip (a lie in one bit), lazy, or false-aggregate (auditors) (local chain only)",
      readMisbehaviour,
    )
    .action(
      action(session, "node.start", nodeStart, {
        streams: true,
        finishing: "finishing what is committed, then stopping; Ctrl-C again stops now",
      }),
    );
}

async function nodeStart(context: Context, options: Options): Promise<Outcome | undefined> {
  const { output, signal } = context;
  const say = emitter(context, nodeEventText);
  let monitor: Monitor | undefined;
  const emit = (event: NodeEvent): void => {
    monitor?.note(event);
    say(event);
  };
  const onTransaction = (sent: SentTransaction): void => emit(transactionEvent(sent));
  const onNotice = (notice: ChainNotice): void => emit({ event: "warning", ...notice });
  const { chain, config, address } = await openChain(context, { sign: true, onTransaction, onNotice });
  if (options.misbehave !== undefined && chain.deployment.chainId !== LOCAL_CHAIN_ID) {
    const { chainId } = chain.deployment;
    throw new CliError(
      { code: "CLI_LOCAL_CHAIN_ONLY", flag: "--misbehave", chainId },
      `--misbehave is for chain 31337, this is ${chainId}`,
    );
  }
  const device = oneOf("--device", options.device, DEVICES);
  const taskIds = await chosenTasks(chain, { ...options, node: address! }, signal);
  if (taskIds.length === 0) output.warn("there is no open task; the node registers and stops");
  const [{ startNode }, { openNodeKeys }] = await Promise.all([
    import("../../../node/node.ts"),
    import("../../../node/nodeKeys.ts"),
  ]);
  const keys = await openNodeKeys(config.settings.dataDir);
  const store = await openNodeStore(config, options.listen);
  const datasets = new Set<Dataset>();
  const { dataDir } = config.settings;
  try {
    if (options.metrics !== undefined) {
      const { openMonitor } = await import("../../../node/monitor/monitor.ts");
      const { nowMs } = context.host;
      monitor = await openMonitor({ chain, store, dataDir, nowMs, signal, ...options.metrics });
      output.say(`health and figures: ${monitor.url}/healthz and /metrics`);
    }
    const node = startNode({
      chain,
      store,
      keys,
      roles: options.role ?? ["trainer"],
      taskIds,
      dataDir,
      async openDataset(plan: TrainingPlan) {
        const dataset = await loadDataset(context, options.data ?? planDataset(plan));
        datasets.add(dataset);
        return dataset;
      },
      openOwnDataset: ownDataset(context, options.ownData, datasets),
      threads: options.threads,
      ...(await deviceOf(context, { device, gpu: options.gpu, chain, taskIds, emit })),
      stakeWei: options.stake,
      misbehave: options.misbehave,
      plantPercent: options.plants,
      rejoins: options.rejoin,
      claims: options.claim,
      reports: options.reports,
      relayUrl: options.relay,
      volunteerGames: options.volunteer,
      stay: options.stay ?? false,
      onEvent: emit,
    });
    context.finish.addEventListener("abort", () => node.finish(), { once: true });
    signal.addEventListener("abort", () => node.stop(), { once: true });
    if (context.finish.aborted) node.finish();
    await untilStopped(node.done, signal);
  } finally {
    for (const dataset of datasets) dataset.close();
    await monitor?.stop();
    await store.stop();
  }
  return undefined;
}

interface TaskChoice extends Pick<Options, "task" | "group"> {
  readonly node: Address;
}

async function chosenTasks(chain: Chain, { task, group, node }: TaskChoice, signal: AbortSignal): Promise<bigint[]> {
  if (task === undefined && group === undefined) return openTasksFor(chain, node, signal);
  const cohorts = await Promise.all((group ?? []).map((groupId) => cohortPlace(chain, { groupId, node }, { signal })));
  return [...new Set([...(task ?? []), ...cohorts])];
}

function ownDataset(context: Context, reference: string | undefined, datasets: Set<Dataset>) {
  if (reference === undefined) return undefined;
  return async (): Promise<Dataset> => {
    const dataset = await loadDataset(context, reference);
    datasets.add(dataset);
    return dataset;
  };
}

const DEVICES = ["auto", "gpu", "native", "wasm"] as const;

interface DeviceChoice {
  readonly device: (typeof DEVICES)[number];
  readonly gpu: string | undefined;
  readonly chain: Chain;
  readonly taskIds: readonly bigint[];
  readonly emit: (event: NodeEvent) => void;
}

/**
 * @returns how the node opens what it computes on. Where no card can be used it trains on the processor, and says so.
 * @throws {CliError} `CLI_GPU_NOT_REPLAYABLE` when a card is asked for and all tasks are replayed
 */
async function deviceOf({ signal, config }: Context, { device, gpu, chain, taskIds, emit }: DeviceChoice) {
  if (device === "native" || device === "wasm") {
    const { createBestExecutor } = await import("../../../compute/createExecutor.ts");
    const createExecutor: typeof createBestExecutor = (program, options) =>
      createBestExecutor(program, { ...options, kind: device });
    return { createExecutor };
  }
  if (device === "auto") return {};
  const tasks = await Promise.all(taskIds.map((id) => chain.read("flContract", "taskOf", [id], { signal })));
  if (tasks.length > 0 && !tasks.some(({ parameters }) => TASK_MODES[parameters.mode] === "Private")) {
    throw new CliError(
      { code: "CLI_GPU_NOT_REPLAYABLE" },
      "a graphics card gives no bits that others can compute again, and every task here is Replayable",
    );
  }
  const { cacheDir } = await config();
  const openCard: NodeOptions["openCard"] = async (program) => {
    const { openCard: open } = await import("../../../compute/openCard.ts");
    try {
      const card = await open(program, { wanted: gpu, cacheDir });
      emit({ event: "device", device: card.name });
      return card;
    } catch (error) {
      if (!isTagged(error)) throw error;
      emit({ event: "device", device: "processor", reason: error.message });
      return undefined;
    }
  };
  return { openCard };
}

function readMisbehaviour(how: string): Misbehaviour {
  return oneOf("--misbehave", how, MISBEHAVIOURS);
}
