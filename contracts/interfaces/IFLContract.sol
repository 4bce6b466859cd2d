// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProtocolLimits, TaskParameters, TaskView} from "../types/Task.sol";
import {BatchedCommitment, BatchProof, SignedCommitment} from "../types/Batch.sol";
import {DutyView, FailureReason, Phase, RoundView, UpdateReveal, VerdictReveal} from "../types/Round.sol";

/// @title  IFLContract
/// @notice Tasks with their escrow, and the rounds that turn accepted updates into model versions and rewards.
/// @dev    Longer than other files, because one contract's whole surface stands together.
///         Assumes: token and registries are Cairn's own; this contract may slash, lock stake and record usage.
///         Does not support: several rounds of a task at once; paying out to anyone but the earner; disputes by itself, whose
///         doors are those of {IDisputedRounds}; auditors that choose their tasks: whoever stakes as one can be seated in any, whose
///         terms the deployment's limits keep safe for it; a quorum of different nodes: seats follow stake, so a node
///         with most of it can be drawn for a quorum, as it could be under many names; trainers that are contracts
///         signing for a relay: they send their own commitments.
///         A function for a phase reverts with RoundMachineWrongPhase outside it and, unless it is {advance}, with
///         RoundMachineDeadlinePassed at or after its deadline. Whoever acts last opens the next phase at once.
interface IFLContract {
    /// @notice A task was created and its escrow paid.
    event TaskCreated(
        uint256 indexed taskId, address indexed owner, uint256 indexed modelId, TaskParameters parameters, uint256 escrowWei
    );

    /// @notice A task was closed. Unless a round is going on, what it can no longer owe was returned to its owner.
    event TaskClosed(uint256 indexed taskId, uint256 refundWei);

    /// @notice A trainer enrolled; it may commit from the next round on.
    event TrainerJoined(uint256 indexed taskId, address indexed trainer, uint16 slot);

    /// @notice A trainer left, or was evicted for want of stake or for idleness.
    event TrainerLeft(uint256 indexed taskId, address indexed trainer, uint16 slot);

    /// @notice A round opened in phase `Commit`.
    event RoundOpened(
        uint256 indexed taskId, uint32 indexed round, uint64 baseVersion, bytes32 seed, uint16 expected, uint40 deadline
    );

    /// @notice A round entered `phase`, which is over at `deadline` (0 when nothing follows).
    event PhaseAdvanced(uint256 indexed taskId, uint32 indexed round, Phase phase, uint40 deadline);

    /// @notice A trainer bound itself to an update. `index` is its bit in the bitmaps.
    event UpdateCommitted(
        uint256 indexed taskId, uint32 indexed round, address indexed trainer, uint8 index, bytes32 commitment
    );

    /// @notice A trainer opened its commitment, with this salt: so that anybody can repeat what it opened to a dispute game.
    event UpdateRevealed(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed trainer,
        uint8 index,
        bytes32 updateDigest,
        uint32 byteLength,
        bytes32 traceRoot,
        uint32 sampleCount,
        bytes32 salt
    );

    /// @notice The draw's seed is fixed to a block to come, and its stakes to the end of an epoch gone by.
    event SeedTargeted(
        uint256 indexed taskId, uint32 indexed round, uint8 attempt, uint64 targetBlock, uint64 snapshotEpoch
    );

    /// @notice A committee was drawn. `members` are in order of their seats: a node stands there once for each of its own.
    event CommitteeDrawn(
        uint256 indexed taskId, uint32 indexed round, uint8 attempt, bytes32 seed, address[] members
    );

    /// @notice An auditor bound itself to a verdict.
    event VerdictCommitted(uint256 indexed taskId, uint32 indexed round, address indexed auditor, bytes32 commitment);

    /// @notice An auditor opened its verdict.
    event VerdictRevealed(
        uint256 indexed taskId, uint32 indexed round, address indexed auditor, uint256 acceptedBitmap, bytes32 evidence
    );

    /// @notice An auditor marked updates that nearly repeat earlier ones.
    event DuplicatesMarked(
        uint256 indexed taskId, uint32 indexed round, address indexed auditor, uint256 duplicateBitmap
    );

    /// @notice A quorum marked updates as duplicates. None of them is accepted.
    event DuplicatesFound(uint256 indexed taskId, uint32 indexed round, uint256 duplicateBitmap);

