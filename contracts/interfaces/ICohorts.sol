// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CohortView, GroupView, MergeStage} from "../types/Cohort.sol";

/// @title  ICohorts
/// @notice Tasks that train one model together, each with trainers and a committee of its own: after a round of each, their
///         versions are merged, and all go on from the merged one.
/// @dev    Assumes: registry and task contract are Cairn's own, and call nobody; more than half of the cohorts that enter an
///         epoch have committees of which no quorum lies, as every task assumes of its own; a group's owner gives its
///         cohorts plans that fit together, of which the chain sees digests alone.
///         Does not support: computing a merge, or judging it: who held seats in the merged rounds does, off chain; pay for
///         attesting, or a fine for not doing so: where too few do, an epoch is skipped, and its cohorts go on from their
///         own versions; cohorts in several groups; groups of groups.
///         Every function but {createGroup}, {addCohorts} and {attestMerge} is anyone's.
interface ICohorts {
    /// @notice A group was created, without cohorts yet, in epoch 1. All will begin with `firstVersion` of the model.
    event GroupCreated(
        uint256 indexed groupId,
        uint256 indexed modelId,
        address indexed owner,
        uint64 firstVersion,
        uint40 gatherSeconds,
        uint40 mergeSeconds
    );

    /// @notice A task became a cohort.
    event CohortAdded(uint256 indexed groupId, uint16 indexed cohort, uint256 indexed taskId, uint256 modelId);

    /// @notice A cohort's task is over: no epoch waits for it any more, unless it enters one again.
    event CohortRetired(uint256 indexed groupId, uint16 indexed cohort);

    /// @notice A cohort's version takes part in the epoch. It was made by a round in which `quorum` seats decide.
    event CohortEntered(
        uint256 indexed groupId,
        uint32 indexed epoch,
        uint16 indexed cohort,
        uint64 version,
        uint256 taskId,
        uint32 round,
        uint16 quorum
    );

    /// @notice A stage began, or its first cohort entered: it is over at `deadline`, or when all have acted.
    event StageAdvanced(uint256 indexed groupId, uint32 indexed epoch, MergeStage stage, uint40 deadline);

    /// @notice A member of a cohort's committee attested a merged version. `attestations` are the seats of the cohort that do.
    event MergeAttested(
        uint256 indexed groupId,
        uint32 indexed epoch,
        address indexed member,
        uint16 cohort,
        bytes32 digest,
        uint32 byteLength,
        uint16 attestations
    );

    /// @notice A quorum of `agreeing` cohorts attests this merge, which is more than for any other.
    event MergeLed(
        uint256 indexed groupId, uint32 indexed epoch, bytes32 digest, uint32 byteLength, uint16 agreeing
    );

    /// @notice An epoch ended with a merged version, published to the group's model as `version`.
    /// @dev    The version's provenanceDigest is keccak256(abi.encode(block.chainid, this, groupId, epoch, entriesDigest)),
    ///         and its `round` the epoch.
    event EpochMerged(
        uint256 indexed groupId, uint32 indexed epoch, uint64 version, bytes32 digest, uint32 byteLength
    );

    /// @notice An epoch ended without a merged version: every cohort goes on from its own.
    event EpochSkipped(uint256 indexed groupId, uint32 indexed epoch);

    /// @notice A cohort took what the epochs up to `epoch` ended with: `version` of its own model is what it trains next.
    event CohortAdopted(uint256 indexed groupId, uint16 indexed cohort, uint32 epoch, uint64 version);

    /// @notice No such group.
    error CohortsUnknownGroup(uint256 groupId);

    /// @notice The group has no such cohort.
    error CohortsUnknownCohort(uint256 groupId, uint16 cohort);

    /// @notice `account` does not own the group's model.
    error CohortsNotModelOwner(uint256 modelId, address account);

    /// @notice `account` does not own the task.
    error CohortsNotTaskOwner(uint256 taskId, address account);

    /// @notice The model has a group, or is a cohort's.
    error CohortsModelTaken(uint256 modelId);

    /// @notice The model's gate is not the one that its place in a group needs.
    error CohortsWrongGate(uint256 modelId, address merger, address publisher);

    /// @notice The cohort's model does not descend from the group's, has versions of its own already, or begins with other
    ///         weights than the group.
    error CohortsWrongBranch(uint256 groupId, uint256 modelId);

    /// @notice The group would have more than `maxCohorts` cohorts.
    error CohortsGroupFull(uint256 groupId, uint16 maxCohorts);

    /// @notice `actual` is out of the range of the parameter `name`.
    error CohortsOutOfRange(bytes32 name, uint256 actual, uint256 min, uint256 max);

    /// @notice The group is in stage `actual`; this needs `needed`.
    error CohortsWrongStage(uint256 groupId, MergeStage actual, MergeStage needed);

    /// @notice The stage was over at `deadline`. Somebody has to advance the group.
    error CohortsDeadlinePassed(uint256 groupId, uint40 deadline);

    /// @notice The stage lasts until `deadline`; 0 when it has not begun.
    error CohortsNotDue(uint256 groupId, uint40 deadline);

    /// @notice The cohort has entered in this epoch.
    error CohortsAlreadyEntered(uint256 groupId, uint32 epoch, uint16 cohort);

    /// @notice The cohort has no version that waits for a merge.
    error CohortsNothingToEnter(uint256 groupId, uint16 cohort);

    /// @notice The cohort's version was not made from what the last epoch ended with.
    error CohortsLate(uint256 groupId, uint16 cohort, uint64 version);

    /// @notice The cohort has retired, or its task goes on, or its last version takes part in the epoch or still may.
    error CohortsNotRetiring(uint256 groupId, uint16 cohort);

