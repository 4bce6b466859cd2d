/** Rounds as a busy task has them: 32 trainers who commit and reveal, 7 auditors, a version, rewards. For the benchmark. */
import {
  account,
  announce,
  type FakeChain,
  type Said,
  stake,
  transfer,
} from "../../web/src/index/follow/fakeChain.fixture.ts";

const TRAINERS = 32;
const AUDITORS = 7;
const PHASE = { Reveal: 2, Draw: 3, AuditCommit: 4, AuditReveal: 5, Aggregate: 6, Challenge: 7, Final: 8 } as const;
const WORD = `0x${"5a".repeat(32)}` as const;
const ALL = (1n << BigInt(TRAINERS)) - 1n;

/** Has `chain` say `count` events, a few in each block. @returns how many it said. */
export function sayRounds(chain: FakeChain, count: number): number {
  const events = [...beginning()];
  for (let round = 1; events.length < count; round++) events.push(...oneRound(round));
  events.length = count;
  for (let at = 0; at < count; at += 3) {
    chain.mine(...events.slice(at, at + 3));
    chain.mine(); // as many blocks again say nothing
  }
  return count;
}

function* beginning(): Generator<Said> {
  for (let node = 1; node <= TRAINERS + AUDITORS; node++) {
    yield transfer(node, 1_000n);
    yield announce(node);
    yield stake(node, 500n, 500n);
  }
  const owner = account(1);
  const model = { modelId: 1n, owner, name: "benchmark", metadataDigest: WORD, metadataByteLength: 10 };
  yield {
    source: "modelRegistry",
    name: "ModelRegistered",
    args: { ...model, parentModelId: 0n, parentVersion: 0n },
  };
  yield version(0);
  yield {
    source: "flContract",
    name: "TaskCreated",
    args: { taskId: 1n, owner, modelId: 1n, parameters: PARAMETERS, escrowWei: 10n ** 9n },
  };
  for (let slot = 0; slot < TRAINERS; slot++) {
    yield { source: "flContract", name: "TrainerJoined", args: { taskId: 1n, trainer: account(slot + 1), slot } };
  }
}

function* oneRound(round: number): Generator<Said> {
  const task = { taskId: 1n, round };
  const event = (name: string, args: Readonly<Record<string, unknown>>): Said => {
    return { source: "flContract", name, args: { ...task, ...args } };
  };
  const enter = (phase: number): Said => event("PhaseAdvanced", { phase, deadline: 1_700_000_000 });
  const trainers = Array.from({ length: TRAINERS }, (_, i) => account(i + 1));
  const auditors = Array.from({ length: AUDITORS }, (_, i) => account(TRAINERS + i + 1));
  yield event("RoundOpened", {
    baseVersion: BigInt(round - 1),
    seed: WORD,
    expected: TRAINERS,
    deadline: 1_700_000_000,
  });
  for (const [index, trainer] of trainers.entries())
    yield event("UpdateCommitted", { trainer, index, commitment: WORD });
  yield enter(PHASE.Reveal);
  const update = { updateDigest: WORD, byteLength: 400_000, traceRoot: WORD, sampleCount: 500, salt: WORD };
  for (const [index, trainer] of trainers.entries()) yield event("UpdateRevealed", { trainer, index, ...update });
  yield enter(PHASE.Draw);
  yield event("SeedTargeted", { attempt: 0, targetBlock: 5n, snapshotEpoch: 1n });
  yield event("CommitteeDrawn", { attempt: 0, seed: WORD, members: auditors });
  yield enter(PHASE.AuditCommit);
  for (const auditor of auditors) yield event("VerdictCommitted", { auditor, commitment: WORD });
  yield enter(PHASE.AuditReveal);
  for (const auditor of auditors) yield event("VerdictRevealed", { auditor, acceptedBitmap: ALL, evidence: WORD });
  yield event("VerdictsTallied", { acceptedBitmap: ALL });
  yield enter(PHASE.Aggregate);
  const weights = { digest: WORD, byteLength: 400_000 };
  yield event("AggregateProposed", { proposer: auditors[0], ...weights });
  for (const auditor of auditors) yield event("AggregateAttested", { auditor, ...weights });
  yield event("AggregateAgreed", { ...weights, proposer: auditors[0] });
  yield enter(PHASE.Challenge);
  yield enter(PHASE.Final);
  yield version(round);
  yield event("RoundFinalized", { version: BigInt(round), acceptedBitmap: ALL });
}

function version(number: number): Said {
  const made = { weightsDigest: WORD, weightsByteLength: 400_000, parentVersion: BigInt(Math.max(0, number - 1)) };
  const by = { modelId: 1n, version: BigInt(number), publisher: account(1), taskId: 1n, round: number };
  return { source: "modelRegistry", name: "VersionPublished", args: { ...by, ...made, provenanceDigest: WORD } };
}

const PARAMETERS = {
  modelId: 1n,
  datasetId: 1n,
  mode: 1,
  planDigest: WORD,
  planByteLength: 900,
  rounds: 1_000,
  minTrainers: 4,
  maxTrainers: TRAINERS,
  committeeSize: AUDITORS,
  quorum: 4,
  maxUpdateBytes: 400_000,
  rewardPerUpdateWei: 1n,
  rewardPerVerdictWei: 1n,
  minStakeWei: 20n,
  missedRevealSlashWei: 1n,
  minReputationNano: 0,
  seedDelayBlocks: 2,
  commitSeconds: 30,
  revealSeconds: 30,
  drawSeconds: 30,
  auditCommitSeconds: 30,
  auditRevealSeconds: 30,
  aggregateSeconds: 30,
  challengeSeconds: 30,
};
