/** What a desk decides from memory alone. What it asks the chain is tried in test/integration/relayRefusals.test.ts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keccak256, stringToBytes } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Chain } from "../../chain/connection.ts";
import { signCommit } from "./commitSignature.ts";
import { createRelayDesk, type RelayState } from "./relayDesk.ts";
import { RelayError } from "./relayError.ts";
import type { HandIn } from "./relayProtocol.ts";
import type { RoundWindow } from "./relayRound.ts";

const account = privateKeyToAccount(keccak256(stringToBytes("a trainer")));
const WORD = keccak256(stringToBytes("a word"));
const deployment = { chainId: 31_337, contracts: { flContract: account.address } } as unknown as Chain["deployment"];
const signed = { taskId: 1n, round: 2, commitment: WORD };
const entry: HandIn = { ...signed, trainer: account.address, ...(await signCommit(account, deployment, signed)) };

const open: RoundWindow = {
  ...{ taskId: 1n, round: 2, seed: WORD, openedAtBlock: 1n, phase: "Commit", expected: 3, committed: 0 },
  ...{ penaltyWei: 5n, closesAt: 200, sendsBy: 100, nowSeconds: 99 },
};

/** A desk whose chain says that everybody may commit from slot 4 with 10 wei of stake. */
function deskOf(change: Partial<RelayState>, window: RoundWindow = open) {
  const answers = { dutyOf: { mayCommit: true, committed: false, slot: 4 }, coverOf: [10n, 10n] };
  const read = async (_: string, name: keyof typeof answers) => answers[name];
  const kept: string[] = [];
  const state = {
    chain: { deployment, read },
    relay: account.address,
    store: { keep: async (_: unknown, { trainer }: HandIn) => void kept.push(trainer) },
    windows: new Map([[1n, window]]),
    ...{ rounds: new Set(), detours: new Map(), freeWei: 5n, finishing: false, emit: () => {} },
    ...change,
  } as unknown as RelayState;
  return { desk: createRelayDesk(state), state, kept };
}

async function refusal(desk: ReturnType<typeof deskOf>["desk"], handedIn = entry): Promise<string> {
  const error = await desk.handIn(handedIn, new AbortController().signal).then(
    () => undefined,
    (it: unknown) => it,
  );
  if (error === undefined) return "taken";
  assert.ok(error instanceof RelayError, String(error));
  return error.code;
}

describe("createRelayDesk", () => {
  it("promises only what is on disk, once for a trainer however often it asks", async () => {
    const { desk, state, kept } = deskOf({});
    const [first, again] = await Promise.all([refusal(desk), refusal(desk)]);
    assert.deepEqual([first, again, kept], ["taken", "taken", [account.address]]);
    const answer = desk.answer(entry);
    assert.deepEqual(answer, { state: "kept", relay: account.address, sendsBy: 100 });
    assert.equal([...state.rounds][0]?.entries.get(account.address)?.slot, 4);
  });

  it("promises nothing that could not be written, and reserves no stake for it", async () => {
    let fails = true;
    const keep = async (): Promise<void> => {
      if (fails) throw new Error("no space");
    };
    const { desk } = deskOf({ store: { keep } as unknown as RelayState["store"] });
    await assert.rejects(desk.handIn(entry, new AbortController().signal), /no space/);
    assert.throws(() => desk.answer(entry), { code: "RELAY_ENTRY_UNKNOWN" });
    fails = false;
    assert.equal(await refusal(desk), "taken", "the one piece of stake is free again");
  });

  it("takes nothing outside its time", async () => {
    for (const change of [{ nowSeconds: 100 }, { phase: "Reveal" }, { round: 3 }] as const) {
      assert.equal(
        await refusal(deskOf({}, { ...open, ...change }).desk),
        "RELAY_ROUND_CLOSED",
        JSON.stringify(change),
      );
    }
    assert.equal(await refusal(deskOf({ finishing: true }).desk), "RELAY_ROUND_CLOSED");
  });

  it("takes nothing that its free stake does not cover", async () => {
    assert.equal(await refusal(deskOf({ freeWei: 4n }).desk), "RELAY_FULL");
  });

  it("refuses who went another way three times after it was sent for", async () => {
    const after = (times: number) => refusal(deskOf({ detours: new Map([[account.address, times]]) }).desk);
    assert.deepEqual([await after(2), await after(3)], ["taken", "RELAY_TRAINER_UNRELIABLE"]);
  });
});
