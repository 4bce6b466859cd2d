/** What each event says of the state. Must not read logs: rebuild.ts does. Longer than 250 lines: one rule an event. */
import { AbiCoder, keccak256, ZeroAddress } from "ethers";
import type { Untyped } from "./cairn.ts";
import { Failure, Phase } from "./round.ts";

type Entry = Record<string, Untyped>;

export interface Rebuilt {
  readonly balances: Map<string, bigint>;
  readonly nodes: Map<string, Entry>;
  readonly bounties: Map<string, bigint>;
  readonly models: Map<bigint, Entry>;
  /** `modelId/version` → what `versionOf` says. */
  readonly versions: Map<string, Entry>;
  /** `modelId/publisher`. */
  readonly publishers: Set<string>;
  readonly datasets: Map<bigint, Entry>;
  /** `datasetId/grantee` → until. */
  readonly grants: Map<string, bigint>;
  readonly tasks: Map<bigint, RebuiltTask>;
  /** Model → what `gateOf` says. */
  readonly gates: Map<bigint, Entry>;
  readonly groups: Map<bigint, RebuiltGroup>;
}

export interface RebuiltTask {
  owner: string;
  parameters: Untyped;
  escrowWei: bigint;
  closed: boolean;
  readonly slots: Map<string, { slot: bigint; fromRound: number }>;
  readonly rounds: RebuiltRound[];
  /** What nodes have earned, less what they were paid. Unit: wei. */
  readonly claimable: Map<string, bigint>;
}

export interface RebuiltRound {
  /** As `roundOf` says. */
  readonly view: Entry;
  readonly committed: Map<string, bigint>;
  readonly revealed: Set<string>;
  /** By number: what a relay sent, and which entries are still to be answered for. */
  readonly batches: Map<
    bigint,
    { relay: string; entries: { trainer: string; commitment: string }[]; open: Set<bigint> }
  >;
  members: string[];
  /** `accepted`: what each revealed verdict accepts and doesn't mark as a copy. */
  readonly verdicts: {
    committed: Set<string>;
    revealed: Set<string>;
    attested: Set<string>;
    accepted: Map<string, bigint>;
  };
  /** `digest/byteLength` → who proposed it and who attests it. */
  readonly proposals: Map<string, { proposer: string; attestations: number }>;
}

export interface Log {
  readonly name: string;
  readonly args: Untyped;
  readonly blockNumber: number;
}

export interface RebuiltGroup {
  /** As `groupOf` says. */
  view: Entry;
  /** As `cohortOf` says, by number. */
  readonly cohorts: Entry[];
  /** `epoch/cohort/member`. */
  readonly attested: Set<string>;
}

type Rule = (state: Rebuilt, args: Untyped, log: Log) => void;

const nothing: Rule = () => {};

