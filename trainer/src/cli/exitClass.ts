/** The exit codes of `cairn`. A code is eight bits, so it says the class; the string code in the message says the rest. */

export const EXIT = {
  ok: 0,
  /** Something nobody expected: a bug. */
  bug: 1,
  usage: 2,
  /** Configuration or keystore. */
  config: 3,
  /** RPC, peers, downloads. */
  network: 4,
  /** Wrong chain, or nothing is deployed there. */
  wrongChain: 5,
  /** Ether, CAIRN, stake or allowance. */
  funds: 6,
  /** The contract refused. */
  reverted: 7,
  /** What was checked is not what was claimed. */
  mismatch: 8,
  /** A deadline or a time-out. */
  deadline: 9,
  /** Data, weights or an architecture that cannot be used. */
  data: 10,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitClass = keyof typeof EXIT;

/** What `cairn errors` says about an exit code. */
export const EXIT_MEANING: Readonly<Record<ExitClass, string>> = {
  ok: "done",
  bug: "a bug in cairn",
  usage: "wrong usage of the command line",
  config: "configuration or keystore",
  network: "RPC, peers or a download",
  wrongChain: "wrong chain, or contracts not deployed",
  funds: "ether, CAIRN, stake or allowance",
  reverted: "refused by a contract",
  mismatch: "a check found a difference",
  deadline: "deadline or time-out",
  data: "data, weights or architecture not usable",
  interrupted: "stopped with Ctrl-C",
  terminated: "stopped by SIGTERM",
};
