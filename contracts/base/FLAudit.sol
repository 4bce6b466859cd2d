// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {Committee} from "../libraries/Committee.sol";
import {Faults} from "../libraries/Faults.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {Verdicts} from "../libraries/Verdicts.sol";
import {FailureReason, Phase, UpdateReveal, VerdictReveal} from "../types/Round.sol";
import {Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLAudit
/// @notice The committee's half of a round: its draw, its verdicts, and what its silence costs.
abstract contract FLAudit is FLTransitions {
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function drawCommittee(uint256 taskId, bytes calldata header) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Draw);
        uint8 seats = Committee.draw(task, taskId, nodeRegistry, header, _limits);
        if (seats < task.parameters.quorum) {
            _fail(taskId, task, FailureReason.NoQuorum);
        } else {
            task.state.seats = seats;
            _enter(taskId, task, Phase.AuditCommit, task.parameters.auditCommitSeconds);
        }
    }

    /// @inheritdoc IFLContract
    function retargetSeed(uint256 taskId) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Draw);
        _target(taskId, task, Committee.nextTarget(task, nodeRegistry));
    }

    /// @inheritdoc IFLContract
    function commitVerdict(uint256 taskId, bytes32 commitment) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.AuditCommit);
        uint8 committed = Verdicts.commit(task, taskId, commitment);
        if (committed == task.state.seats) _endAuditCommit(taskId, task);
    }

    /// @inheritdoc IFLContract
    function revealVerdict(uint256 taskId, uint256 acceptedBitmap, bytes32 evidence, bytes32 salt) external {
        _openVerdict(taskId, VerdictReveal(acceptedBitmap, 0, evidence, salt));
    }

    /// @inheritdoc IFLContract
    function revealVerdictMarking(uint256 taskId, VerdictReveal calldata opened) external {
        _openVerdict(taskId, opened);
    }

    /// @inheritdoc IFLContract
    function reportSilentAuditor(uint256 taskId, uint32 round, uint8 attempt, address auditor)
        external
        returns (uint256 takenWei)
    {
        return Faults.slashSilentAuditor(_taskAt(taskId), taskId, round, attempt, auditor, nodeRegistry, _limits);
    }

    /// @inheritdoc IFLContract
    function reportMissedPlant(
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        bytes32 plantSalt,
        address auditor
    ) external returns (uint256 takenWei) {
        return Faults.slashMissedPlant(_taskAt(taskId), taskId, trainer, opened, plantSalt, auditor, nodeRegistry, _limits);
    }

    function _openVerdict(uint256 taskId, VerdictReveal memory opened) private {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.AuditReveal);
        Verdicts.open(task, taskId, opened);
        if (_verdictsRevealed(task) == task.state.verdictsCommitted) _endAuditReveal(taskId, task);
    }
}
