// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputedRounds} from "../interfaces/IDisputedRounds.sol";
import {Disputes} from "../libraries/Disputes.sol";
import {DisputedUpdate, Ruling} from "../types/Dispute.sol";
import {FailureReason, UpdateReveal} from "../types/Round.sol";
import {Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLDisputes
/// @notice The doors through which a dispute game holds a round and strikes an update or its aggregate.
abstract contract FLDisputes is FLTransitions, IDisputedRounds {
    /// @inheritdoc IDisputedRounds
    function holdRound(uint256 taskId, address trainer, UpdateReveal calldata opened)
        external
        returns (DisputedUpdate memory update)
    {
        return Disputes.hold(_taskAt(taskId), taskId, trainer, opened, nodeRegistry);
    }

    /// @inheritdoc IDisputedRounds
    function releaseRound(uint256 taskId, uint32 round, address trainer, uint8 slot, address prover, Ruling ruling)
        external
        returns (uint256 takenWei)
    {
        Task storage task = _tasks[taskId];
        bool isUndone;
        (takenWei, isUndone) = Disputes.release(task, taskId, round, trainer, slot, prover, ruling, nodeRegistry);
        if (isUndone) _redrawOrFail(taskId, task, FailureReason.Disputed);
    }

    /// @inheritdoc IDisputedRounds
    function holdAggregate(uint256 taskId, bytes calldata updates) external {
        Disputes.holdAggregate(_taskAt(taskId), taskId, updates, nodeRegistry);
    }
}