export const RULES: Readonly<Record<string, Rule>> = {
  // The token.
  Transfer: ({ balances }, { from, to, value }) => {
    if (!/^0x0+$/.test(from)) add(balances, from, 0n - value);
    if (!/^0x0+$/.test(to)) add(balances, to, value);
  },
  Approval: nothing,
  RoleGranted: nothing,
  EIP712DomainChanged: nothing,

  // Nodes and stakes.
  NodeAnnounced: ({ nodes }, { node, sealingKeyVersion, capabilities }, { blockNumber }) => {
    const known = nodes.get(node) ?? { nonce: 0n, stakeWei: 0n, unbondingWei: 0n, lockedWei: 0n, reputationNano: 0n };
    const announced = { registered: true, announcedAtBlock: BigInt(blockNumber), sealingKeyVersion, capabilities };
    nodes.set(node, { ...known, ...announced, nonce: known.nonce + 1n });
  },
  StakeAdded: ({ nodes }, { node, newStakeWei }) => change(nodes, node, { stakeWei: newStakeWei }),
  UnstakeRequested: ({ nodes }, { node, amountWei, newStakeWei }) =>
    change(nodes, node, { stakeWei: newStakeWei, unbondingWei: nodes.get(node)?.unbondingWei + amountWei }),
  StakeWithdrawn: ({ nodes }, { node, newUnbondingWei }) => change(nodes, node, { unbondingWei: newUnbondingWei }),
  StakeSlashed: ({ nodes, bounties }, { node, prover, bountyWei, newStakeWei, newUnbondingWei }) => {
    const before = nodes.get(node)?.reputationNano;
    const reputationNano = prover === ZeroAddress ? before : before / 2n;
    change(nodes, node, { stakeWei: newStakeWei, unbondingWei: newUnbondingWei, reputationNano });
    if (bountyWei > 0n) add(bounties, prover, bountyWei);
  },
  StakeLocked: ({ nodes }, { node, newLockedWei }) => change(nodes, node, { lockedWei: newLockedWei }),
  StakeUnlocked: ({ nodes }, { node, newLockedWei }) => change(nodes, node, { lockedWei: newLockedWei }),
  ReputationCredited: ({ nodes }, { node, newReputationNano }) =>
    change(nodes, node, { reputationNano: newReputationNano }),
  BountyClaimed: ({ bounties }, { prover }) => void bounties.set(prover, 0n),

  // Models and data.
  ModelRegistered: ({ models }, args) => {
    const { modelId, ...said } = args.toObject();
    const pendingOwner = `0x${"00".repeat(20)}`;
    models.set(modelId, { ...said, pendingOwner, latestVersion: 0n });
  },
  VersionPublished: ({ models, versions, gates }, args, { blockNumber }) => {
    const { modelId, version, publisher, ...said } = args.toObject();
    change(models, modelId, { latestVersion: version });
    const gate = gates.get(modelId);
    if (gate !== undefined) gate.closed = publisher !== gate.merger;
    versions.set(`${modelId}/${version}`, { ...said, publishedAtBlock: BigInt(blockNumber) });
  },
  PublisherSet: ({ publishers }, { modelId, publisher, allowed }) =>
    void (allowed ? publishers.add(`${modelId}/${publisher}`) : publishers.delete(`${modelId}/${publisher}`)),
  ModelGated: ({ gates }, { modelId, merger, publisher }) =>
    void gates.set(modelId, { merger, closed: false, publisher }),
  GateOpened: ({ gates }, { modelId }) => change(gates, modelId, { closed: false }),
  OwnershipTransferStarted: ({ models }, { modelId, newOwner }) => change(models, modelId, { pendingOwner: newOwner }),
  OwnershipTransferred: ({ models }, { modelId, newOwner }) =>
    change(models, modelId, { owner: newOwner, pendingOwner: `0x${"00".repeat(20)}` }),
  DatasetRegistered: ({ datasets }, args) => {
    const { datasetId, ...said } = args.toObject();
    datasets.set(datasetId, { ...said, usageCount: 0n });
  },
  ManifestUpdated: ({ datasets }, { datasetId, manifestDigest, manifestByteLength }) =>
    change(datasets, datasetId, { manifestDigest, manifestByteLength }),
  AccessGranted: ({ grants }, { datasetId, grantee, until }) => void grants.set(`${datasetId}/${grantee}`, until),
  AccessRevoked: ({ grants }, { datasetId, grantee }) => void grants.delete(`${datasetId}/${grantee}`),
  DatasetUsed: ({ datasets }, { datasetId, newUsageCount }) =>
    change(datasets, datasetId, { usageCount: newUsageCount }),

  // Tasks.
  TaskCreated: ({ tasks }, { taskId, owner, parameters, escrowWei }) =>
    void tasks.set(taskId, {
      ...{ owner, parameters: parameters.toObject(), escrowWei, closed: false },
      ...{ slots: new Map(), rounds: [], claimable: new Map() },
    }),
  TaskClosed: ({ tasks }, { taskId, refundWei }) => {
    const task = taskOf(tasks, taskId);
    Object.assign(task, { escrowWei: task.escrowWei - refundWei, closed: true });
  },
  TrainerJoined: ({ tasks }, { taskId, trainer, slot }) => {
    const task = taskOf(tasks, taskId);
    task.slots.set(trainer, { slot, fromRound: task.rounds.length + 1 });
  },
  TrainerLeft: ({ tasks }, { taskId, trainer }) => {
    const task = taskOf(tasks, taskId);
    const round = task.rounds.at(-1);
    const mayCommit = (task.slots.get(trainer)?.fromRound ?? Infinity) <= task.rounds.length;
    if (round !== undefined && round.view.phase === BigInt(Phase.Commit) && mayCommit) round.view.expected -= 1n;
    task.slots.delete(trainer);
  },
  RewardClaimed: ({ tasks }, { taskId, node, amountWei }) => add(taskOf(tasks, taskId).claimable, node, 0n - amountWei),

  // Rounds.
  RoundOpened: ({ tasks }, { taskId, baseVersion, seed, expected, deadline }, { blockNumber }) => {
    const view = { ...emptyView(), baseVersion, seed, expected, deadline, openedAtBlock: BigInt(blockNumber) };
    taskOf(tasks, taskId).rounds.push(makeRound({ ...view, phase: BigInt(Phase.Commit) }));
  },
  PhaseAdvanced: ({ tasks }, { taskId, round, phase, deadline }) => {
    const task = taskOf(tasks, taskId);
    const target = roundOf(task, round);
    const { view, members } = target;
    if (phase === BigInt(Phase.Aggregate) && view.phase === BigInt(Phase.Challenge)) aggregateAnew(target);
    Object.assign(view, { phase, deadline });
    if (phase !== BigInt(Phase.AuditCommit)) return;
    view.seats = BigInt(members.length);
    view.quorum = quorumOf(view.seats, task.parameters.quorum, task.parameters.committeeSize);
  },
  UpdateCommitted: ({ tasks }, { taskId, round, trainer, index }) => {
    const { view, committed } = roundOf(taskOf(tasks, taskId), round);
    committed.set(trainer, index);
    view.committed += 1n;
  },
  UpdateRevealed: ({ tasks }, { taskId, round, trainer, index }) => {
    const { view, revealed } = roundOf(taskOf(tasks, taskId), round);
    revealed.add(trainer);
    view.revealed += 1n;
    view.revealedBitmap |= 1n << index;
  },
  BatchCommitted: ({ tasks }, { taskId, round, relay, batch, commitments }) => {
    const { batches } = roundOf(taskOf(tasks, taskId), round);
    const sent = commitments.map(({ trainer, commitment }: Entry) => ({ trainer, commitment }));
    batches.set(batch, { relay, entries: sent, open: new Set(sent.map((_: Entry, index: number) => BigInt(index))) });
  },
  BatchedUpdateOpened: ({ tasks }, { taskId, round, trainer, batch, index, commitment }) => {
    const task = taskOf(tasks, taskId);
    const { view, committed } = roundOf(task, round);
    const entry = answer(task, { round, batch, index });
    const isItsOwn = entry.trainer === trainer && entry.commitment === commitment;
    if (!isItsOwn) throw new Error("opened another's entry");
    committed.set(trainer, task.slots.get(trainer)?.slot ?? -1n);
    view.committed += 1n;
  },
  UnopenedReported: ({ tasks }, { taskId, round, trainer, batch, index }) => {
    const entry = answer(taskOf(tasks, taskId), { round, batch, index });
    if (entry.trainer !== trainer) throw new Error("reported another's entry");
  },
  BatchSettled: ({ tasks }, { taskId, round, relay, batch, owedWei }) => {
    const task = taskOf(tasks, taskId);
    const sent = roundOf(task, round).batches.get(batch);
    if (sent === undefined || sent.relay !== relay) throw new Error("settled another's batch");
    const leastWei = BigInt(sent.open.size) * task.parameters.missedRevealSlashWei;
    if (owedWei < leastWei) throw new Error(`batch ${batch} owes ${leastWei} at least`);
    sent.open.clear();
  },
  SeedTargeted: ({ tasks }, { taskId, round, attempt, targetBlock, snapshotEpoch }) => {
    const target = roundOf(taskOf(tasks, taskId), round);
    if (attempt !== target.view.attempt) dismiss(target);
    Object.assign(target.view, { attempt, seedTargetBlock: targetBlock, snapshotEpoch });
  },
  CommitteeDrawn: ({ tasks }, { taskId, round, seed, members }) => {
    const target = roundOf(taskOf(tasks, taskId), round);
    target.view.committeeSeed = seed;
    target.members = [...members];
  },
  VerdictCommitted: ({ tasks }, { taskId, round, auditor }) => {
    const { view, verdicts } = roundOf(taskOf(tasks, taskId), round);
    verdicts.committed.add(auditor);
    view.verdictsCommitted += 1n;
  },
  VerdictRevealed: ({ tasks }, { taskId, round, auditor, acceptedBitmap }) => {
    const { view, verdicts } = roundOf(taskOf(tasks, taskId), round);
    verdicts.revealed.add(auditor);
    verdicts.accepted.set(auditor, acceptedBitmap);
    view.verdictsRevealed += 1n;
  },
  VerdictsTallied: ({ tasks }, { taskId, round, acceptedBitmap }) =>
    void Object.assign(roundOf(taskOf(tasks, taskId), round).view, { acceptedBitmap }),
  AggregateProposed: ({ tasks }, { taskId, round, proposer, digest, byteLength }) => {
    const { view, proposals } = roundOf(taskOf(tasks, taskId), round);
    proposals.set(`${digest}/${byteLength}`, { proposer, attestations: 0 });
    if (view.attestations === 0n) lead(view, digest, byteLength, proposer);
  },
  AggregateAttested: ({ tasks }, { taskId, round, auditor, digest, byteLength }) => {
    const { view, verdicts, proposals } = roundOf(taskOf(tasks, taskId), round);
    const proposal = proposals.get(`${digest}/${byteLength}`);
    if (proposal === undefined) throw new Error("attested before it was proposed");
    verdicts.attested.add(auditor);
    proposal.attestations++;
    if (BigInt(proposal.attestations) <= view.attestations) return;
    view.attestations = BigInt(proposal.attestations);
    lead(view, digest, byteLength, proposal.proposer);
  },
  AggregateAgreed: nothing,
  RoundFinalized: ({ tasks }, { taskId, round, version, acceptedBitmap }) => {
    const task = taskOf(tasks, taskId);
    const { view, committed } = roundOf(task, round);
    view.publishedVersion = version;
    for (const [trainer, index] of committed) {
      if (((acceptedBitmap >> index) & 1n) === 1n) earn(task, trainer, task.parameters.rewardPerUpdateWei);
    }
    const { revealedBitmap } = view;
    payVerdicts(task, roundOf(task, round), (accepted) => (accepted & revealedBitmap) !== 0n);
  },
  RoundFailed: ({ tasks }, { taskId, round, reason }) => {
    const task = taskOf(tasks, taskId);
    roundOf(task, round).view.failure = reason;
    if (reason === BigInt(Failure.NothingAccepted)) payVerdicts(task, roundOf(task, round), () => true);
  },
  SilenceBurned: ({ tasks }, { taskId, burnedWei }) => {
    const task = taskOf(tasks, taskId);
    task.escrowWei -= burnedWei;
  },
  RoundHeld: nothing,
  RoundReleased: nothing,
  UpdateStruck: ({ tasks }, { taskId, round, slot }) => {
    const { view } = roundOf(taskOf(tasks, taskId), round);
    view.acceptedBitmap &= ~(1n << slot);
  },
  AggregateHeld: nothing,
  AggregateReleased: nothing,
  AggregateRefuted: nothing,
  DuplicatesMarked: ({ tasks }, { taskId, round, auditor, duplicateBitmap }) => {
    const { accepted } = roundOf(taskOf(tasks, taskId), round).verdicts;
    accepted.set(auditor, (accepted.get(auditor) ?? 0n) & ~BigInt(duplicateBitmap));
  },
  DuplicatesFound: nothing, // VerdictsTallied tells what was accepted all the same
  MissedPlantReported: nothing,
  MissedRevealReported: nothing, // StakeSlashed tells what it cost
  SilentAuditorReported: nothing,

  // Groups of cohorts.
  GroupCreated: ({ groups }, { groupId, modelId, firstVersion, gatherSeconds, mergeSeconds }) =>
    void groups.set(groupId, {
      view: { ...emptyGroup(), modelId, firstVersion, gatherSeconds, mergeSeconds },
      ...{ cohorts: [], attested: new Set() },
    }),
  CohortAdded: ({ groups }, { groupId, cohort, taskId, modelId }) => {
    const { view, cohorts } = groupOf(groups, groupId);
    if (cohort !== BigInt(cohorts.length)) throw new Error(`cohort ${cohort} comes out of order`);
    cohorts.push({ ...emptyCohort(), taskId, modelId });
    view.cohorts += 1n;
    view.active += 1n;
  },
  CohortRetired: ({ groups }, { groupId, cohort }) => {
    const { view, cohorts } = groupOf(groups, groupId);
    Object.assign(cohorts[cohort] as Entry, { retired: true });
    view.active -= 1n;
  },
  CohortEntered: ({ groups }, { groupId, epoch, cohort, version, taskId, round, quorum }) => {
    const { view, cohorts } = groupOf(groups, groupId);
    const it = cohorts[cohort] as Entry;
    if (it.retired) view.active += 1n;
    Object.assign(it, { enteredEpoch: epoch, version, entryTaskId: taskId, round, quorum, retired: false });
    view.entered += 1n;
    view.entriesDigest = keccak256(
      CODER.encode(
        ["bytes32", "uint16", "uint256", "uint32", "uint64"],
        [view.entriesDigest, cohort, taskId, round, version],
      ),
    );
  },
  StageAdvanced: ({ groups }, { groupId, epoch, stage, deadline }) => {
    const { view } = groupOf(groups, groupId);
    const fresh = { entered: 0n, agreeing: 0n, leadingDigest: ZERO, leadingByteLength: 0n, entriesDigest: ZERO };
    Object.assign(view, { ...(epoch === view.epoch ? {} : fresh), epoch, stage, deadline });
  },
  MergeAttested: ({ groups }, { groupId, epoch, cohort, member }) =>
    void groupOf(groups, groupId).attested.add(`${epoch}/${cohort}/${member}`),
  MergeLed: ({ groups }, { groupId, digest, byteLength, agreeing }) => {
    const { view } = groupOf(groups, groupId);
    Object.assign(view, { leadingDigest: digest, leadingByteLength: byteLength, agreeing });
  },
  EpochMerged: ({ groups }, { groupId, epoch, version }) =>
    void Object.assign(groupOf(groups, groupId).view, { mergedEpoch: epoch, mergedVersion: version }),
  EpochSkipped: nothing, // StageAdvanced tells of the next epoch
  CohortAdopted: ({ groups }, { groupId, cohort, epoch, version }) =>
    void Object.assign(groupOf(groups, groupId).cohorts[cohort] as Entry, { baseEpoch: epoch, baseVersion: version }),
};

