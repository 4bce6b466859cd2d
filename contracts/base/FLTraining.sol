// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {Bitmap} from "../libraries/Bitmap.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Faults} from "../libraries/Faults.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {Phase, UpdateReveal} from "../types/Round.sol";
import {Enrolment, Round, Task} from "../types/TaskStorage.sol";
import {FLTasks} from "./FLTasks.sol";

/// @title  FLTraining
/// @notice The trainers' half of a round: opening it, committing updates and revealing them.
abstract contract FLTraining is FLTasks {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function openRound(uint256 taskId) external returns (uint32 round) {
        Task storage task = _taskAt(taskId);
        (uint16 last, uint16 enrolled) = (task.state.round, task.enrolled);
        (uint16 minTrainers, uint256 modelId) = (task.parameters.minTrainers, task.parameters.modelId);
        require(!task.closed, FLContractTaskClosed(taskId));
        require(!task.state.isActive(), FLContractRoundActive(taskId, last));
        require(last < task.parameters.rounds, FLContractRoundsUsedUp(taskId, last));
        require(enrolled >= minTrainers, FLContractTooFewTrainers(taskId, enrolled, minTrainers));
        _requirePublisher(modelId);
        round = last + 1;
        uint64 baseVersion = modelRegistry.latestVersion(modelId);
        bytes32 seed = Commitments.hashRoundSeed(bytes32(block.prevrandao), taskId, round);

        if (last > 0) task.rounds[last].state = task.state;
        task.state = RoundMachine.next(task.state, enrolled);
        Round storage opened = task.rounds[round];
        opened.openedAtBlock = uint48(block.number); // block numbers and versions stay far below 48 bits
        opened.baseVersion = uint48(baseVersion);
        opened.seed = seed;
        opened.unrevealed = type(uint256).max;
        uint40 deadline = task.state.enter(Phase.Commit, task.parameters.commitSeconds);

        emit RoundOpened(taskId, round, baseVersion, seed, enrolled, deadline);
    }

    /// @inheritdoc IFLContract
    function commitUpdate(uint256 taskId, bytes32 commitment) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Commit);
        Enrolment memory enrolment = task.enrolments[msg.sender];
        (uint16 round, bytes27 kept) = (task.state.round, bytes27(commitment));
        require(kept != 0, FLContractEmptyCommitment());
        bool mayCommit = enrolment.fromRound != 0 && enrolment.fromRound <= round;
        require(mayCommit, FLContractNotEnrolled(taskId, msg.sender));
        require(enrolment.commitRound != round, FLContractAlreadyCommitted(taskId, round, msg.sender));
        if (enrolment.commitment != 0) _settleDebt(task, taskId, enrolment.commitRound);
        _requireStake(msg.sender, task.parameters.minStakeWei);

        task.enrolments[msg.sender] = Enrolment(enrolment.fromRound, round, enrolment.slot, kept);
        uint16 committed = task.state.committed + 1;
        task.state.committed = committed;

        emit UpdateCommitted(taskId, round, msg.sender, enrolment.slot, commitment);
        if (committed == task.state.expected) _endCommit(taskId, task);
    }

    /// @inheritdoc IFLContract
    function revealUpdate(uint256 taskId, UpdateReveal calldata opened) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Reveal);
        Enrolment storage enrolment = task.enrolments[msg.sender];
        (uint16 round, uint8 slot, bytes27 kept) = (task.state.round, enrolment.slot, enrolment.commitment);
        bool owesReveal = enrolment.commitRound == round && kept != 0;
        require(owesReveal, FLContractNothingToReveal(taskId, round, msg.sender));
        bytes32 actual = Commitments.hashUpdate(taskId, round, msg.sender, opened);
        require(bytes27(actual) == kept, FLContractCommitmentMismatch(taskId, round, msg.sender));
        _checkUpdate(opened, task.parameters.maxUpdateBytes);

        enrolment.commitment = 0;
        Round storage current = task.rounds[round];
        current.unrevealed = current.unrevealed.remove(slot);
        uint16 revealed = task.state.revealed + 1;
        task.state.revealed = revealed;

        _emitRevealed(taskId, round, slot, opened);
        if (revealed == task.state.committed) _endReveal(taskId, task);
    }

    /// @inheritdoc IFLContract
    function reportMissedReveal(uint256 taskId, uint32 round, address trainer) external returns (uint256 takenWei) {
        return Faults.slashMissedReveal(_taskAt(taskId), taskId, round, trainer, msg.sender, nodeRegistry);
    }

    /// @dev A reveal still owed from an earlier round, that nobody reported.
    function _settleDebt(Task storage task, uint256 taskId, uint32 round) private {
        Faults.slashMissedReveal(task, taskId, round, msg.sender, address(0), nodeRegistry);
    }

    function _checkUpdate(UpdateReveal calldata opened, uint32 maxBytes) private view {
        uint32 byteLength = opened.byteLength;
        require(byteLength > 0 && byteLength <= maxBytes, FLContractUpdateSize(byteLength, maxBytes));
        require(opened.sampleCount > 0, FLContractNoSamples(msg.sender));
    }

    function _emitRevealed(uint256 taskId, uint32 round, uint8 slot, UpdateReveal calldata opened) private {
        emit UpdateRevealed(
            taskId,
            round,
            msg.sender,
            slot,
            opened.updateDigest,
            opened.byteLength,
            opened.traceRoot,
            opened.sampleCount
        );
    }
}