    /// @notice The verdicts were counted. A set bit is an accepted update.
    event VerdictsTallied(uint256 indexed taskId, uint32 indexed round, uint256 acceptedBitmap);

    /// @notice A digest of the new weights was proposed.
    event AggregateProposed(
        uint256 indexed taskId, uint32 indexed round, address indexed proposer, bytes32 digest, uint32 byteLength
    );

    /// @notice A committee member attested a proposed digest.
    event AggregateAttested(
        uint256 indexed taskId, uint32 indexed round, address indexed auditor, bytes32 digest, uint32 byteLength
    );

    /// @notice A quorum attested one digest.
    event AggregateAgreed(
        uint256 indexed taskId, uint32 indexed round, bytes32 digest, uint32 byteLength, address proposer
    );

    /// @notice A round is over: its version is published and its rewards are claimable.
    /// @dev    The version's provenanceDigest is keccak256(abi.encode(block.chainid, this, taskId, round, seed,
    ///         acceptedBitmap, committeeSeed)). `version` is 0 when the owner had revoked this contract as publisher.
    event RoundFinalized(uint256 indexed taskId, uint32 indexed round, uint64 version, uint256 acceptedBitmap);

    /// @notice A round is over without a version. Its budget stays in escrow.
    event RoundFailed(uint256 indexed taskId, uint32 indexed round, FailureReason reason);

    /// @notice A trainer was slashed for a commitment that it never opened.
    /// @dev    `reporter` is zero when the trainer's own next commitment brought it up.
    event MissedRevealReported(
        uint256 indexed taskId, uint32 indexed round, address indexed trainer, address reporter, uint256 takenWei
    );

    /// @notice Seats of a committee stayed silent: what that costs them was burned of the task's escrow as well.
    event SilenceBurned(uint256 indexed taskId, uint32 indexed round, uint8 attempt, uint8 seats, uint256 burnedWei);

    /// @notice An auditor was slashed for holding a seat and revealing no verdict, or for keeping an attestation that was
    ///         needed back or giving it to something else.
    event SilentAuditorReported(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed auditor,
        uint8 attempt,
        address reporter,
        uint256 takenWei
    );

    /// @notice An auditor was slashed for accepting an update that `trainer` had planted wrong.
    event MissedPlantReported(
        uint256 indexed taskId, uint32 indexed round, address indexed auditor, address trainer, uint256 takenWei
    );

    /// @notice A relay bound itself to commitments of trainers. `root` is over them, each with its trainer's slot.
    event BatchCommitted(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed relay,
        uint32 batch,
        bytes32 root,
        BatchedCommitment[] commitments
    );

    /// @notice `trainer` made entry `index` of a batch its commitment, and opens it: {UpdateRevealed} follows.
    event BatchedUpdateOpened(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed trainer,
        uint32 batch,
        uint8 index,
        bytes32 commitment
    );

    /// @notice Entry `index` of a batch was not opened, and `trainer` had signed it.
    /// @dev    `takenWei` is 0 where the trainer had opened it another way, or paid for it before.
    event UnopenedReported(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed trainer,
        uint32 batch,
        uint8 index,
        address reporter,
        uint256 takenWei
    );

    /// @notice A relay's bond is free again, less `takenWei` of the `owedWei` that nobody else answered for.
    event BatchSettled(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed relay,
        uint32 batch,
        uint256 owedWei,
        uint256 takenWei
    );

    /// @notice A node was paid what it had earned in a task.
    event RewardClaimed(uint256 indexed taskId, address indexed node, uint256 amountWei);

    /// @notice No such task.
    error FLContractUnknownTask(uint256 taskId);

    /// @notice The task is closed.
    error FLContractTaskClosed(uint256 taskId);

    /// @notice `account` does not own the task.
    error FLContractNotTaskOwner(uint256 taskId, address account);

    /// @notice `account` does not own the model.
    error FLContractNotModelOwner(uint256 modelId, address account);

    /// @notice The model's owner has not made this contract a publisher.
    error FLContractNotPublisher(uint256 modelId);

    /// @notice A round is still going on.
    error FLContractRoundActive(uint256 taskId, uint32 round);

    /// @notice All the rounds that were paid for have been opened.
    error FLContractRoundsUsedUp(uint256 taskId, uint32 rounds);

    /// @notice `actual` trainers are enrolled; a round needs `needed`.
    error FLContractTooFewTrainers(uint256 taskId, uint16 actual, uint16 needed);

