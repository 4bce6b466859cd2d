// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {Aggregates} from "../libraries/Aggregates.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLAggregation
/// @notice The end of a round: agreeing on the new weights, and moving on when time is up.
abstract contract FLAggregation is FLTransitions {
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function proposeAggregate(uint256 taskId, bytes32 digest, uint32 byteLength) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Aggregate);
        if (Aggregates.propose(task, taskId, digest, byteLength, nodeRegistry)) _startChallenge(taskId, task);
    }

    /// @inheritdoc IFLContract
    function attestAggregate(uint256 taskId, bytes32 digest, uint32 byteLength) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Aggregate);
        if (Aggregates.attest(task, taskId, digest, byteLength)) _startChallenge(taskId, task);
    }

    /// @inheritdoc IFLContract
    function advance(uint256 taskId) external {
        Task storage task = _tasks[taskId];
        task.state.requireDue();
        Phase phase = task.state.phase;
        if (phase == Phase.Commit) _endCommit(taskId, task);
        else if (phase == Phase.Reveal) _endReveal(taskId, task);
        else if (phase == Phase.Draw) _fail(taskId, task, FailureReason.NotDrawn);
        else if (phase == Phase.AuditCommit) _endAuditCommit(taskId, task);
        else if (phase == Phase.AuditReveal) _endAuditReveal(taskId, task);
        else if (phase == Phase.Aggregate) _endAggregate(taskId, task);
        else _endChallenge(taskId, task);
    }
}
