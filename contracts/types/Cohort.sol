// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Groups of cohorts: tasks that train one model together. docs/cohorts.md is the specification. Holds no rules.

/// @notice What an epoch of a group waits for.
enum MergeStage {
    /// There is no such group.
    None,
    /// Entered by `createGroup`, and whenever an epoch ends. Cohorts whose round made a version enter; ends when all have,
    /// or at the deadline that the first of them sets.
    Gather,
    /// Entered with two cohorts or more. Those who held seats in their rounds attest the merged version; ends when a quorum
    /// of every cohort attests the same, or at the deadline.
    Attest
}

/// @notice A group now.
struct GroupView {
    /// The model that the merged versions are published to.
    uint256 modelId;
    /// The version of it that all cohorts begin with.
    uint64 firstVersion;
    /// Counts from 1.
    uint32 epoch;
    MergeStage stage;
    /// First second at which the stage is over; 0 while no cohort has entered. Unit: unix seconds.
    uint40 deadline;
    /// How long the first cohort to enter waits for the others. Unit: seconds.
    uint40 gatherSeconds;
    /// How long attestations are waited for. Unit: seconds.
    uint40 mergeSeconds;
    uint16 cohorts;
    /// Cohorts that an epoch waits for: those that have not retired.
    uint16 active;
    /// Cohorts that entered in this epoch.
    uint16 entered;
    /// Cohorts of which a quorum attests the leading merge.
    uint16 agreeing;
    /// The last epoch that was merged; 0 when none was.
    uint32 mergedEpoch;
    /// The version of the group's model that it made.
    uint64 mergedVersion;
    /// The merge that most cohorts agree on; zero while none does.
    bytes32 leadingDigest;
    /// Unit: bytes.
    uint32 leadingByteLength;
    /// Binds which versions entered, and in which order: h = keccak256(abi.encode(h, cohort, taskId, round, version)) from
    /// zero.
    bytes32 entriesDigest;
}

/// @notice A cohort now.
struct CohortView {
    uint256 taskId;
    /// The model that its rounds train: its branch of the group's.
    uint256 modelId;
    /// It has taken what the epochs up to this one ended with; 0 when none.
    uint32 baseEpoch;
    /// The version of its model that was, and that its next version has to be made from.
    uint64 baseVersion;
    /// The epoch it entered last; 0 when none. The next fields are of that entry.
    uint32 enteredEpoch;
    uint64 version;
    /// The task and round that made the version.
    uint64 entryTaskId;
    uint32 round;
    /// Seats of that round that decide for the cohort.
    uint16 quorum;
    /// Its task is over, and no epoch waits for it.
    bool retired;
}
