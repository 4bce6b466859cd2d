// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Commitments that a relay sends for many trainers at once: what it sends, what proves one of them, and how FLContract
/// stores them. Holds no rules; those are in libraries/Batches.sol.

/// @notice One entry of a batch.
struct BatchedCommitment {
    address trainer;
    /// See Commitments.hashUpdate.
    bytes32 commitment;
}

/// @notice Where an entry is in its round.
struct BatchProof {
    /// Counts from 1 in every round.
    uint32 batch;
    uint8 index;
    /// Siblings from the entry to the root.
    bytes32[] path;
}

/// @notice An entry and its trainer's word for it.
struct SignedCommitment {
    address trainer;
    /// The trainer's place when the batch was sent.
    uint8 slot;
    bytes32 commitment;
    /// With `vs`, an ERC-2098 signature over the EIP-712 hash of
    /// `CommitUpdate(uint256 taskId,uint32 round,bytes32 commitment)` in the domain `Cairn FLContract`, version `1`.
    bytes32 r;
    bytes32 vs;
}

/// @dev A batch in storage.
struct Batch {
    bytes32 root;
    /// Bit i: entry i was neither opened nor answered for.
    uint256 openBitmap;
    address relay;
    uint16 count;
    bool settled;
    /// What trainers could not pay of what they answer for. Unit: wei.
    uint256 shortfallWei;
}

/// @dev All batches of a round.
struct RoundBatches {
    uint32 count;
    /// 0 before. Unit: unix seconds.
    uint40 revealEndedAt;
    mapping(uint32 batch => Batch) batches;
    /// What has been slashed for already: Commitments.keyOf. So one silence costs a trainer once, whoever relayed it and
    /// however often.
    mapping(bytes32 key => bool) charged;
}