    /// @notice Every place in the task is taken.
    error FLContractTaskFull(uint256 taskId, uint16 maxTrainers);

    /// @notice `node` has not announced that it trains.
    error FLContractNotATrainer(address node);

    /// @notice `node` has `stakeWei` active stake, or so much that backs no other task, and needs `neededWei`.
    error FLContractStakeTooLow(address node, uint256 stakeWei, uint256 neededWei);

    /// @notice `trainer` is enrolled already.
    error FLContractAlreadyEnrolled(uint256 taskId, address trainer);

    /// @notice The token delivered `actualWei` of the escrow's `neededWei`: it takes a fee, or lies.
    error FLContractEscrowNotReceived(uint256 taskId, uint256 actualWei, uint256 neededWei);

    /// @notice `trainer` is not enrolled, or enrolled after the round opened.
    error FLContractNotEnrolled(uint256 taskId, address trainer);

    /// @notice The round that is going on waits for `trainer`'s commitment, which it may leave after `Commit`, or has it, and
    ///         then it cannot leave before the round's end.
    error FLContractUpdatePending(uint256 taskId, address trainer);

    /// @notice `trainer` has nine tenths of the stake that its tasks hold, and is not idle.
    error FLContractNotEvictable(uint256 taskId, address trainer);

    /// @notice `trainer` was evicted for idleness, or left with nothing accepted after a round had counted on it. It may join
    ///         again once round `rejoinRound` has opened.
    error FLContractEvicted(uint256 taskId, address trainer, uint32 rejoinRound);

    /// @notice `trainer` has the reputation `actualNano`; the task asks for `neededNano`.
    error FLContractReputationTooLow(uint256 taskId, address trainer, uint32 actualNano, uint32 neededNano);

    /// @notice The commitment is zero.
    error FLContractEmptyCommitment();

    /// @notice `account` has committed already.
    error FLContractAlreadyCommitted(uint256 taskId, uint32 round, address account);

    /// @notice `account` has no commitment left to open.
    error FLContractNothingToReveal(uint256 taskId, uint32 round, address account);

    /// @notice What is revealed is not what `account` committed to.
    error FLContractCommitmentMismatch(uint256 taskId, uint32 round, address account);

    /// @notice The update's size is zero, or above what the task allows.
    error FLContractUpdateSize(uint32 actualBytes, uint32 maxBytes);

    /// @notice The update saw no records.
    error FLContractNoSamples(address trainer);

    /// @notice `account` holds no seat in the committee.
    error FLContractNotSeated(uint256 taskId, uint32 round, address account);

    /// @notice `auditor` has attested already.
    error FLContractAlreadyAttested(uint256 taskId, uint32 round, address auditor);

    /// @notice The digest was proposed already.
    error FLContractAlreadyProposed(uint256 taskId, uint32 round, bytes32 digest);

    /// @notice A dispute proved the digest false after a committee of the round had agreed on it.
    error FLContractRefutedAggregate(uint256 taskId, uint32 round, bytes32 digest);

    /// @notice Nobody proposed the digest with this length.
    error FLContractNotProposed(uint256 taskId, uint32 round, bytes32 digest, uint32 byteLength);

    /// @notice The aggregate has no bytes.
    error FLContractEmptyAggregate();

    /// @notice `trainer` owes no reveal for the round, or it was reported before.
    error FLContractNoMissedReveal(uint256 taskId, uint32 round, address trainer);

    /// @notice `auditor` was not silent in that committee, or it was reported before.
    error FLContractNotSilent(uint256 taskId, uint32 round, uint8 attempt, address auditor);

    /// @notice `trainer` did not reveal this in the round of the last committee, or its trace root is not a planted one.
    error FLContractNoPlant(uint256 taskId, uint32 round, address trainer);

    /// @notice `auditor` did not accept the planted error, or was reported for one in this round.
    error FLContractPlantNotMissed(uint256 taskId, uint32 round, address auditor);

    /// @notice All outcomes of `node` in the task are in its reputation.
    error FLContractNothingToCredit(uint256 taskId, address node);

    /// @notice The fault could be reported before `deadline`.
    error FLContractReportTooLate(uint256 taskId, uint32 round, uint256 deadline);

    /// @notice `node` has nothing to claim.
    error FLContractNothingToClaim(uint256 taskId, address node);

