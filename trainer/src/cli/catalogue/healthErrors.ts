/** Catalogue rows of what `/healthz` finds wrong with a running node. */
import type { HealthCode } from "../../node/monitor/health.ts";
import { type Entry, entry } from "./entry.ts";

export const healthErrors = {
  HEALTH_STARTING: entry(
    "network",
    "The node has not made itself known and staked yet.",
    "wait a minute; if it stays, look into its log: the last error says why",
  ),
  HEALTH_CHAIN_SILENT: entry(
    "network",
    "The RPC has not answered for a minute: nothing is committed, opened or judged.",
    "cairn doctor   # asks the same RPC",
    "restart the node with another one: --rpc-url URL",
  ),
  HEALTH_CHAIN_STALE: entry(
    "network",
    "The newest block of the RPC is old: it follows the chain no more, or this clock is ahead.",
    "compare with a block explorer; use another RPC: --rpc-url URL",
    "timedatectl status   # whether the clock is synchronised",
  ),
  HEALTH_CLOCK_BEHIND: entry(
    "config",
    "The newest block is from the future: this machine's clock is behind.",
    "timedatectl set-ntp true",
  ),
  HEALTH_ETHER_LOW: entry(
    "funds",
    "The account has ether for a few more transactions only.",
    "send ether to the node's address: cairn status",
  ),
  HEALTH_ALONE: entry(
    "network",
    "No other node is connected: content can neither be fetched nor served.",
    "check --listen and the firewall: others must reach the port that is announced",
  ),
  HEALTH_DISK_LOW: entry(
    "config",
    "The data folder's disk is nearly full: a node that cannot write commits to nothing more.",
    "free some space; cairn node inspect tells what the folder holds",
  ),
  HEALTH_LOOP_BLOCKED: entry(
    "deadline",
    "The process did not listen for seconds: it computes more than the machine can, or the machine swaps.",
    "fewer --threads, fewer tasks, or more memory",
  ),
  HEALTH_ERRORS: entry(
    "network",
    "The node told of an error in the last two minutes and goes on trying.",
    "cairn errors CODE   # the code that the message names",
  ),
} as const satisfies Record<HealthCode, Entry>;
