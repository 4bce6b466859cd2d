// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../CairnToken.sol";
import {IDataRegistry} from "../interfaces/IDataRegistry.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Cover} from "../libraries/Cover.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {TaskRules} from "../libraries/TaskRules.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {ProtocolLimits} from "../types/Task.sol";
import {Task} from "../types/TaskStorage.sol";

/// @title  FLState
/// @notice What all parts of FLContract share: the storage, its neighbours, and the two ways a phase is announced.
/// @dev    Holds no entry points.
abstract contract FLState is IFLContract {
    using RoundMachine for RoundMachine.State;

    CairnToken public immutable token;
    INodeRegistry public immutable nodeRegistry;
    IModelRegistry public immutable modelRegistry;
    IDataRegistry public immutable dataRegistry;

    /// @inheritdoc IFLContract
    uint256 public taskCount;
    ProtocolLimits internal _limits;
    mapping(uint256 taskId => Task) internal _tasks;

    constructor(
        CairnToken token_,
        INodeRegistry nodeRegistry_,
        IModelRegistry modelRegistry_,
        IDataRegistry dataRegistry_,
        ProtocolLimits memory limits_
    ) {
        TaskRules.checkLimits(limits_);
        (token, nodeRegistry) = (token_, nodeRegistry_);
        (modelRegistry, dataRegistry) = (modelRegistry_, dataRegistry_);
        _limits = limits_;
    }

    function _taskAt(uint256 taskId) internal view returns (Task storage task) {
        task = _tasks[taskId];
        require(task.owner != address(0), FLContractUnknownTask(taskId));
    }

    function _enter(uint256 taskId, Task storage task, Phase phase, uint40 durationSeconds) internal {
        uint40 deadline = task.state.enter(phase, durationSeconds);
        emit PhaseAdvanced(taskId, task.state.round, phase, deadline);
    }

    function _fail(uint256 taskId, Task storage task, FailureReason reason) internal {
        task.state.fail(reason);
        emit PhaseAdvanced(taskId, task.state.round, Phase.Failed, 0);
        emit RoundFailed(taskId, task.state.round, reason);
    }

    /// @dev Who has a place in the task locked its stake, so that all of it is there unless a slash took some. Where it took
    ///      more than a little, the node has to add stake first.
    function _requireCover(address node) internal view {
        (uint256 stakeWei, uint256 lockedWei) = nodeRegistry.coverOf(node);
        uint256 neededWei = Cover.neededWei(lockedWei);
        require(stakeWei >= neededWei, FLContractStakeTooLow(node, stakeWei, neededWei));
    }
}