    /// @notice The batch is for round `round`; the one going on is `current`.
    error FLContractNotThisRound(uint256 taskId, uint32 round, uint32 current);

    /// @notice Batches were taken until `deadline`: what is left of `Commit` is for whom they left out.
    error FLContractBatchTooLate(uint256 taskId, uint32 round, uint40 deadline);

    /// @notice The batch has `count` entries; 1 to `max` are allowed.
    error FLContractBatchSize(uint256 count, uint256 max);

    /// @notice The task asks nothing for a missed reveal, so that junk would cost nothing: it takes no batches.
    error FLContractBatchUnbonded(uint256 taskId);

    /// @notice The batch holds no such entry at `index`.
    error FLContractNotInBatch(uint256 taskId, uint32 round, uint32 batch, uint8 index);

    /// @notice The entry was opened or answered for already.
    error FLContractEntryClosed(uint256 taskId, uint32 round, uint32 batch, uint8 index);

    /// @notice `Reveal` is not over yet; or only the relay may settle already.
    error FLContractBatchNotDue(uint256 taskId, uint32 round, uint32 batch);

    /// @notice The batch was settled.
    error FLContractBatchSettled(uint256 taskId, uint32 round, uint32 batch);

    /// @notice No such batch.
    error FLContractUnknownBatch(uint256 taskId, uint32 round, uint32 batch);

    /// @notice `trainer` opened something in the round and has committed or joined since: nobody can tell any more what it
    ///         was, so its word frees no relay.
    error FLContractOpeningForgotten(uint256 taskId, uint32 round, address trainer);

    /// @notice `trainer` did not sign this commitment for this round.
    error FLContractBadSignature(address trainer);

    /// @notice Creates a task, owned by the caller, and pulls its escrow, {budgetOf}. Emits {TaskCreated}.
    /// @dev    The caller owns the model, has made this contract its publisher and has access to the dataset.
    ///         Reverts with TaskRulesOutOfRange, {FLContractNotModelOwner}, {FLContractNotPublisher},
    ///         {FLContractEscrowNotReceived} or DataRegistryNoAccess.
    /// @return taskId Counts from 1.
    function createTask(TaskParameters calldata parameters) external returns (uint256 taskId);

    /// @notice As {createTask}, after trying an ERC-2612 permit for the escrow. Emits {TaskCreated}.
    /// @dev    A permit that fails (somebody sent it first) is passed over: the allowance decides.
    function createTaskWithPermit(TaskParameters calldata parameters, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 taskId);

    /// @notice Closes a task for good and returns its escrow to its owner. Emits {TaskClosed}.
    /// @dev    Owner only. While a round is going on it returns nothing yet: that round ends as it would have, no other
    ///         opens, and a second call then returns what is left. What was earned stays claimable.
    ///         Reverts with {FLContractNotTaskOwner} or {FLContractTaskClosed}.
    function closeTask(uint256 taskId) external returns (uint256 refundWei);

    /// @notice Takes the lowest free place in a task; counts from the next round on. Emits {TrainerJoined}.
    /// @dev    Locks the task's `minStakeWei` of the caller's stake until it leaves: no two tasks share a stake. A reveal
    ///         still owed from an earlier place is slashed.
    ///         Reverts with {FLContractTaskClosed}, {FLContractAlreadyEnrolled}, {FLContractTaskFull},
    ///         {FLContractEvicted}, {FLContractNotATrainer}, {FLContractStakeTooLow} or {FLContractReputationTooLow}.
    function join(uint256 taskId) external returns (uint16 slot);

    /// @notice Gives the caller's place up; what it earned stays claimable. Emits {TrainerLeft}.
    /// @dev    Not in `Commit` nor, where relays sent batches, in `Reveal`, by who may commit in the round.
    ///         Who had a place when a round opened, and no update accepted as long as it had it, has to wait for some rounds
    ///         before it may join again. Reverts with {FLContractNotEnrolled} or {FLContractUpdatePending}.
    function leave(uint256 taskId) external;

    /// @notice Takes the place of a trainer that has less than nine tenths of the stake that its tasks hold, or is idle. Emits
    ///         {TrainerLeft}.
    /// @dev    Anyone. Who is idle has to wait for some rounds before it may join again.
    ///         Reverts with {FLContractNotEnrolled}, {FLContractNotEvictable} or, once it has committed in the round that is
    ///         going on, or is only idle and a relay may have committed for it, {FLContractUpdatePending}.
    function evict(uint256 taskId, address trainer) external;

