// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FileTail} from "./Dispute.sol";
import {UpdateReveal} from "./Round.sol";

/// What a dispute about an aggregate is about and what its moves carry; docs/disputes.md, section 11, is the specification.
/// Holds no rules.

/// @notice How a task's mean is computed, for everybody to compute from the plan.
struct AggregateTerms {
    /// Tree over one {Write} a parameter tensor, in the tensors' order.
    bytes32 programRoot;
    /// Tensors.
    uint32 slots;
    /// Levels of the tree over the tensors' roots.
    uint8 heightW;
}

/// @notice An accepted update, as its trainer opened it.
struct AcceptedUpdate {
    address trainer;
    UpdateReveal opened;
}

/// @notice What is claimed: that a file holds the mean of a round's accepted updates. Fixed when a game opens.
struct AggregateClaim {
    uint256 taskId;
    uint32 round;
    /// Of the round, in which the committee agreed: 0 under the first one, from 1 on under the second.
    uint8 aggregation;
    address proposer;
    /// SHA-256 of the root block of the file, and its length in bytes.
    bytes32 digest;
    uint32 byteLength;
    /// Tree over the {UpdateLeaf}s, in ascending order of the trainers' addresses.
    bytes32 updatesRoot;
    uint32 updates;
    /// Records of all updates together, rounded once: bits of a binary32 number.
    uint32 totalBits;
    uint256 modelId;
    /// The version that the round trained.
    uint64 baseVersion;
    /// Hash of the task's {AggregateTerms}.
    bytes32 terms;
}

/// @notice What the mean knows of one update. Hashed with abi.encode.
struct UpdateLeaf {
    bytes32 updateDigest;
    uint32 byteLength;
    uint32 sampleCount;
}

/// @notice What one instruction of a mean reads, and how it is proven. See AggregateReads for what each instruction needs.
struct AggregateReading {
    UpdateLeaf update;
    /// From it to the claim's `updatesRoot`.
    bytes32[] updatePath;
    /// Of the update's file.
    FileTail file;
    /// 32 words of a tensor.
    bytes data;
    /// From these to the root that the file ends in.
    bytes32[] path;
}
