/** Catalogue rows of what stops a node, or a duty of it. */
import type { NodeDetail } from "../../node/nodeError.ts";
import { type Entry, entry } from "./entry.ts";

export const nodeErrors = {
  NODE_KEYS_MALFORMED: entry(
    "config",
    "A key file of the node is damaged. It was left as it is.",
    "restore it from a backup",
    "or move it away: a new one is made, and the node is announced anew",
  ),
  NODE_DISK_FAILED: entry(
    "config",
    "The node cannot read or write its folder.",
    "check the disk, the rights and --data-dir",
  ),
  NODE_ALREADY_RUNNING: entry(
    "config",
    "Another node uses this data folder.",
    "stop it, or give this one its own: --data-dir DIR",
  ),
  NODE_FOLDER_IN_USE: entry(
    "config",
    "The folder must be empty, or without a node, and is not.",
    "name another folder; nothing is ever overwritten",
  ),
  NODE_FOLDER_IS_BACKUP: entry(
    "config",
    "The data folder is a backup: a node that ran from it would have the same journal as another.",
    "cairn node restore FOLDER --data-dir DIR   # then start it from there",
  ),
  NODE_BACKUP_EMPTY: entry(
    "config",
    "There is no node in the data folder, so there is nothing to back up.",
    "check --data-dir: cairn node inspect",
  ),
  NODE_BACKUP_MALFORMED: entry(
    "config",
    "The backup lacks a file, or has another than was copied. Nothing was restored.",
    "use another backup",
    "one without backup.json was broken off while it was made",
  ),
  NODE_METRICS_LISTEN_FAILED: entry(
    "config",
    "The node cannot listen where its figures are to be had.",
    "another program has the port: give another one to --metrics",
  ),
  NODE_TASK_UNSUPPORTED: entry(
    "usage",
    "This version cannot take part in a task of this mode.",
    "choose a Replayable or Private task: cairn task list",
  ),
  NODE_TASK_UNKNOWN: entry("usage", "There is no task with this number.", "cairn task list"),
  NODE_PLAN_MISMATCH: entry(
    "mismatch",
    "The task's plan and what the chain has of the task do not fit together.",
    "do not take part in it: its owner made a mistake or worse",
  ),
  NODE_DATA_MISMATCH: entry(
    "data",
    "The data here is not the data of the task.",
    "cairn task show ID names the data set; give it with --data REF",
  ),
  NODE_JOURNAL_MALFORMED: entry(
    "config",
    "The node's journal is damaged.",
    "do not delete it before every reveal is done: it holds the salts",
    "restore it from a backup, or finish the round without this node",
  ),
  NODE_EQUIVOCATION_REFUSED: entry(
    "mismatch",
    "The node was about to sign a second, different version of what it had signed for a round. Nothing was signed.",
    "nothing: the version that was signed first goes on to count",
    "report it if it happens again: a record of the journal was changed, or there is a fault in the node",
  ),
  NODE_OPENING_MISSING: entry(
    "config",
    "A commitment of this account is on chain, and the record that opens it is not in this data folder.",
    "start the node with the data folder that it committed with, before the phase's deadline",
    "if the folder is lost, so is the fixed slash for a commitment that is not opened",
  ),
  NODE_PLAN_TOO_LARGE: entry(
    "data",
    "A task's program needs more memory than a node gives to one task.",
    "leave the task out, or ask its owner for a smaller model or batch",
  ),
  NODE_PLAN_TOO_SLOW: entry(
    "data",
    "One step of a task's program takes longer than a node may be held up.",
    "leave the task out, or ask its owner for a smaller model or batch",
  ),
  NODE_AUDIT_OUT_OF_TIME: entry(
    "deadline",
    "There was not time to replay every update. Those that were not replayed were not accepted.",
    "give the node more of the machine: --threads, fewer tasks, fewer programs beside it",
    "or leave such tasks out: their phases are short for the work",
  ),
  NODE_TOO_MANY_TASKS: entry(
    "usage",
    "This auditor was drawn for more tasks at once than a node takes. It refused the updates of those beyond.",
    "run a second node with a stake of its own, or a smaller stake here",
  ),
  NODE_NEARLY_IDLE: entry(
    "deadline",
    "The last rounds brought this trainer nothing. After one more anybody may take its place in a full task.",
    "look for what the node reported before: missed phases, data that differ, updates that were refused",
  ),
  NODE_STAKE_UNCOVERED: entry(
    "funds",
    "A slash left less stake than the node's tasks hold. Its commitments can be refused, and its places taken.",
    "cairn stake add AMOUNT",
  ),
  NODE_PLANT_TOO_LATE: entry(
    "deadline",
    "An auditor accepted a planted error, and the report came too late.",
    "nothing is lost but the bounty; a node that runs all the time is in time",
  ),
  NODE_STAKE_SHORT: entry(
    "funds",
    "The account holds too little CAIRN for the stake.",
    "cairn status shows balance and stake; get more CAIRN, or stake less",
  ),
  NODE_BOND_SHORT: entry(
    "funds",
    "The account holds too little CAIRN for the bond of a dispute. The false update stands unless somebody else disputes it.",
    "cairn status shows the balance; get more CAIRN before the challenge's deadline",
  ),
  NODE_DISPUTE_LOST: entry(
    "mismatch",
    "A dispute proved this trainer's update false, and its stake was slashed. The node has left the task.",
    "find out what this machine computes wrongly before it trains again: cairn doctor",
  ),
  NODE_UPDATE_UNREADABLE: entry(
    "mismatch",
    "A committee accepted an update whose file cannot be had, or is none. No dispute can prove that false.",
    "do not build on the version that comes of it: its committee accepted what it cannot have replayed",
  ),
  NODE_AGGREGATE_UNREADABLE: entry(
    "mismatch",
    "A committee agreed on an aggregate whose file, or one of whose updates, cannot be had or is none. No dispute can prove that false.",
    "do not build on the version that comes of it, until somebody serves its file and its updates",
  ),
  NODE_TERMS_MISMATCH: entry(
    "mismatch",
    "Disputes in this task would be fought under other terms than its plan has: honest trainers could lose them.",
    "do not take part in it: its owner made a mistake or worse",
  ),
  NODE_REPORT_NO_RECORDS: entry(
    "data",
    "A round gets no report from this node: the task's data has no test records to measure on.",
    "nothing to do: no report is owed, and nothing is paid or slashed by one",
  ),
  NODE_REPORT_OUT_OF_TIME: entry(
    "deadline",
    "A round gets no report from this node: it would take too long beside the node's duties.",
    "nothing to do: no report is owed",
    "or audit on a faster machine; cairn node start --no-reports makes none",
  ),
  NODE_REPORT_TOO_LARGE: entry(
    "data",
    "A round gets no report from this node: its updates together are larger than a node holds in memory for one.",
    "nothing to do: no report is owed",
  ),
  NODE_REPORT_UNREADABLE: entry(
    "network",
    "A round gets no report from this node: an update that was accepted is not to be had any more.",
    "nothing to do: no report is owed, and another auditor may have the update",
  ),
  NODE_LIE_REFUSED: entry(
    "usage",
    "--misbehave exists for demonstrations on the local chain (31337) only.",
    "leave it out",
  ),
  NODE_LIE_IMPOSSIBLE: entry(
    "usage",
    "This lie is about something that can be disputed, and nothing of the kind can be in the task: its updates are not replayed or are compressed, or its rule is no mean.",
    "take a Replayable task without compression whose rule is fedavg",
    "or lie otherwise: --misbehave forge, --misbehave lazy",
  ),
} as const satisfies Record<NodeDetail["code"], Entry>;
