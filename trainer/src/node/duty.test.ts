import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHASES } from "../protocol/contractEnums.ts";
import { type Duty, dueDuty, type Situation } from "./duty.ts";

const IDLE = {
  mayCommit: false,
  committed: false,
  revealed: false,
  seated: false,
  verdictCommitted: false,
  verdictRevealed: false,
  attested: false,
};
const TASK = { enrolled: 4, minTrainers: 3, rounds: 10, round: 2, closed: false };
const ROUND = { deadline: 100, seedTargetBlock: 50n, snapshotEpoch: 7n };
const BASE: Situation = {
  task: TASK,
  round: undefined,
  duty: IDLE,
  nowSeconds: 99,
  headBlock: 51n,
  epoch: 8n,
  auditable: true,
  isHeld: false,
  roles: ["trainer", "auditor"],
};

type Phase = (typeof PHASES)[number];
const at = (phase: Phase, duty: Partial<typeof IDLE> = {}, change: Partial<Situation> = {}): Situation => ({
  ...BASE,
  round: { ...ROUND, phase },
  duty: { ...IDLE, ...duty },
  ...change,
});
const late = { nowSeconds: 100 };

const CASES: readonly (readonly [why: string, situation: Situation, due: Duty | undefined])[] = [
  ["opens the first round when enough trainers joined", { ...BASE, task: { ...TASK, round: 0 } }, "openRound"],
  ["waits for trainers before the first round", { ...BASE, task: { ...TASK, round: 0, enrolled: 2 } }, undefined],
  ["opens the next round after a final one", at("Final"), "openRound"],
  ["opens the next round after a failed one", at("Failed"), "openRound"],
  ["waits for the merge with other cohorts", at("Final", {}, { isHeld: true }), undefined],
  ["waits until there is stake to draw auditors from", at("Final", {}, { auditable: false }), undefined],
  ["opens nothing after the last round", at("Final", {}, { task: { ...TASK, round: 10 } }), undefined],
  ["opens nothing in a closed task", at("Final", {}, { task: { ...TASK, closed: true } }), undefined],
  ["commits when it may", at("Commit", { mayCommit: true }), "commitUpdate"],
  ["does not commit twice", at("Commit", { mayCommit: true, committed: true }), undefined],
  ["does not commit when it joined after the opening", at("Commit"), undefined],
  ["does not commit as an auditor alone", at("Commit", { mayCommit: true }, { roles: ["auditor"] }), undefined],
  ["moves on instead of committing at the deadline", at("Commit", { mayCommit: true }, late), "advance"],
  ["opens its commitment", at("Reveal", { committed: true }), "revealUpdate"],
  ["opens nothing it has not committed", at("Reveal"), undefined],
  ["moves on at the reveal's deadline", at("Reveal", { committed: true, revealed: true }, late), "advance"],
  ["waits for the block after the target", at("Draw", {}, { headBlock: 50n }), undefined],
  ["draws once the target block is past", at("Draw"), "drawCommittee"],
  ["moves on when nobody drew in time", at("Draw", {}, late), "advance"],
  ["moves the target when the stake snapshot is gone", at("Draw", {}, { epoch: 10n }), "retargetSeed"],
  ["draws on stakes of the epoch before the last", at("Draw", {}, { epoch: 9n }), "drawCommittee"],
  ["moves the target when its hash is out of reach", at("Draw", {}, { headBlock: 50n + 8_192n }), "retargetSeed"],
  ["judges when seated", at("AuditCommit", { seated: true }), "commitVerdict"],
  ["judges once", at("AuditCommit", { seated: true, verdictCommitted: true }), undefined],
  ["does not judge without a seat", at("AuditCommit"), undefined],
  ["moves on at the verdicts' deadline", at("AuditCommit", { seated: true }, late), "advance"],
  ["opens its verdict", at("AuditReveal", { seated: true, verdictCommitted: true }), "revealVerdict"],
  ["opens no verdict it has not committed", at("AuditReveal", { seated: true }), undefined],
  ["makes the aggregate when seated", at("Aggregate", { seated: true }), "aggregate"],
  ["attests once", at("Aggregate", { seated: true, attested: true }), undefined],
  ["waits out the challenge window", at("Challenge"), undefined],
  ["finalises after the challenge window", at("Challenge", {}, late), "advance"],
];

describe("dueDuty", () => {
  for (const [why, situation, due] of CASES) it(why, () => assert.equal(dueDuty(situation), due));

  it("never has a duty that the phase does not allow, whatever the flags", () => {
    const allowed: Readonly<Record<Phase, readonly (Duty | undefined)[]>> = {
      None: ["openRound"], // and nothing else, since BASE is auditable
      Commit: ["commitUpdate", "advance", undefined],
      Reveal: ["revealUpdate", "advance", undefined],
      Draw: ["drawCommittee", "retargetSeed", "advance", undefined],
      AuditCommit: ["commitVerdict", "advance", undefined],
      AuditReveal: ["revealVerdict", "advance", undefined],
      Aggregate: ["aggregate", "advance", undefined],
      Challenge: ["advance", undefined],
      Final: ["openRound"],
      Failed: ["openRound"],
    };
    const flags = Object.keys(IDLE) as (keyof typeof IDLE)[];
    for (const phase of PHASES) {
      for (let bits = 0; bits < 1 << flags.length; bits++) {
        const duty = Object.fromEntries(flags.map((flag, i) => [flag, (bits & (1 << i)) !== 0]));
        for (const nowSeconds of [99, 100]) {
          const due = dueDuty(at(phase, duty, { nowSeconds }));
          assert.ok(allowed[phase].includes(due), `${phase} ${JSON.stringify(duty)}: ${due}`);
        }
      }
    }
  });
});
