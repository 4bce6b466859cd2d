/** Catalogue rows of relays: what they refuse, what ends them, and why a trainer sent its commitment by itself. */
import type { RelayDetail } from "../../node/relay/relayError.ts";
import { type Entry, entry } from "./entry.ts";

const SELF_SENT = "nothing is lost: the node sends the commitment by itself";

export const relayErrors = {
  RELAY_UNREACHABLE: entry(
    "network",
    "The relay does not answer.",
    SELF_SENT,
    "check the URL after --relay, or name another relay",
  ),
  RELAY_REFUSED: entry(
    "network",
    "The relay did not take the commitment.",
    SELF_SENT,
    "cairn errors CODE   # its reason",
  ),
  RELAY_ANSWER_MALFORMED: entry(
    "network",
    "The relay's answer is not one that a relay gives.",
    SELF_SENT,
    "check the URL after --relay: something else may listen there",
  ),
  RELAY_ANSWER_FALSE: entry(
    "mismatch",
    "The relay told of a place in its batch that the chain does not know.",
    "nothing is lost: the node finds its place on the chain, or sends the commitment by itself",
    "use another relay",
  ),
  RELAY_LATE: entry(
    "deadline",
    "No batch of the relay held the commitment when it was time to send it without one.",
    SELF_SENT,
    "use another relay if it happens again",
  ),
  RELAY_REQUEST_MALFORMED: entry(
    "usage",
    "A request to a relay has a field that is missing or cannot be.",
    "docs/cli.md says what a relay is asked; cairn node start --relay URL asks it rightly",
  ),
  RELAY_REQUEST_TOO_LARGE: entry("usage", "A request to a relay is too long.", "send one commitment a request"),
  RELAY_TOO_MANY_REQUESTS: entry(
    "network",
    "The relay was asked too often from this address.",
    "wait as long as the answer's Retry-After says",
    "or send the commitment without a relay",
  ),
  RELAY_BUSY: entry(
    "network",
    "The relay cannot look at the entry now.",
    "try again in some seconds, or send the commitment without a relay",
  ),
  RELAY_TASK_UNSERVED: entry(
    "usage",
    "The relay does not serve this task.",
    "cairn relay start --task ID   # as its operator",
    "or use another relay",
  ),
  RELAY_ROUND_CLOSED: entry(
    "deadline",
    "The relay takes no entries for this round any more, or not yet.",
    "send the commitment without a relay before the phase's deadline",
    "train in less time, or ask for a smaller --margin of the relay",
  ),
  RELAY_BAD_SIGNATURE: entry(
    "mismatch",
    "The signature of an entry is not its trainer's over this commitment, on this chain and contract.",
    "check that relay and node use the same deployment record",
  ),
  RELAY_NOT_ENROLLED: entry(
    "usage",
    "The trainer has no place in the task that counts in this round.",
    "cairn task join ID; a place counts from the next round on",
  ),
  RELAY_ALREADY_COMMITTED: entry(
    "usage",
    "The trainer has committed in this round by itself.",
    "nothing is to be done: that commitment counts",
  ),
  RELAY_ENTRY_TAKEN: entry(
    "usage",
    "The trainer has handed in another commitment for this round.",
    "open the one that was handed in: who signs two pays for one",
    "do not run one account in two data folders",
  ),
  RELAY_STAKE_UNCOVERED: entry(
    "funds",
    "The trainer's stake is below what its tasks hold, so a relay could not have it answer for its entry.",
    "cairn stake add AMOUNT",
  ),
  RELAY_TRAINER_UNRELIABLE: entry(
    "usage",
    "The trainer handed in and then committed by itself too often: each time costs the relay a report.",
    "send the commitment without a relay; the relay forgets it when it is started again",
  ),
  RELAY_FULL: entry(
    "funds",
    "The relay's stake covers no more entries.",
    "send the commitment without a relay, or use another one",
    "cairn relay start --stake AMOUNT   # as its operator",
  ),
  RELAY_ENTRY_UNKNOWN: entry(
    "usage",
    "The relay has no entry of this trainer for this round.",
    "look at task, round and address; settled rounds are forgotten",
  ),
  RELAY_LISTEN_FAILED: entry(
    "config",
    "The relay cannot listen on this address.",
    "choose another port: --port 0 takes one that is free",
  ),
  RELAY_TASK_UNBONDED: entry(
    "usage",
    "The task has no price for a missed reveal, so the contract takes no batches for it.",
    "leave it out: --task ID names the tasks to serve",
  ),
  RELAY_RECORD_MALFORMED: entry(
    "config",
    "An entry that the relay kept is damaged.",
    "restore the file from a backup: it holds the trainer's word, without which the relay may pay for its entry",
    "or move it away: its trainer commits by itself if it was not sent yet",
  ),
  RELAY_BATCH_MISSED: entry(
    "deadline",
    "A round's batch was not sent in time. Its trainers commit by themselves, and nobody pays for it.",
    "look for what the relay reported before: the RPC, its ether, its stake",
    "give it more time: --margin SECONDS",
  ),
  RELAY_BOND_LOST: entry(
    "funds",
    "Entries of a batch were not opened and nobody else answers for them, so the relay paid.",
    "keep the relay running until its rounds are settled: reports have a deadline",
    "cairn stake add AMOUNT   # what was taken is missing for the next batch",
  ),
} as const satisfies Record<RelayDetail["code"], Entry>;
