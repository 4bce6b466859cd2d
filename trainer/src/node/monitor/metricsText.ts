/**
 * A node's figures in Prometheus' text format, version 0.0.4. Pure.
 *
 * Written out rather than by a library: the format is a page, and a node that holds keys loads no code it can do without.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { problemsOf, type Vitals } from "./health.ts";

type Kind = "gauge" | "counter";
type Labels = Readonly<Record<string, string>>;
type Value = number | bigint | boolean | undefined;

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** @returns one line a figure, each family with its help and type; what is not known is left out. */
export function metricsText(vitals: Vitals): string {
  const { status, chain, machine, connection, nowMs } = vitals;
  const { identity } = status;
  const problems = problemsOf(vitals);
  const rounds = [...status.rounds];
  const known = identity === undefined ? [] : [[identityLabels(identity), 1] as const];
  const families = [
    family("cairn_node_info", "gauge", "Who the node is.", known),
    one("cairn_ready", "gauge", "Whether the node has made itself known and staked.", identity !== undefined),
    one("cairn_healthy", "gauge", "Whether nothing urgent is wrong.", !problems.some(({ isUrgent }) => isUrgent)),
    family(
      "cairn_problem",
      "gauge",
      "What is wrong now.",
      problems.map(({ code }) => [{ code }, 1]),
    ),
    family(
      "cairn_round",
      "gauge",
      "Last round of the task.",
      rounds.map(([task, { round }]) => [{ task }, round]),
    ),
    family(
      "cairn_phase",
      "gauge",
      "Phase of that round.",
      rounds.map(([task, { phase }]) => [{ task, phase }, 1]),
    ),
    family(
      "cairn_phase_deadline_seconds",
      "gauge",
      "When that phase is over, in unix seconds; 0 where nothing follows.",
      rounds.map(([task, { deadline }]) => [{ task }, deadline]),
    ),
    one("cairn_games_open", "gauge", "Disputes of this node that are not decided.", status.games.size),
    one("cairn_updates_trained_total", "counter", "Updates that were trained.", status.updatesTrained),
    one("cairn_training_seconds_total", "counter", "Seconds of training.", status.trainingSeconds),
    family("cairn_updates_judged_total", "counter", "Updates of others that were judged.", [
      [{ verdict: "accepted" }, status.updatesJudged.accepted],
      [{ verdict: "refused" }, status.updatesJudged.refused],
    ]),
    family(
      "cairn_transactions_total",
      "counter",
      "Transactions that were mined.",
      [...status.transactions].map(([key, count]) => [transactionLabels(key), count]),
    ),
    family(
      "cairn_transactions_pending",
      "gauge",
      "Transactions that are on their way, or mined and not final, by state.",
      [...connection.transactions].map(([state, count]) => [{ state }, count]),
    ),
    family(
      "cairn_rpc_used",
      "gauge",
      "Whether the RPC is the one that is asked first.",
      connection.endpoints.map(({ host, isUsed }, i) => [{ rpc: `${i + 1}`, host }, isUsed]),
    ),
    family(
      "cairn_rpc_set_aside",
      "gauge",
      "Whether the RPC is left alone: it fails, is behind, or tells what the others do not.",
      connection.endpoints.map(({ host, setAside }, i) => [{ rpc: `${i + 1}`, host }, setAside !== undefined]),
    ),
    family(
      "cairn_rpc_failures_total",
      "counter",
      "Calls that the RPC did not answer.",
      connection.endpoints.map(({ host, failures }, i) => [{ rpc: `${i + 1}`, host }, failures]),
    ),
    one("cairn_gas_used_total", "counter", "Gas of all transactions.", status.gasUsed),
    family(
      "cairn_errors_total",
      "counter",
      "Errors told.",
      [...status.errors].map(([code, n]) => [{ code }, n]),
    ),
    family(
      "cairn_warnings_total",
      "counter",
      "Warnings told.",
      [...status.warnings].map(([code, n]) => [{ code }, n]),
    ),
    one("cairn_block_number", "gauge", "Last block that the RPC told of.", chain?.block),
    one("cairn_block_timestamp_seconds", "gauge", "Its time, in unix seconds.", chain?.blockSeconds),
    one("cairn_block_age_seconds", "gauge", "How old it is.", chain && nowMs / 1_000 - chain.blockSeconds),
    one(
      "cairn_chain_answer_age_seconds",
      "gauge",
      "How long ago the RPC told it.",
      chain && (nowMs - chain.atMs) / 1_000,
    ),
    one("cairn_balance_ether", "gauge", "Ether of the account.", chain && units18(chain.etherWei)),
    one("cairn_balance_cairn", "gauge", "CAIRN of the account, stake apart.", chain && units18(chain.cairnWei)),
    one("cairn_stake_cairn", "gauge", "CAIRN that the node has at stake.", chain && units18(chain.stakeWei)),
    one("cairn_gas_price_wei", "gauge", "What a unit of gas costs.", chain?.gasPriceWei),
    one("cairn_peers", "gauge", "Nodes that are connected.", machine?.peers),
    one("cairn_sent_bytes_total", "counter", "Bytes of content sent.", machine?.sentBytes),
    one("cairn_received_bytes_total", "counter", "Bytes of content received.", machine?.receivedBytes),
    one("cairn_disk_free_bytes", "gauge", "Bytes left on the data folder's disk.", machine?.diskFreeBytes),
    family(
      "cairn_event_loop_delay_seconds",
      "gauge",
      "How long the process did not listen, since it was asked before.",
      machine === undefined
        ? []
        : [
            [{ quantile: "0.5" }, machine.loopDelay.p50],
            [{ quantile: "0.99" }, machine.loopDelay.p99],
            [{ quantile: "1" }, machine.loopDelay.max],
          ],
    ),
    one("process_resident_memory_bytes", "gauge", "Memory of the process.", machine?.rssBytes),
    one("nodejs_heap_size_used_bytes", "gauge", "Of it, what JavaScript uses.", machine?.heapBytes),
    one("process_cpu_seconds_total", "counter", "Processor time of the process.", machine?.cpuSeconds),
    one(
      "process_start_time_seconds",
      "gauge",
      "When the process started, in unix seconds.",
      status.startedAtMs / 1_000,
    ),
  ];
  return families.join("");
}

function identityLabels({ address, peerId, roles }: NonNullable<Vitals["status"]["identity"]>): Labels {
  return { address, peer_id: peerId, roles: roles.join(",") };
}

function transactionLabels(key: string): Labels {
  const [kind = "", status = ""] = key.split(" ");
  return { kind, status };
}

function one(name: string, kind: Kind, help: string, value: Value): string {
  return family(name, kind, help, value === undefined ? [] : [[{}, value]]);
}

function family(name: string, kind: Kind, help: string, samples: readonly (readonly [Labels, Value])[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${labelsText(labels)} ${Number(value)}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join("")}`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** As a float: good for a graph, never for paying. */
function units18(wei: bigint): number {
  return Number(wei) / 1e18;
}
