// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {BatchedUpdate, Phase, SignedCommitment, UpdateReveal} from "../types/Round.sol";
import {Batch, Enrolment, Round, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Commitments} from "./Commitments.sol";
import {Faults} from "./Faults.sol";
import {RoundMachine} from "./RoundMachine.sol";
import {Updates} from "./Updates.sol";

/// @title  Batches
/// @notice Commitments of many trainers in one transaction of a relay. Linked into FLContract, to keep that within the
///         size limit.
/// @dev    A relay is trusted with little: it speaks only for trainers that named it, in the first half of `Commit`, and
///         `Commit` then lasts to its deadline. So who was left out, or was not given its proof, sends its own in the
///         second half, which overrides the batch. It can never have a trainer slashed that did not sign.
library Batches {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    bytes32 internal constant TYPEHASH =
        keccak256("UpdateCommitment(uint256 taskId,uint32 round,address trainer,uint8 slot,bytes32 commitment)");
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @notice Names who may commit for the caller; zero for nobody. Emits RelayChosen.
    function entrust(Task storage task, uint256 taskId, address relay) external {
        Enrolment storage enrolment = task.enrolments[msg.sender];
        (uint8 slot, uint16 fromRound, uint16 round) = (enrolment.slot, enrolment.fromRound, task.state.round);
        bool isIn = fromRound != 0 && fromRound <= round;
        require(isIn, IFLContract.FLContractNotEnrolled(taskId, msg.sender));
        require(!isPending(task, enrolment), IFLContract.FLContractUpdatePending(taskId, msg.sender));

        release(task, msg.sender);
        if (relay != address(0)) {
            (enrolment.isEntrusted, task.relays[msg.sender]) = (true, relay);
            task.entrusted[relay] = task.entrusted[relay].add(slot);
        }

        emit IFLContract.RelayChosen(taskId, msg.sender, relay);
    }

    /// @notice Binds the trainers in `slots` to the leaves of a Merkle tree. Emits UpdatesCommitted.
    /// @dev    Costs the same for one trainer as for 256.
    function post(Task storage task, uint256 taskId, bytes32 root, uint256 slots) external {
        Round storage round = task.lastRound();
        uint40 until = task.state.deadline - task.parameters.commitSeconds / 2;
        require(block.timestamp < until, IFLContract.FLContractBatchTooLate(taskId, task.state.round, until));
        uint256 refused = slots & ~(task.entrusted[msg.sender] & ~round.batched & ~round.selfSent);
        require(root != 0 && slots != 0, IFLContract.FLContractEmptyCommitment());
        require(refused == 0, IFLContract.FLContractNotEntrusted(taskId, task.state.round, msg.sender, refused));

        round.batches.push(Batch(root, slots));
        round.batched |= slots;
        task.state.isBatched = true;
        task.state.committed += uint16(slots.count()); // at most 256

        emit IFLContract.UpdatesCommitted(
            taskId, task.state.round, msg.sender, round.batches.length - 1, root, slots
        );
    }

    /// @notice Notes that a trainer that has a relay commits itself.
    /// @return isNew Whether no batch had counted it yet.
    function sendOwn(Task storage task, uint8 slot) external returns (bool isNew) {
        Round storage round = task.lastRound();
        isNew = !round.batched.has(slot);
        round.selfSent = round.selfSent.add(slot);
        if (!isNew) round.batched = round.batched.remove(slot);
    }

    /// @notice Opens the caller's commitment out of a batch. Emits UpdateRevealed.
    /// @return isLast Whether every commitment is open now.
    function open(
        Task storage task,
        uint256 taskId,
        UpdateReveal calldata opened,
        BatchedUpdate calldata place,
        INodeRegistry nodeRegistry
    ) external returns (bool isLast) {
        Enrolment storage enrolment = task.enrolments[msg.sender];
        uint8 slot = enrolment.slot;
        bytes32 commitment = _provenCommitment(task, taskId, slot, opened, place);
        _requireCover(nodeRegistry);
        if (enrolment.owesReveal) {
            Faults.slashMissedReveal(task, taskId, enrolment.commitRound, msg.sender, address(0), nodeRegistry);
        }

        (enrolment.commitRound, enrolment.commitment) = (task.state.round, bytes25(commitment));
        return Updates.keep(task, taskId, slot, opened);
    }

    /// @notice Slashes `trainer` for a batched commitment that it signed and did not open. Emits MissedRevealReported.
    /// @dev    Reverts with FLContractNoMissedReveal.
    /// @param  owed Whose signature is over {hashTypedCommitment}.
    function slashMissed(
        Task storage task,
        uint256 taskId,
        SignedCommitment calldata owed,
        BatchedUpdate calldata place,
        INodeRegistry nodeRegistry
    ) external returns (uint256 takenWei) {
        Round storage round = task.rounds[owed.round];
        (address trainer, uint8 slot) = (owed.trainer, place.slot);
        bool isOwed = round.batched.has(slot) && round.unrevealed.has(slot)
            && task.stateOf(owed.round).phase > Phase.Reveal && _isIn(round, place, trainer, slot, owed.commitment);
        bool isMissed = isOwed && _isSigned(taskId, owed, slot);
        require(isMissed, IFLContract.FLContractNoMissedReveal(taskId, owed.round, trainer));

        round.batched = round.batched.remove(slot);

        uint256 slashWei = task.parameters.missedRevealSlashWei;
        takenWei = nodeRegistry.slash(trainer, slashWei, msg.sender, Faults.MISSED_REVEAL);
        emit IFLContract.MissedRevealReported(taskId, owed.round, trainer, msg.sender, takenWei);
    }

    /// @notice Forgets who may commit for a trainer.
    function release(Task storage task, address trainer) internal {
        Enrolment storage enrolment = task.enrolments[trainer];
        if (!enrolment.isEntrusted) return;
        address relay = task.relays[trainer];
        task.entrusted[relay] = task.entrusted[relay].remove(enrolment.slot);
        delete task.relays[trainer];
        enrolment.isEntrusted = false;
    }

    /// @return Whether a commitment of the trainer's, its own or in a batch, is in the round that is going on.
    function isPending(Task storage task, Enrolment storage enrolment) internal view returns (bool) {
        if (!task.state.isActive()) return false;
        bool isBatched = enrolment.isEntrusted && task.lastRound().batched.has(enrolment.slot);
        return isBatched || enrolment.commitRound == task.state.round;
    }

    /// @return The EIP-712 hash that a trainer signs for a relay.
    function hashTypedCommitment(uint256 taskId, uint32 round, address trainer, uint8 slot, bytes32 commitment)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Cairn FLContract"), keccak256("1"), block.chainid, address(this))
        );
        bytes32 message = keccak256(abi.encode(TYPEHASH, taskId, round, trainer, slot, commitment));
        return MessageHashUtils.toTypedDataHash(domain, message);
    }

    /// @return A leaf of a batch's tree. Hashed twice, so that no inner node can pass for one.
    function leafOf(address trainer, uint8 slot, bytes32 commitment) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(trainer, slot, commitment))));
    }

    function _isSigned(uint256 taskId, SignedCommitment calldata owed, uint8 slot) private view returns (bool) {
        bytes32 signed = hashTypedCommitment(taskId, owed.round, owed.trainer, slot, owed.commitment);
        return SignatureChecker.isValidSignatureNowCalldata(owed.trainer, signed, owed.signature);
    }

    /// @dev What the caller opens, if it is in the batch and not open yet.
    function _provenCommitment(
        Task storage task,
        uint256 taskId,
        uint8 slot,
        UpdateReveal calldata opened,
        BatchedUpdate calldata place
    ) private view returns (bytes32 commitment) {
        uint16 number = task.state.round;
        Round storage round = task.rounds[number];
        bool isEnrolled = task.enrolments[msg.sender].fromRound != 0;
        bool owesReveal = isEnrolled && round.batched.has(slot) && round.unrevealed.has(slot);
        require(owesReveal, IFLContract.FLContractNothingToReveal(taskId, number, msg.sender));
        commitment = Commitments.hashUpdate(taskId, number, msg.sender, opened);
        bool isIn = _isIn(round, place, msg.sender, slot, commitment);
        require(isIn, IFLContract.FLContractCommitmentMismatch(taskId, number, msg.sender));
    }

    function _requireCover(INodeRegistry nodeRegistry) private view {
        (uint256 stakeWei, uint256 lockedWei) = nodeRegistry.coverOf(msg.sender);
        require(stakeWei >= lockedWei, IFLContract.FLContractStakeTooLow(msg.sender, stakeWei, lockedWei));
    }

    function _isIn(Round storage round, BatchedUpdate calldata place, address trainer, uint8 slot, bytes32 commitment)
        private
        view
        returns (bool)
    {
        if (place.batch >= round.batches.length) return false;
        Batch storage batch = round.batches[place.batch];
        bytes32 leaf = leafOf(trainer, slot, commitment);
        return batch.slots.has(slot) && MerkleProof.verifyCalldata(place.proof, batch.root, leaf);
    }
}
