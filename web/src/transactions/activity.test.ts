import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Activity, type ActivityEvent, advance, OVER, type Step, startActivity } from "./activity.ts";

const ACCOUNT = "0x00000000000000000000000000000000000000a1" as const;
const HASH = `0x${"11".repeat(32)}` as const;
const OTHER = `0x${"22".repeat(32)}` as const;
const REQUEST = { to: ACCOUNT, data: "0x1234", nonce: 7 } as const;
const FAILURE = { code: "NodeRegistryZeroAmount", args: [], message: "" };

const walletAsked: ActivityEvent = { type: "walletAsked", request: REQUEST };
const sent: ActivityEvent = { type: "sent", hash: HASH };
const included: ActivityEvent = { type: "included", hash: HASH, blockNumber: 5n, feeWei: 10n };

function after(...events: readonly ActivityEvent[]): Activity {
  const start = { id: "1", chainId: 31_337, account: ACCOUNT, kind: "stake", subject: { amountWei: "5" } };
  return events.reduce((activity, event, i) => advance(activity, event, 1_000 + i), startActivity(start, 999));
}

describe("a write", () => {
  const ways: readonly { readonly name: string; readonly events: readonly ActivityEvent[]; readonly step: Step }[] = [
    { name: "that goes well", events: [walletAsked, sent, included, { type: "indexed" }], step: "done" },
    {
      name: "with a permit first",
      events: [{ type: "permitAsked" }, walletAsked, sent, included, { type: "indexed" }],
      step: "done",
    },
    { name: "that would be refused", events: [{ type: "failed", failure: FAILURE }], step: "failed" },
    { name: "declined in the wallet", events: [walletAsked, { type: "rejected" }], step: "rejected" },
    { name: "declined at the permit", events: [{ type: "permitAsked" }, { type: "rejected" }], step: "rejected" },
    { name: "sped up in the wallet", events: [walletAsked, sent, { type: "repriced", hash: OTHER }], step: "pending" },
    {
      name: "cancelled in the wallet",
      events: [walletAsked, sent, { type: "cancelled", hash: OTHER }],
      step: "cancelled",
    },
    { name: "that nodes forgot", events: [walletAsked, sent, { type: "dropped" }], step: "dropped" },
    {
      name: "that nodes forgot and then had after all",
      events: [walletAsked, sent, { type: "dropped" }, included],
      step: "confirmed",
    },
    {
      name: "refused in its block",
      events: [
        walletAsked,
        sent,
        { type: "reverted", hash: HASH, blockNumber: 5n, feeWei: 1n, failure: FAILURE },
        { type: "indexed" },
      ],
      step: "reverted",
    },
    { name: "whose page closed before the wallet was asked", events: [{ type: "reopened" }], step: "rejected" },
    {
      name: "whose page closed while the wallet was asked",
      events: [walletAsked, { type: "reopened" }],
      step: "interrupted",
    },
    {
      name: "found again after that",
      events: [walletAsked, { type: "reopened" }, sent, included],
      step: "confirmed",
    },
    {
      name: "taken out of the chain again by a reorganisation",
      events: [walletAsked, sent, included, { type: "repriced", hash: HASH }],
      step: "pending",
    },
  ];
  for (const { name, events, step } of ways) {
    it(`${name} ends as ${step}`, () => assert.equal(after(...events).step, step));
  }

  it("keeps the hash before a replacement, and follows the new one", () => {
    const { hash, replaced } = after(walletAsked, sent, { type: "repriced", hash: OTHER });
    assert.deepEqual([hash, replaced], [OTHER, HASH]);
  });

  it("stays pending, and says that it is slow, until something else happens", () => {
    const slow = after(walletAsked, sent, { type: "slow" });
    assert.deepEqual([slow.step, slow.slow], ["pending", true]);
    assert.equal(slow.sinceMs, 1_001, "the step began when it was sent");
    assert.equal(advance(slow, included, 2_000).slow, false);
  });

  it("does not listen once it is over", () => {
    const done = after(walletAsked, sent, included, { type: "indexed" });
    const late: readonly ActivityEvent[] = [
      { type: "rejected" },
      { type: "dropped" },
      { type: "failed", failure: FAILURE },
      { type: "reopened" },
      sent,
    ];
    for (const event of late) assert.equal(advance(done, event, 3_000), done, event.type);
    assert.ok(OVER.has(done.step));
  });

  it("can be stored as JSON at every step", () => {
    const activity = after(walletAsked, sent, included);
    assert.deepEqual(JSON.parse(JSON.stringify(activity)).blockNumber, "5");
  });
});