const CODER = AbiCoder.defaultAbiCoder();

/** `MergeStage.Gather`. */
const GATHER = 1n;

function emptyGroup(): Entry {
  const zeros = ["deadline", "cohorts", "active", "entered", "agreeing", "mergedEpoch", "mergedVersion"];
  const leading = { leadingDigest: ZERO, leadingByteLength: 0n, entriesDigest: ZERO };
  return { ...Object.fromEntries(zeros.map((name) => [name, 0n])), ...leading, epoch: 1n, stage: GATHER };
}

function emptyCohort(): Entry {
  const zeros = ["baseEpoch", "baseVersion", "enteredEpoch", "version", "entryTaskId", "round", "quorum"];
  return { ...Object.fromEntries(zeros.map((name) => [name, 0n])), retired: false };
}

function groupOf(groups: Rebuilt["groups"], groupId: bigint): RebuiltGroup {
  const group = groups.get(groupId);
  if (group === undefined) throw new Error(`no GroupCreated for ${groupId}`);
  return group;
}

function emptyView(): Entry {
  const zeros = [
    ...["expected", "committed", "revealed", "attempt", "seedTargetBlock", "snapshotEpoch", "seats", "quorum"],
    ...["verdictsCommitted", "verdictsRevealed", "revealedBitmap", "acceptedBitmap", "aggregateByteLength"],
    ...["attestations", "publishedVersion", "failure", "reruns"],
  ];
  const none = { committeeSeed: ZERO, aggregateDigest: ZERO, aggregateProposer: `0x${"00".repeat(20)}` };
  return { ...Object.fromEntries(zeros.map((name) => [name, 0n])), ...none };
}

