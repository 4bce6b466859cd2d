// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Faults} from "../libraries/Faults.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {RoundOpening} from "../libraries/RoundOpening.sol";
import {Updates} from "../libraries/Updates.sol";
import {Phase, UpdateReveal} from "../types/Round.sol";
import {Enrolment, Task} from "../types/TaskStorage.sol";
import {FLTasks} from "./FLTasks.sol";

/// @title  FLTraining
/// @notice The trainers' half of a round: opening it, committing updates and revealing them.
abstract contract FLTraining is FLTasks {
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function openRound(uint256 taskId) external returns (uint32 round) {
        return RoundOpening.open(_taskAt(taskId), taskId, modelRegistry);
    }

    /// @inheritdoc IFLContract
    function commitUpdate(uint256 taskId, bytes32 commitment) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Commit);
        Enrolment memory enrolment = task.enrolments[msg.sender];
        uint16 round = task.state.round;
        require(commitment != 0, FLContractEmptyCommitment());
        bool mayCommit = enrolment.fromRound != 0 && enrolment.fromRound <= round;
        require(mayCommit, FLContractNotEnrolled(taskId, msg.sender));
        require(enrolment.commitRound != round, FLContractAlreadyCommitted(taskId, round, msg.sender));
        if (enrolment.owesReveal) _settleDebt(task, taskId, enrolment.commitRound);
        _requireCover(msg.sender);

        (enrolment.commitRound, enrolment.owesReveal, enrolment.commitment) = (round, true, bytes25(commitment));
        task.enrolments[msg.sender] = enrolment;
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
        (uint16 round, uint8 slot, bytes25 kept) = (task.state.round, enrolment.slot, enrolment.commitment);
        bool owesReveal = enrolment.commitRound == round && enrolment.owesReveal;
        require(owesReveal, FLContractNothingToReveal(taskId, round, msg.sender));
        bytes32 actual = Commitments.hashUpdate(taskId, round, msg.sender, opened);
        require(bytes25(actual) == kept, FLContractCommitmentMismatch(taskId, round, msg.sender));

        enrolment.owesReveal = false;
        if (Updates.keep(task, taskId, slot, opened)) _endReveal(taskId, task);
    }

    /// @inheritdoc IFLContract
    function reportMissedReveal(uint256 taskId, uint32 round, address trainer) external returns (uint256 takenWei) {
        return Faults.slashMissedReveal(_taskAt(taskId), taskId, round, trainer, msg.sender, nodeRegistry);
    }

    /// @dev A reveal still owed from an earlier round, that nobody reported.
    function _settleDebt(Task storage task, uint256 taskId, uint32 round) private {
        Faults.slashMissedReveal(task, taskId, round, msg.sender, address(0), nodeRegistry);
    }
}
