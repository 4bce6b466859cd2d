// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MergeStage} from "./Cohort.sol";

/// How Cohorts stores groups and their cohorts. Holds no rules.

/// @dev Four slots, as {GroupView} says; what every epoch writes is in the second to fourth.
struct Group {
    uint64 modelId;
    uint64 firstVersion;
    uint40 gatherSeconds;
    uint40 mergeSeconds;
    uint16 cohorts;
    uint16 active;
    uint32 epoch;
    MergeStage stage;
    uint40 deadline;
    uint16 entered;
    /// The cohort that entered last: the only one where `entered` is 1.
    uint16 lastEntered;
    uint16 agreeing;
    uint32 mergedEpoch;
    uint64 mergedVersion;
    uint32 leadingByteLength;
    bytes32 leadingDigest;
    bytes32 entriesDigest;
}

/// @dev Two slots, as {CohortView} says: where it stands, and its last entry.
struct Cohort {
    uint64 taskId;
    uint64 modelId;
    uint64 baseVersion;
    uint32 baseEpoch;
    uint32 enteredEpoch;
    uint64 version;
    uint64 entryTaskId;
    uint32 round;
    uint16 quorum;
    bool retired;
}

/// @dev A model's place: the group's own where it is no cohort's branch.
struct Membership {
    /// 0 when it is in no group.
    uint64 groupId;
    uint16 cohort;
    bool isBranch;
}
