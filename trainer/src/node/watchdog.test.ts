import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RoundContext } from "./roundContext.ts";
import { reportFaults } from "./watchdog.ts";

const SELF = "0x00000000000000000000000000000000000000aa";
const DILIGENT = "0x0000000000000000000000000000000000000001";
const IDLE = "0x0000000000000000000000000000000000000002";

interface Place {
  readonly enrolled: number;
  readonly minTrainers: number;
  readonly committed: number;
}

/** A round that is over without a fault, in a task for four trainers, of whom one is idle. */
function contextOf({ enrolled, minTrainers, committed }: Place, sent: unknown[]): RoundContext {
  const answers: Record<string, (args: readonly unknown[]) => unknown> = {
    taskOf: () => ({ enrolled, closed: false, parameters: { mode: 1, minTrainers, maxTrainers: 4 } }),
    isIdle: ([, trainer]) => trainer === IDLE,
  };
  const chain = {
    account: { address: SELF },
    pollingMs: 0,
    deployment: { contracts: { flContract: SELF }, deployedAtBlock: 1 },
    client: {
      getBlockNumber: async () => 9n,
      getContractEvents: async () => [DILIGENT, IDLE, IDLE].map((trainer) => ({ args: { trainer } })),
    },
    request: (_doing: string, work: () => Promise<unknown>) => work(),
    read: async (_contract: string, name: string, args: readonly unknown[]) => answers[name]!(args),
    send: async (_contract: string, name: string, args: readonly unknown[]) => sent.push([name, ...args]),
  };
  const round = { round: 5, phase: "Final", committed, revealed: committed, seats: 3, verdictsRevealed: 3 };
  return { chain, job: { taskId: 7n }, round, signal: new AbortController().signal } as unknown as RoundContext;
}

async function sentIn(place: Place): Promise<unknown[]> {
  const sent: unknown[] = [];
  await reportFaults(contextOf(place, sent));
  return sent;
}

describe("reportFaults", () => {
  it("evicts the idle, once, where newcomers find no place", async () => {
    assert.deepEqual(await sentIn({ enrolled: 4, minTrainers: 3, committed: 2 }), [["evict", 7n, IDLE]]);
  });
  it("leaves the idle where a place is free", async () => {
    assert.deepEqual(await sentIn({ enrolled: 3, minTrainers: 2, committed: 2 }), []);
  });
  it("leaves the idle where no round could open without it, unless rounds come to nothing anyway", async () => {
    assert.deepEqual(await sentIn({ enrolled: 4, minTrainers: 4, committed: 2 }), []);
    assert.deepEqual(await sentIn({ enrolled: 4, minTrainers: 4, committed: 0 }), [["evict", 7n, IDLE]]);
  });
});
