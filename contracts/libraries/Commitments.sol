// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UpdateReveal} from "../types/Round.sol";

/// @title  Commitments
/// @notice The hashes that bind what is revealed to who, where and when. Mirrored in trainer/src/protocol/commitment.ts;
///         test/vectors/commitments.json pins the two together.
/// @dev    Every hash names chain, contract, task and round, so that none can be replayed elsewhere.
library Commitments {
    bytes32 internal constant UPDATE_DOMAIN = keccak256("cairn.update.v1");
    bytes32 internal constant VERDICT_DOMAIN = keccak256("cairn.verdict.v1");
    bytes32 internal constant MARKING_DOMAIN = keccak256("cairn.marking.v1");
    bytes32 internal constant PLANT_DOMAIN = keccak256("cairn.plant.v1");

    /// @notice What a trainer commits to.
    /// @dev    Concatenating two encodings of static types is the encoding of all of them.
    function hashUpdate(uint256 taskId, uint32 round, address trainer, UpdateReveal calldata opened)
        internal
        view
        returns (bytes32)
    {
        return hashUpdate(taskId, round, trainer, abi.encode(opened));
    }

    /// @param opened abi.encode of an UpdateReveal.
    function hashUpdate(uint256 taskId, uint32 round, address trainer, bytes memory opened)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            bytes.concat(abi.encode(UPDATE_DOMAIN, block.chainid, address(this), taskId, round, trainer), opened)
        );
    }

    /// @notice What an auditor commits to.
    function hashVerdict(
        uint256 taskId,
        uint32 round,
        uint8 attempt,
        address auditor,
        uint256 acceptedBitmap,
        bytes32 evidence,
        bytes32 salt
    ) internal view returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(VERDICT_DOMAIN, block.chainid, address(this), taskId, round),
                abi.encode(attempt, auditor, acceptedBitmap, evidence, salt)
            )
        );
    }

    /// @notice What an auditor commits to that marks duplicates.
    /// @param  verdict Of {hashVerdict}.
    function hashMarking(bytes32 verdict, uint256 duplicateBitmap) internal pure returns (bytes32) {
        return keccak256(abi.encode(MARKING_DOMAIN, verdict, duplicateBitmap));
    }

    /// @notice The trace root of a planted error. It is the root of no trace: whoever finds one has broken the hash.
    function hashPlant(uint256 taskId, uint32 round, address trainer, bytes32 salt) internal view returns (bytes32) {
        return keccak256(abi.encode(PLANT_DOMAIN, block.chainid, address(this), taskId, round, trainer, salt));
    }

    /// @notice What a trainer pays for once, however often it was sent: itself and the part of its commitment that its place
    ///         keeps.
    function keyOf(address trainer, bytes25 commitment) internal pure returns (bytes32) {
        return keccak256(abi.encode(trainer, commitment));
    }

    /// @notice What seeds a round's training.
    function hashRoundSeed(bytes32 entropy, uint256 taskId, uint32 round) internal view returns (bytes32) {
        return keccak256(abi.encode(entropy, block.chainid, address(this), taskId, round));
    }

    /// @notice What seeds the draw of a committee.
    function hashCommitteeSeed(bytes32 randao, uint256 taskId, uint32 round, uint8 attempt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(randao, block.chainid, address(this), taskId, round, attempt));
    }

    /// @notice What a version made by a round was made of.
    function hashProvenance(
        uint256 taskId,
        uint32 round,
        bytes32 seed,
        uint256 acceptedBitmap,
        bytes32 committeeSeed
    ) internal view returns (bytes32) {
        return keccak256(
            abi.encode(block.chainid, address(this), taskId, round, seed, acceptedBitmap, committeeSeed)
        );
    }
}