    /// @notice Opens the next round. Emits {RoundOpened}.
    /// @dev    Anyone. Reverts with {FLContractTaskClosed}, {FLContractRoundActive}, {FLContractRoundsUsedUp},
    ///         {FLContractTooFewTrainers} or {FLContractNotPublisher}.
    function openRound(uint256 taskId) external returns (uint32 round);

    /// @notice Binds the caller to an update. Emits {UpdateCommitted}.
    /// @dev    Phase `Commit`. If the caller still owes a reveal from an earlier round, that is slashed now.
    ///         Reverts with {FLContractEmptyCommitment}, {FLContractNotEnrolled}, {FLContractAlreadyCommitted} or
    ///         {FLContractStakeTooLow}.
    /// @param  commitment See Commitments.hashUpdate.
    function commitUpdate(uint256 taskId, bytes32 commitment) external;

    /// @notice Opens the caller's commitment. Emits {UpdateRevealed}.
    /// @dev    Phase `Reveal`. Reverts with {FLContractNothingToReveal}, {FLContractCommitmentMismatch},
    ///         {FLContractUpdateSize} or {FLContractNoSamples}.
    function revealUpdate(uint256 taskId, UpdateReveal calldata opened) external;

    /// @notice Sends commitments for other trainers, any number of them enrolled in the round. Emits {BatchCommitted}.
    /// @dev    Phase `Commit`, but for its last quarter. Anyone with stake that nothing else holds: the task's
    ///         `missedRevealSlashWei` of it is locked for every entry until {settleBatch}. Never ends the phase early.
    ///         Assumes: the relay has a signature for every entry, by a trainer that can't be evicted, and one entry for
    ///         each; it pays for those that are neither opened nor signed, and for what their signers lack. A trainer opens
    ///         the entry of the relay that it signed for: a copy of a batch costs the copier a bond for as long, and the
    ///         first relay a report of each entry opened from the copy.
    ///         Reverts with {FLContractNotThisRound}, {FLContractBatchTooLate}, {FLContractBatchSize},
    ///         {FLContractBatchUnbonded}, {FLContractEmptyCommitment}, {FLContractNotEnrolled} or NodeRegistryStakeLocked.
    /// @return batch Counts from 1 in every round.
    function commitBatch(uint256 taskId, uint32 round, BatchedCommitment[] calldata entries)
        external
        returns (uint32 batch);

    /// @notice Opens the caller's commitment, which a relay sent. Emits {BatchedUpdateOpened} and {UpdateRevealed}.
    /// @dev    Phase `Reveal`, once a round and not by who has sent its own. If the caller still owes a reveal from an
    ///         earlier round, that is slashed now. Reverts with {FLContractNotEnrolled}, {FLContractAlreadyCommitted},
    ///         {FLContractNotInBatch}, {FLContractEntryClosed}, {FLContractUpdateSize}, {FLContractNoSamples} or, where
    ///         slashes took too much of the caller's stake, {FLContractStakeTooLow}.
    function revealBatched(uint256 taskId, UpdateReveal calldata opened, BatchProof calldata proof) external;

    /// @notice Has the signer of an entry that was not opened answer for it in place of the relay. Emits
    ///         {UnopenedReported}.
    /// @dev    Anyone, from the end of `Reveal` for `reportSeconds`, once for an entry. It costs as a missed reveal does
    ///         and half goes to the caller; it costs nothing where the trainer opened or sent this commitment itself, or
    ///         paid for it before. Report before the round ends: what who opened another opened is forgotten once it
    ///         commits again. Reverts with {FLContractBatchNotDue}, {FLContractReportTooLate}, {FLContractBatchSettled},
    ///         {FLContractBadSignature}, {FLContractNotInBatch}, {FLContractEntryClosed} or {FLContractOpeningForgotten}.
    function reportUnopened(
        uint256 taskId,
        uint32 round,
        BatchProof calldata proof,
        SignedCommitment calldata signed
    ) external returns (uint256 takenWei);

    /// @notice Frees a relay's bond, less the price of every entry that nobody answered for. Emits {BatchSettled}.
    /// @dev    The relay from the end of `Reveal`, anyone `reportSeconds` later; half of the price goes to that one.
    ///         Reverts with {FLContractUnknownBatch}, {FLContractBatchSettled} or {FLContractBatchNotDue}.
    function settleBatch(uint256 taskId, uint32 round, uint32 batch) external returns (uint256 takenWei);