const ZERO = `0x${"00".repeat(32)}`;

function makeRound(view: Entry): RebuiltRound {
  const spoken = { committed: new Set<string>(), revealed: new Set<string>(), attested: new Set<string>() };
  const verdicts = { ...spoken, accepted: new Map<string, bigint>() };
  const lists = { committed: new Map(), revealed: new Set<string>(), batches: new Map(), proposals: new Map() };
  return { view, ...lists, members: [], verdicts };
}

/** @returns the entry of a batch that was opened or answered for, which it no more waits for. */
function answer(task: RebuiltTask, { round, batch, index }: Record<"round" | "batch" | "index", bigint>): Entry {
  const sent = roundOf(task, round).batches.get(batch);
  const entry = sent?.entries[Number(index)];
  if (sent === undefined || entry === undefined) throw new Error(`no entry ${index} in batch ${batch}`);
  if (!sent.open.delete(index)) throw new Error(`entry ${index} of batch ${batch} was closed`);
  return entry;
}

/** The first committee goes, with all it has said. */
function dismiss(round: RebuiltRound): void {
  Object.assign(round.view, { seats: 0n, quorum: 0n, verdictsCommitted: 0n, verdictsRevealed: 0n });
  forgetAggregate(round);
  for (const spoken of Object.values(round.verdicts)) spoken.clear();
}