    /// @notice The cohort has not entered in this epoch.
    error CohortsNotEntered(uint256 groupId, uint32 epoch, uint16 cohort);

    /// @notice `account` held no seat in the committee that made the cohort's version.
    error CohortsNotSeated(uint256 groupId, uint16 cohort, address account);

    /// @notice `account` has attested for the cohort in this epoch.
    error CohortsAlreadyAttested(uint256 groupId, uint16 cohort, address account);

    /// @notice A merged version has bytes.
    error CohortsEmptyMerge();

    /// @notice The cohort has all that the epochs so far ended with.
    error CohortsNothingToAdopt(uint256 groupId, uint16 cohort);

    /// @notice Creates a group around a model, whose merged versions it will get. Emits {GroupCreated}.
    /// @dev    The model's owner only, who has given it a gate with this contract as the merger and no publisher.
    ///         Reverts with {CohortsNotModelOwner}, {CohortsWrongGate}, {CohortsModelTaken} or {CohortsOutOfRange}.
    /// @param  gatherSeconds How long the first cohort of an epoch waits for the others. From the deployment's shortest phase
    ///                       to {MAX_GATHER_PHASES} of its longest.
    /// @param  mergeSeconds  How long attestations are waited for. From the deployment's shortest phase of a committee to
    ///                       its longest phase.
    /// @return groupId Counts from 1.
    function createGroup(uint256 modelId, uint40 gatherSeconds, uint40 mergeSeconds) external returns (uint256 groupId);

    /// @notice Makes tasks cohorts of a group, in this order, now or later. Emits {CohortAdded}.
    /// @dev    The owner of both the group's model and the tasks. Each task trains a model of its own, whose parent is the
    ///         group's and which has a gate with this contract as the merger and the task contract as the publisher; its
    ///         only version has the weights that the group began with. Added later, it has to adopt what was merged first.
    ///         Reverts with {CohortsUnknownGroup}, {CohortsNotModelOwner}, {CohortsNotTaskOwner}, {CohortsModelTaken},
    ///         {CohortsWrongGate}, {CohortsWrongBranch} or {CohortsGroupFull}.
    function addCohorts(uint256 groupId, uint256[] calldata taskIds) external;

    /// @notice Has the version that a cohort's round made take part in the epoch. Emits {CohortEntered} and {StageAdvanced}.
    /// @dev    Stage `Gather`. The first to enter sets the deadline, the last ends the stage. A version made from anything but
    ///         what the last epoch ended with is late: {CohortsLate}; {adopt} is what goes on from there.
    ///         Reverts with {CohortsUnknownCohort}, {CohortsWrongStage}, {CohortsDeadlinePassed}, {CohortsAlreadyEntered}
    ///         or {CohortsNothingToEnter} too.
    function enterCohort(uint256 groupId, uint16 cohort) external;

    /// @notice Has epochs wait no more for a cohort whose task is closed or has used up its rounds. Emits {CohortRetired}, and
    ///         {StageAdvanced} or {EpochMerged} when all others have entered.
    /// @dev    Reverts with {CohortsUnknownCohort} or {CohortsNotRetiring}.
    function retireCohort(uint256 groupId, uint16 cohort) external;

    /// @notice Attests the merged version for a cohort. Emits {MergeAttested}, {MergeLed} when that makes a cohort's quorum, and
    ///         {EpochMerged} when all cohorts of the epoch agree by it.
    /// @dev    Stage `Attest`. Who held seats in the round that made the cohort's version, in the committee that decided, once
    ///         for each such cohort. The first attestation is the proposal; junk reaches no quorum.
    ///         Reverts with {CohortsUnknownCohort}, {CohortsWrongStage}, {CohortsDeadlinePassed}, {CohortsNotEntered},
    ///         {CohortsNotSeated}, {CohortsAlreadyAttested} or {CohortsEmptyMerge}.
    function attestMerge(uint256 groupId, uint16 cohort, bytes32 digest, uint32 byteLength) external;

    /// @notice Moves a group whose stage is past its deadline. Emits {StageAdvanced}, {EpochMerged} or {EpochSkipped}.
    /// @dev    The only cohort of an epoch has its version taken as it is. After `Attest`, what more than half of the epoch's
    ///         cohorts agree on is taken; where there is no such merge the epoch is skipped.
    ///         Reverts with {CohortsUnknownGroup} or {CohortsNotDue}.
    function advanceGroup(uint256 groupId) external;

    /// @notice Gives a cohort what the epochs since its last ended with, so that its next round can open. Emits
    ///         {CohortAdopted}.
    /// @dev    The last merged version where there is a newer one than it has; else its own version stays. A version that came
    ///         too late stays in the registry, and is not trained from.
    ///         Reverts with {CohortsUnknownCohort} or {CohortsNothingToAdopt}.
    function adoptMerge(uint256 groupId, uint16 cohort) external;

    /// @return How many groups exist; ids count from 1 to it.
    function groupCount() external view returns (uint256);

    /// @dev Reverts with {CohortsUnknownGroup}.
    function groupOf(uint256 groupId) external view returns (GroupView memory);

    /// @dev Reverts with {CohortsUnknownCohort}.
    function cohortOf(uint256 groupId, uint16 cohort) external view returns (CohortView memory);

    /// @return groupId The group of the model, be it the group's own or a cohort's; 0 when it is in none.
    /// @return cohort  Which cohort's it is; of the group's own model the number that the next cohort gets.
    function membershipOf(uint256 modelId) external view returns (uint256 groupId, uint16 cohort);

    /// @return Whether `member` has attested for the cohort in the group's epoch.
    function hasAttested(uint256 groupId, uint16 cohort, address member) external view returns (bool);
}