    /// @notice Proves the seed and draws the committee. Emits {CommitteeDrawn}.
    /// @dev    Anyone, in phase `Draw`. Reverts with CommitteeSeedNotReady, CommitteeSeedOutOfReach,
    ///         CommitteeSeedHeaderMismatch or, when stakes moved on an epoch, NodeRegistrySnapshotUnreadable.
    /// @param  header RLP of the header of the block `seedTargetBlock`.
    function drawCommittee(uint256 taskId, bytes calldata header) external;

    /// @notice Moves the seed to a later block and the stakes to a later epoch. Emits {SeedTargeted}.
    /// @dev    Anyone, in phase `Draw`, when the block is out of reach or the epochs unreadable; else reverts with
    ///         CommitteeSeedStillProvable. The new block lies a whole number of seed delays after the old one, and at
    ///         least one delay ahead. The phase's deadline stays.
    function retargetSeed(uint256 taskId) external;

    /// @notice Binds the caller to a verdict. Emits {VerdictCommitted}.
    /// @dev    Phase `AuditCommit`. It counts for all seats of the caller. Reverts with {FLContractEmptyCommitment},
    ///         {FLContractNotSeated} or {FLContractAlreadyCommitted}.
    /// @param  commitment See Commitments.hashVerdict.
    function commitVerdict(uint256 taskId, bytes32 commitment) external;

    /// @notice Opens the caller's verdict. Emits {VerdictRevealed}, and {VerdictsTallied} when it is the last.
    /// @dev    Phase `AuditReveal`. Reverts with {FLContractNotSeated}, {FLContractNothingToReveal} or
    ///         {FLContractCommitmentMismatch}. Bits of updates that were not revealed count for nothing. Who can't use what it
    ///         is to judge refuses everything: that is no silence, and is paid where a quorum does the same.
    /// @param  acceptedBitmap Bit i is set when the update with index i is accepted.
    /// @param  evidence       Hash over trace leaves bound to the auditor; checked off chain.
    function revealVerdict(uint256 taskId, uint256 acceptedBitmap, bytes32 evidence, bytes32 salt) external;

    /// @notice As {revealVerdict}, for a verdict that marks duplicates. Emits {VerdictRevealed} and {DuplicatesMarked}.
    /// @dev    An update that a quorum marks is not accepted: it is neither aggregated nor paid.
    ///         Its commitment is Commitments.hashMarking when it marks any.
    function revealVerdictMarking(uint256 taskId, VerdictReveal calldata opened) external;

    /// @notice Proposes the new weights; a committee member attests them by it. Emits {AggregateProposed}.
    /// @dev    Phase `Aggregate`; the caller's active stake, at least the task's minimum, is its bond, or its seat is, unless the
    ///         committee begins anew. A
    ///         member's proposal of what was proposed before only attests.
    ///         Reverts with {FLContractEmptyAggregate}, {FLContractStakeTooLow}, {FLContractAlreadyAttested},
    ///         {FLContractAlreadyProposed} or {FLContractRefutedAggregate}.
    function proposeAggregate(uint256 taskId, bytes32 digest, uint32 byteLength) external;

    /// @notice Attests a proposed digest. Emits {AggregateAttested}, and {AggregateAgreed} when it makes a quorum.
    /// @dev    Phase `Aggregate`, committee members, once each. Digest and length are attested together, so that
    ///         nobody can spoil a digest with a wrong length.
    ///         Reverts with {FLContractNotSeated}, {FLContractAlreadyAttested} or {FLContractNotProposed}.
    function attestAggregate(uint256 taskId, bytes32 digest, uint32 byteLength) external;

    /// @notice Moves a round whose deadline passed. Emits {PhaseAdvanced}, {RoundFinalized} or {RoundFailed}.
    /// @dev    Anyone. A first committee without a quorum of verdicts, for one answer, or of attestations is replaced by one
    ///         twice its size. What disputes have undone under the second goes back from `Challenge` to `Aggregate`. What silence costs its seats is burned of the escrow too: {SilenceBurned}.
    ///         Reverts with RoundMachineNotDue before the deadline, RoundMachineOver when nothing goes on.
    function advance(uint256 taskId) external;