/** Disputes have undone what the second committee did. */
function aggregateAnew(round: RebuiltRound): void {
  round.view.reruns += 1n;
  forgetAggregate(round);
}

function forgetAggregate({ view, verdicts, proposals }: RebuiltRound): void {
  view.attestations = 0n;
  lead(view, ZERO, 0n, `0x${"00".repeat(20)}`);
  proposals.clear();
  verdicts.attested.clear();
}

function lead(view: Entry, digest: string, byteLength: bigint, proposer: string): void {
  Object.assign(view, { aggregateDigest: digest, aggregateByteLength: byteLength, aggregateProposer: proposer });
}

/** Who refuses all that others accept is not paid. */
function payVerdicts(task: RebuiltTask, { verdicts }: RebuiltRound, isPaid: (accepted: bigint) => boolean): void {
  for (const [auditor, accepted] of verdicts.accepted) {
    if (isPaid(accepted)) earn(task, auditor, task.parameters.rewardPerVerdictWei);
  }
}

function earn(task: RebuiltTask, node: string, amountWei: bigint): void {
  add(task.claimable, node, amountWei);
  task.escrowWei -= amountWei;
}

/** As RoundMachine.quorumOf, which a reader of logs has to know. */
function quorumOf(seats: bigint, quorum: bigint, committeeSize: bigint): bigint {
  const share = (quorum * seats + committeeSize - 1n) / committeeSize;
  return share > quorum ? share : quorum;
}

function taskOf(tasks: Rebuilt["tasks"], taskId: bigint): RebuiltTask {
  const task = tasks.get(taskId);
  if (task === undefined) throw new Error(`no TaskCreated for ${taskId}`);
  return task;
}

function roundOf(task: RebuiltTask, round: bigint): RebuiltRound {
  const found = task.rounds[Number(round) - 1];
  if (found === undefined) throw new Error(`no RoundOpened for ${round}`);
  return found;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function change<Key>(entries: Map<Key, Entry>, key: Key, changes: Entry): void {
  entries.set(key, { ...entries.get(key), ...changes });
}
