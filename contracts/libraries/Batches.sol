// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Batch, BatchedCommitment, BatchProof, RoundBatches, SignedCommitment} from "../types/Batch.sol";
import {UpdateReveal} from "../types/Round.sol";
import {Enrolment, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Commitments} from "./Commitments.sol";
import {Earnings} from "./Earnings.sol";
import {Faults} from "./Faults.sol";
import {Updates} from "./Updates.sol";

/// @title  Batches
/// @notice Commitments that a relay sends for many trainers at once, and who pays for one that is never opened. Linked
///         into FLContract, to keep that within the size limit.
/// @dev    A batch binds nobody but its relay, which locks what all its entries can cost. A trainer makes an entry its own
///         by opening it, or by having signed it; every other entry costs the relay what it would have cost the trainer.
///         So whoever relays for itself saves nothing, and junk is paid for by whoever sends it.
library Batches {
    using Arrays for bytes32[];
    using Bitmap for uint256;

    /// @dev As an update's bits are. Unit: entries.
    uint256 internal constant MAX_ENTRIES = 256;

    /// @dev The last part of `Commit` is for whom the relays left out; one in so many.
    uint40 internal constant LATE_DIVISOR = 4;

    /// @dev Why NodeRegistry slashes a relay for entries that no trainer answers for.
    bytes32 internal constant UNANSWERED_BATCH = "cairn.unanswered-batch";

    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant COMMIT_TYPEHASH = keccak256("CommitUpdate(uint256 taskId,uint32 round,bytes32 commitment)");
    bytes32 internal constant DOMAIN_NAME = keccak256("Cairn FLContract");
    bytes32 internal constant DOMAIN_VERSION = keccak256("1");

    /// @notice Keeps the root of `entries` and locks the caller's stake for them. Emits BatchCommitted.
    /// @dev    Who has committed already may stand in a batch too: else one could make others' batch revert by being first.
    ///         There is no limit to batches: nothing walks over them, and each costs its relay a bond.
    function commit(
        Task storage task,
        uint256 taskId,
        uint32 round,
        BatchedCommitment[] calldata entries,
        INodeRegistry nodeRegistry
    ) external returns (uint32 batch) {
        (uint16 current, uint256 count) = (task.state.round, entries.length);
        uint40 deadline = task.state.deadline - task.parameters.commitSeconds / LATE_DIVISOR;
        uint256 penaltyWei = task.parameters.missedRevealSlashWei;
        require(round == current, IFLContract.FLContractNotThisRound(taskId, round, current));
        require(block.timestamp < deadline, IFLContract.FLContractBatchTooLate(taskId, round, deadline));
        require(count > 0 && count <= MAX_ENTRIES, IFLContract.FLContractBatchSize(count, MAX_ENTRIES));
        require(penaltyWei > 0, IFLContract.FLContractBatchUnbonded(taskId));
        bytes32 root = _rootOf(_leavesOf(task, taskId, round, entries));

        task.state.batched = true;
        batch = ++task.batches[round].count;
        Batch storage kept = task.batches[round].batches[batch];
        (kept.root, kept.openBitmap) = (root, type(uint256).max >> (MAX_ENTRIES - count));
        (kept.relay, kept.count) = (msg.sender, uint16(count)); // at most 256

        emit IFLContract.BatchCommitted(taskId, round, msg.sender, batch, root, entries);
        nodeRegistry.lock(msg.sender, count * penaltyWei);
    }

    /// @notice Makes an entry the caller's commitment and opens it. Emits BatchedUpdateOpened and UpdateRevealed.
    /// @dev    A trainer opens one commitment a round: one that has sent its own opens that.
    /// @return isLast Whether nobody is left to reveal.
    function open(
        Task storage task,
        uint256 taskId,
        UpdateReveal calldata opened,
        BatchProof calldata proof,
        INodeRegistry nodeRegistry
    ) external returns (bool isLast) {
        Enrolment memory enrolment = task.enrolments[msg.sender];
        (uint16 round, uint8 slot) = (task.state.round, enrolment.slot);
        bytes32 commitment = Commitments.hashUpdate(taskId, round, msg.sender, opened);
        bool mayCommit = enrolment.fromRound != 0 && enrolment.fromRound <= round;
        require(mayCommit, IFLContract.FLContractNotEnrolled(taskId, msg.sender));
        bool isSecond = enrolment.commitRound == round;
        require(!isSecond, IFLContract.FLContractAlreadyCommitted(taskId, round, msg.sender));
        Batch storage batch = task.batches[round].batches[proof.batch];
        _take(batch, taskId, round, leafOf(msg.sender, slot, commitment), proof);

        if (enrolment.owesReveal) {
            Faults.slashMissedReveal(task, taskId, enrolment.commitRound, msg.sender, address(0), nodeRegistry);
        }
        (enrolment.commitRound, enrolment.owesReveal, enrolment.commitment) = (round, false, bytes25(commitment));
        task.enrolments[msg.sender] = enrolment;
        task.state.committed++;

        emit IFLContract.BatchedUpdateOpened(taskId, round, msg.sender, proof.batch, proof.index, commitment);
        return Updates.keep(task, taskId, slot, opened);
    }

    /// @notice Has the signer of an entry that was not opened answer for it, in place of the relay. Emits UnopenedReported.
    /// @dev    Slashes the signer unless it opened this very commitment another way, owes it as one that it sent itself, or
    ///         was slashed for it before. Where it opened something and has moved on, nobody can tell what: its word counts
    ///         no more. That takes a round that ended, and so a seed's delay at least after `Reveal`. What the signer lacks
    ///         stays with the relay: every commitment that is not opened costs somebody its price.
    function report(
        Task storage task,
        uint256 taskId,
        uint32 round,
        BatchProof calldata proof,
        SignedCommitment calldata signed,
        INodeRegistry nodeRegistry,
        uint40 reportSeconds
    ) external returns (uint256 takenWei) {
        RoundBatches storage all = task.batches[round];
        Batch storage batch = all.batches[proof.batch];
        _requireReportable(all, taskId, round, proof.batch, reportSeconds);
        _requireSigned(taskId, round, signed);
        _take(batch, taskId, round, leafOf(signed.trainer, signed.slot, signed.commitment), proof);

        if (_isAtFault(task, taskId, round, signed)) {
            all.charged[Commitments.keyOf(signed.trainer, bytes25(signed.commitment))] = true;
            takenWei = _charge(task, batch, signed.trainer, nodeRegistry);
        }
        emit IFLContract.UnopenedReported(taskId, round, signed.trainer, proof.batch, proof.index, msg.sender, takenWei);
    }

    /// @notice Frees a relay's bond, less what nobody else answers for. Emits BatchSettled.
    /// @dev    O(1) in entries. The relay at once after `Reveal`; anyone once the time for reports is over.
    function settle(
        Task storage task,
        uint256 taskId,
        uint32 round,
        uint32 index,
        INodeRegistry nodeRegistry,
        uint40 reportSeconds
    ) external returns (uint256 takenWei) {
        RoundBatches storage all = task.batches[round];
        Batch storage batch = all.batches[index];
        (address relay, uint16 count, uint256 endedAt) = (batch.relay, batch.count, all.revealEndedAt);
        require(count > 0, IFLContract.FLContractUnknownBatch(taskId, round, index));
        require(!batch.settled, IFLContract.FLContractBatchSettled(taskId, round, index));
        bool isDue = endedAt != 0 && (msg.sender == relay || block.timestamp >= endedAt + reportSeconds);
        require(isDue, IFLContract.FLContractBatchNotDue(taskId, round, index));
        uint256 penaltyWei = task.parameters.missedRevealSlashWei;
        uint256 owedWei = batch.openBitmap.count() * penaltyWei + batch.shortfallWei;

        batch.settled = true;

        nodeRegistry.unlock(relay, count * penaltyWei);
        if (owedWei > 0) takenWei = nodeRegistry.slash(relay, owedWei, msg.sender, UNANSWERED_BATCH);
        emit IFLContract.BatchSettled(taskId, round, relay, index, owedWei, takenWei);
    }

    /// @return The EIP-712 hash that a trainer signs for a relay.
    function hashCommit(uint256 taskId, uint32 round, bytes32 commitment) internal view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this)));
        bytes32 message = keccak256(abi.encode(COMMIT_TYPEHASH, taskId, round, commitment));
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }

    /// @dev `keccak256(trainer ‖ 0… ‖ slot ‖ commitment)`, two words as in a node, for its price. A node can't be read as a
    ///      leaf: its left half would have to be an address that somebody has the key of. A leaf could be read as a node, but
    ///      for its level.
    function leafOf(address trainer, uint8 slot, bytes32 commitment) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(uint256(uint160(trainer)) << 96 | slot), commitment);
    }

    function _requireReportable(
        RoundBatches storage all,
        uint256 taskId,
        uint32 round,
        uint32 index,
        uint40 reportSeconds
    ) private view {
        uint256 endedAt = all.revealEndedAt;
        uint256 deadline = endedAt + reportSeconds;
        require(endedAt != 0, IFLContract.FLContractBatchNotDue(taskId, round, index));
        require(block.timestamp < deadline, IFLContract.FLContractReportTooLate(taskId, round, deadline));
        require(!all.batches[index].settled, IFLContract.FLContractBatchSettled(taskId, round, index));
    }

    /// @dev A signature with a high s, or of nobody, is none.
    function _requireSigned(uint256 taskId, uint32 round, SignedCommitment calldata signed) private view {
        bytes32 hash = hashCommit(taskId, round, signed.commitment);
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecover(hash, signed.r, signed.vs);
        bool isSigned = fault == ECDSA.RecoverError.NoError && signer == signed.trainer;
        require(isSigned, IFLContract.FLContractBadSignature(signed.trainer));
    }

    function _charge(Task storage task, Batch storage batch, address trainer, INodeRegistry nodeRegistry)
        private
        returns (uint256 takenWei)
    {
        uint256 penaltyWei = task.parameters.missedRevealSlashWei;
        Earnings.credit(task, trainer, nodeRegistry);
        takenWei = nodeRegistry.slash(trainer, penaltyWei, msg.sender, Faults.MISSED_REVEAL);
        if (takenWei < penaltyWei) batch.shortfallWei += penaltyWei - takenWei;
    }

    /// @dev The slot is bound here, so that a later stay in the task can't pass for this one.
    function _leavesOf(Task storage task, uint256 taskId, uint32 round, BatchedCommitment[] calldata entries)
        private
        view
        returns (bytes32[] memory leaves)
    {
        leaves = new bytes32[](entries.length);
        for (uint256 i = 0; i < leaves.length; i++) {
            BatchedCommitment calldata entry = entries[i];
            (address trainer, bytes32 commitment) = (entry.trainer, entry.commitment);
            Enrolment storage enrolment = task.enrolments[trainer];
            (uint16 fromRound, uint8 slot) = (enrolment.fromRound, enrolment.slot);
            require(commitment != 0, IFLContract.FLContractEmptyCommitment());
            bool mayCommit = fromRound != 0 && fromRound <= round;
            require(mayCommit, IFLContract.FLContractNotEnrolled(taskId, trainer));
            leaves[i] = leafOf(trainer, slot, commitment);
        }
    }

    /// @dev In place. Where a node has no sibling, zero stands for it. Every place read is below `width`.
    function _rootOf(bytes32[] memory nodes) private pure returns (bytes32) {
        for (uint256 width = nodes.length; width > 1; width = (width + 1) >> 1) {
            uint256 pairs = width >> 1;
            for (uint256 i = 0; i < pairs; i++) {
                bytes32 left = nodes.unsafeMemoryAccess(i << 1);
                nodes[i] = Hashes.efficientKeccak256(left, nodes.unsafeMemoryAccess(i << 1 | 1));
            }
            if (width & 1 == 1) nodes[pairs] = Hashes.efficientKeccak256(nodes[width - 1], 0);
        }
        return nodes[0];
    }

    /// @dev Clears an entry's bit, which proves that it is there and was neither opened nor answered for. The path has as
    ///      many levels as the batch's tree: below an entry there may be others, as a commitment can be the hash of one.
    function _take(Batch storage batch, uint256 taskId, uint32 round, bytes32 leaf, BatchProof calldata proof) private {
        (bytes32 node, uint8 index, uint256 openBitmap) = (leaf, proof.index, batch.openBitmap);
        for (uint256 level = 0; level < proof.path.length; level++) {
            bool isRight = (index >> level) & 1 == 1;
            bytes32 sibling = proof.path[level];
            node = isRight ? Hashes.efficientKeccak256(sibling, node) : Hashes.efficientKeccak256(node, sibling);
        }
        bool isThere = node == batch.root && uint256(index) >> proof.path.length == 0
            && _isHeightOf(proof.path.length, batch.count);
        require(isThere, IFLContract.FLContractNotInBatch(taskId, round, proof.batch, index));
        require(openBitmap.has(index), IFLContract.FLContractEntryClosed(taskId, round, proof.batch, index));

        batch.openBitmap = openBitmap.remove(index);
    }

    /// @return Whether the tree over `count` entries has so many levels.
    function _isHeightOf(uint256 levels, uint256 count) private pure returns (bool) {
        uint256 width = 1 << levels; // 0 from 256 levels on, and so none
        return width >= count && width < 2 * count;
    }

    function _isAtFault(Task storage task, uint256 taskId, uint32 round, SignedCommitment calldata signed)
        private
        view
        returns (bool)
    {
        Enrolment storage enrolment = task.enrolments[signed.trainer];
        bytes25 commitment = bytes25(signed.commitment);
        bool isKnown = enrolment.commitRound == round;
        if (isKnown && enrolment.commitment == commitment) return false;
        if (task.batches[round].charged[Commitments.keyOf(signed.trainer, commitment)]) return false;
        bool isForgotten = !isKnown && !task.rounds[round].unrevealed.has(signed.slot);
        require(!isForgotten, IFLContract.FLContractOpeningForgotten(taskId, round, signed.trainer));
        return true;
    }
}
