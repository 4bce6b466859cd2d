import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Chain } from "../chain/connection.ts";
import type { VerdictOpening } from "../protocol/commitment.ts";
import type { Job } from "./job.ts";
import type { Journal } from "./journal.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { type SeatWatch, watchSeats } from "./seatWatch.ts";

const SELF = "0x00000000000000000000000000000000000000aa";
const HASH = `0x${"5e".repeat(32)}`;
const FINAL = 8;
const AUDIT_COMMIT = 4;

/** A chain on which `draws` come block by block: the tasks that seated this auditor. Each round ends by its verdict. */
function chainOf(draws: readonly (readonly bigint[])[], sent: string[]): Chain {
  const over = new Set<bigint>();
  let head = -1n;
  const answers: Readonly<Record<string, (taskId: bigint) => unknown>> = {
    taskOf: () => ({ round: 1, parameters: { mode: 1 } }),
    roundOf: (taskId) => ({
      phase: over.has(taskId) ? FINAL : AUDIT_COMMIT,
      deadline: 1_000,
      attempt: 0,
      seed: HASH,
      committeeSeed: HASH,
      revealed: 2,
    }),
    dutyOf: () => ({ seated: true, verdictCommitted: false, verdictRevealed: false }),
  };
  return {
    account: { address: SELF },
    pollingMs: 1,
    deployment: { chainId: 31_337, contracts: { flContract: SELF } },
    client: {
      getBlockNumber: async () => {
        if (head < draws.length - 1) head++;
        return head;
      },
      getBlock: async () => ({ timestamp: 900n }),
      getContractEvents: async ({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) =>
        draws
          .slice(Number(fromBlock), Number(toBlock) + 1)
          .flat()
          .map((taskId) => ({ args: { taskId, members: [SELF.toUpperCase().replace("0X", "0x")] } })),
    },
    request: (_doing: string, work: () => Promise<unknown>) => work(),
    read: async (_contract: string, name: string, [taskId]: readonly bigint[]) => answers[name]!(taskId!),
    send: async (_contract: string, name: string, [taskId]: readonly bigint[]) => {
      sent.push(`${name} ${taskId}`);
      over.add(taskId!);
    },
  } as unknown as Chain;
}

function emptyJournal(): Journal {
  const kept = new Map<string, VerdictOpening>();
  return {
    verdictOpening: async ({ taskId }: { taskId: bigint }) => kept.get(`${taskId}`),
    keepVerdict: async ({ taskId }: { taskId: bigint }, opening: VerdictOpening) => {
      kept.set(`${taskId}`, opening);
    },
    sayOnce: async () => {},
    forgetBefore: async () => {},
  } as unknown as Journal;
}

interface Started {
  readonly finish: AbortController;
  readonly sent: readonly string[];
  readonly events: readonly NodeEvent[];
  readonly done: Promise<void>;
}

function start(draws: readonly (readonly bigint[])[], ways: Pick<SeatWatch, "open" | "work">): Started {
  const [sent, events, finish]: [string[], NodeEvent[], AbortController] = [[], [], new AbortController()];
  const stops = { signal: new AbortController().signal, finish: finish.signal };
  const emit = (event: NodeEvent): void => void events.push(event);
  const watch = { chain: chainOf(draws, sent), journal: emptyJournal(), emit, worked: new Set<bigint>(), ...stops };
  return { finish, sent, events, done: watchSeats({ ...watch, ...ways }) };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const open: SeatWatch["open"] = async (taskId) => ({ taskId, dispose: () => {} }) as unknown as Job;

describe("watchSeats", () => {
  it("works for eight tasks at once and refuses the seats beyond, with the reason", async () => {
    const tasks = Array.from({ length: 10 }, (_, i) => BigInt(i + 1));
    const opened: bigint[] = [];
    const atWork = Promise.withResolvers<void>();
    const work = ({ taskId }: Job): Promise<void> => {
      opened.push(taskId);
      return atWork.promise;
    };
    const { finish, sent, events, done } = start([tasks], { open, work });
    await until(() => opened.length === 8 && events.filter(({ event }) => event === "refused").length === 2);
    finish.abort();
    atWork.resolve();
    await done;
    const codes = events.map((event) => event.event === "refused" && event.code);
    assert.deepEqual(codes, ["NODE_TOO_MANY_TASKS", "NODE_TOO_MANY_TASKS"]);
    const refused = tasks.filter((taskId) => !opened.includes(taskId));
    assert.deepEqual(sent.toSorted(), refused.map((taskId) => `commitVerdict ${taskId}`).toSorted());
  });

  it("loses no seat that was drawn while the last one in the same task was still served", async () => {
    const turns: PromiseWithResolvers<void>[] = [];
    const work = (): Promise<void> => {
      const turn = Promise.withResolvers<void>();
      turns.push(turn);
      return turn.promise;
    };
    const { finish, done } = start([[7n], [], [7n], []], { open, work });
    await until(() => turns.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30)); // the second draw is seen, and has to wait
    assert.equal(turns.length, 1);
    turns[0]!.resolve();
    await until(() => turns.length === 2);
    finish.abort();
    turns[1]!.resolve();
    await done;
  });

  it("lets a bug out, and does not take it for a reason to refuse", async () => {
    const work = async (): Promise<void> => {
      throw new TypeError("a bug");
    };
    const { sent, done } = start([[7n]], { open, work });
    await assert.rejects(done, TypeError);
    assert.deepEqual(sent, []);
  });
});
