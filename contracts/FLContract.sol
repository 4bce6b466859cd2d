// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "./CairnToken.sol";
import {FLAggregation} from "./base/FLAggregation.sol";
import {FLAudit} from "./base/FLAudit.sol";
import {FLDisputes} from "./base/FLDisputes.sol";
import {FLRelay} from "./base/FLRelay.sol";
import {FLState} from "./base/FLState.sol";
import {FLTraining} from "./base/FLTraining.sol";
import {IDataRegistry} from "./interfaces/IDataRegistry.sol";
import {IFLContract} from "./interfaces/IFLContract.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {Enrolments} from "./libraries/Enrolments.sol";
import {RoundViews} from "./libraries/RoundViews.sol";
import {DutyView, RoundView} from "./types/Round.sol";
import {ProtocolLimits, TaskView} from "./types/Task.sol";
import {Enrolment, Task} from "./types/TaskStorage.sol";

/// @title  FLContract
/// @notice The parts in base/ put together, and the views. Every rule is in them or in libraries/.
contract FLContract is FLTraining, FLRelay, FLAudit, FLAggregation, FLDisputes {
    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry_,
        IModelRegistry modelRegistry_,
        IDataRegistry dataRegistry_,
        ProtocolLimits memory limits_
    ) FLState(token_, nodeRegistry_, modelRegistry_, dataRegistry_, limits_) {}

    /// @inheritdoc IFLContract
    function limits() external view returns (ProtocolLimits memory) {
        return _limits;
    }

    /// @inheritdoc IFLContract
    function taskOf(uint256 taskId) external view returns (TaskView memory) {
        Task storage task = _taskAt(taskId);
        return TaskView({
            owner: task.owner,
            parameters: task.parameters,
            enrolled: task.enrolled,
            round: task.state.round,
            escrowWei: task.escrowWei,
            closed: task.closed
        });
    }

    /// @inheritdoc IFLContract
    function roundOf(uint256 taskId, uint32 round) external view returns (RoundView memory) {
        return RoundViews.describe(_tasks[taskId], round);
    }

    /// @inheritdoc IFLContract
    function dutyOf(uint256 taskId, uint32 round, address node) external view returns (DutyView memory) {
        return RoundViews.dutyOf(_tasks[taskId], round, node);
    }

    /// @inheritdoc IFLContract
    function committeeOf(uint256 taskId, uint32 round) external view returns (address[] memory members) {
        Task storage task = _tasks[taskId];
        if (round != task.state.round) return members;
        members = new address[](task.state.seats);
        for (uint256 seat = 0; seat < members.length; seat++) members[seat] = task.committee[seat];
    }

    /// @inheritdoc IFLContract
    function slotOf(uint256 taskId, address trainer) external view returns (bool enrolled, uint16 slot) {
        Enrolment storage enrolment = _tasks[taskId].enrolments[trainer];
        enrolled = enrolment.fromRound != 0;
        slot = enrolled ? enrolment.slot : 0;
    }

    /// @inheritdoc IFLContract
    function isIdle(uint256 taskId, address trainer) external view returns (bool) {
        return Enrolments.isIdle(_tasks[taskId], trainer);
    }
}
