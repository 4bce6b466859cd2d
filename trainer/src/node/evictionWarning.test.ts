import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RoundView } from "../chain/task.ts";
import { warnOfEviction } from "./evictionWarning.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import type { RoundContext } from "./roundContext.ts";

const SLOT = 2;
const ACCEPTED = { phase: 8, failure: 0, acceptedBitmap: 0b100n, revealedBitmap: 0b111n };
const REFUSED = { phase: 8, failure: 0, acceptedBitmap: 0b011n, revealedBitmap: 0b111n };
/** `NoCommitments` counts against trainers, `NotDrawn` does not. */
const EMPTY = { phase: 9, failure: 1, acceptedBitmap: 0n, revealedBitmap: 0n };
const NOT_DRAWN = { phase: 9, failure: 3, acceptedBitmap: 0n, revealedBitmap: 0b111n };
/** A committee refused all, this trainer's among them; or it had revealed none. */
const ALL_REFUSED = { phase: 9, failure: 5, acceptedBitmap: 0n, revealedBitmap: 0b111n };
const OTHERS_REFUSED = { ...ALL_REFUSED, revealedBitmap: 0b011n };

type Ended = typeof ACCEPTED;

interface Case {
  /** In order; the last is the one that has just ended. Round r opened at block 10·r. */
  readonly rounds: readonly Ended[];
  readonly joinedAt?: bigint;
  readonly cover?: readonly [bigint, bigint];
}

async function warnings({ rounds, joinedAt = 1n, cover = [20n, 20n] }: Case): Promise<string[]> {
  const codes: string[] = [];
  const viewOf = (number: number) => ({ ...rounds[number - 1]!, openedAtBlock: BigInt(10 * number) });
  const answers: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
    coverOf: () => cover,
    roundOf: ([, number]) => viewOf(number as number),
  };
  const chain = {
    account: { address: "0xaa" },
    deployment: { contracts: { flContract: "0xaa" }, deployedAtBlock: 0 },
    client: { getBlockNumber: async () => 99n, getContractEvents: async () => [{ blockNumber: joinedAt }] },
    request: (_doing: string, work: () => Promise<unknown>) => work(),
    read: async (_contract: string, name: string, args: readonly unknown[]) => answers[name]!(args),
  };
  const last = viewOf(rounds.length);
  const phase = (last.phase === 8 ? "Final" : "Failed") as RoundView["phase"];
  const round = { ...last, phase, round: rounds.length };
  const emit = (event: NodeEvent): void => {
    if (event.event === "warning") codes.push(event.code);
  };
  const signal = new AbortController().signal;
  await warnOfEviction({ chain, job: { taskId: 7n }, round, emit, signal } as unknown as RoundContext, SLOT);
  return codes;
}

describe("warnOfEviction", () => {
  it("warns after two rounds that brought nothing: the third makes a trainer idle", async () => {
    assert.deepEqual(await warnings({ rounds: [ACCEPTED, REFUSED] }), []);
    assert.deepEqual(await warnings({ rounds: [ACCEPTED, REFUSED, EMPTY] }), ["NODE_NEARLY_IDLE"]);
    assert.deepEqual(await warnings({ rounds: [REFUSED, REFUSED, ACCEPTED] }), []);
  });
  it("lets a round that lacked auditors end the count, as the contract does", async () => {
    assert.deepEqual(await warnings({ rounds: [REFUSED, NOT_DRAWN, REFUSED] }), []);
    assert.deepEqual(await warnings({ rounds: [REFUSED, REFUSED, NOT_DRAWN] }), []);
  });
  it("counts a round in which all was refused only against who had revealed nothing", async () => {
    assert.deepEqual(await warnings({ rounds: [REFUSED, ALL_REFUSED] }), []);
    assert.deepEqual(await warnings({ rounds: [REFUSED, OTHERS_REFUSED] }), ["NODE_NEARLY_IDLE"]);
  });
  it("does not count rounds in which somebody else had the place", async () => {
    assert.deepEqual(await warnings({ rounds: [REFUSED, REFUSED, REFUSED], joinedAt: 25n }), []);
    assert.deepEqual(await warnings({ rounds: [REFUSED, REFUSED, REFUSED], joinedAt: 15n }), ["NODE_NEARLY_IDLE"]);
  });
  it("warns at once of a stake that no longer covers what tasks hold", async () => {
    assert.deepEqual(await warnings({ rounds: [ACCEPTED], cover: [19n, 20n] }), ["NODE_STAKE_UNCOVERED"]);
  });
});