    /// @notice Has a trainer slashed that committed and did not reveal. Emits {MissedRevealReported}.
    /// @dev    Anyone, once, after the round's `Reveal`, until the trainer commits again. Half goes to the caller.
    function reportMissedReveal(uint256 taskId, uint32 round, address trainer) external returns (uint256 takenWei);

    /// @notice Has an auditor slashed that sat and did not reveal; or that, where the committee came to no agreement, kept its
    ///         attestation back or attested something else than more than half of the seats. Emits
    ///         {SilentAuditorReported}.
    /// @dev    Anyone, once, after the committee's last phase and for `reportSeconds` after the time it had. It costs
    ///         0.5 % of the deployment's `seatStakeWei` for each seat, or of what the auditor has where that is less, and all of
    ///         it is burned. Who committed a verdict that could not be opened, because the committee had no quorum, was
    ///         not silent, nor who refused everything. Reverts with {FLContractNotSilent} or {FLContractReportTooLate}.
    function reportSilentAuditor(uint256 taskId, uint32 round, uint8 attempt, address auditor)
        external
        returns (uint256 takenWei);

    /// @notice Has an auditor slashed that accepted an update which `trainer` had planted wrong. Emits
    ///         {MissedPlantReported}.
    /// @dev    Anyone, once for an auditor and round, from its verdict until the next committee is drawn, in whichever round,
    ///         or the trainer commits again. It costs 5 % of the deployment's `seatStakeWei` for each seat; half goes to the trainer. Only in `Replayable`
    ///         tasks. Reverts with {FLContractNoPlant} or {FLContractPlantNotMissed}.
    /// @param  opened    What the trainer revealed.
    /// @param  plantSalt Opens the planted trace root: keccak256(abi.encode(keccak256("cairn.plant.v1"), block.chainid,
    ///                   this, taskId, round, trainer, plantSalt)). No training has a trace with that root.
    function reportMissedPlant(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        bytes32 plantSalt,
        address auditor
    ) external returns (uint256 takenWei);

    /// @notice Tells the registry of a node's outcomes in a task, paid or not, for its reputation.
    /// @dev    Anyone; NodeRegistry emits ReputationCredited. A fault that halves the reputation does this first. Reverts with {FLContractNothingToCredit}.
    function creditReputation(uint256 taskId, address node) external returns (uint32 outcomes);

    /// @notice Pays the caller all it has earned in a task, whatever the number of rounds. Emits {RewardClaimed}.
    /// @dev    Reverts with {FLContractNothingToClaim}.
    function claim(uint256 taskId) external returns (uint256 amountWei);

    /// @return amountWei What {claim} would pay `node`. Unit: wei.
    function claimable(uint256 taskId, address node) external view returns (uint256 amountWei);

    /// @return escrowWei rounds x (maxTrainers x rewardPerUpdateWei + 3 x committeeSize x rewardPerVerdictWei): all seats of
    ///         both committees.
    function budgetOf(TaskParameters calldata parameters) external pure returns (uint256 escrowWei);

    /// @return How many tasks exist; ids count from 1 to it.
    function taskCount() external view returns (uint256);

    /// @return What this deployment allows tasks to ask for.
    function limits() external view returns (ProtocolLimits memory);

    /// @dev Reverts with {FLContractUnknownTask}.
    function taskOf(uint256 taskId) external view returns (TaskView memory);

    /// @return A round that was never opened is all zeros.
    function roundOf(uint256 taskId, uint32 round) external view returns (RoundView memory);

    /// @return `committed`, `updateIndex` and `revealed` are known for the last round that the node committed in from the
    ///         place it has now.
    function dutyOf(uint256 taskId, uint32 round, address node) external view returns (DutyView memory);

    /// @return members The committee in order of seats. Empty before the draw, and for any round but the last opened;
    ///         {CommitteeDrawn} tells those.
    function committeeOf(uint256 taskId, uint32 round) external view returns (address[] memory members);

    /// @return Whether {evict} may take the trainer's place for idleness: each of the last three rounds was final without an
    ///         update of its, lacked nothing but trainers' work, or had everything refused and nothing revealed by it.
    function isIdle(uint256 taskId, address trainer) external view returns (bool);

    /// @return enrolled Whether `trainer` is enrolled now.
    /// @return slot     Its place; 0 when it is not.
    function slotOf(uint256 taskId, address trainer) external view returns (bool enrolled, uint16 slot);
}
