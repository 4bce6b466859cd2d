// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CairnToken} from "../CairnToken.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {Earnings} from "../libraries/Earnings.sol";
import {Enrolments} from "../libraries/Enrolments.sol";
import {TaskRules} from "../libraries/TaskRules.sol";
import {TaskParameters} from "../types/Task.sol";
import {Account, Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLTasks
/// @notice Creating and closing tasks, joining and leaving them, and being paid. Knows nothing of what a round does.
abstract contract FLTasks is FLTransitions {
    using SafeERC20 for CairnToken;

    /// @inheritdoc IFLContract
    function createTask(TaskParameters calldata parameters) external returns (uint256 taskId) {
        return _createTask(parameters);
    }

    /// @inheritdoc IFLContract
    function createTaskWithPermit(TaskParameters calldata parameters, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 taskId)
    {
        uint256 escrowWei = TaskRules.budget(parameters);
        try IERC20Permit(address(token)).permit(msg.sender, address(this), escrowWei, deadline, v, r, s) {} catch {}
        return _createTask(parameters);
    }

    /// @inheritdoc IFLContract
    function closeTask(uint256 taskId) external returns (uint256 refundWei) {
        refundWei = TaskRules.close(_taskAt(taskId), taskId);
        token.safeTransfer(msg.sender, refundWei);
    }

    /// @inheritdoc IFLContract
    function join(uint256 taskId) external returns (uint16 slot) {
        return Enrolments.join(_taskAt(taskId), taskId, nodeRegistry);
    }

    /// @inheritdoc IFLContract
    function leave(uint256 taskId) external {
        Enrolments.leave(_taskAt(taskId), taskId, nodeRegistry);
    }

    /// @inheritdoc IFLContract
    function evict(uint256 taskId, address trainer) external {
        Task storage task = _taskAt(taskId);
        if (Enrolments.evict(task, taskId, trainer, nodeRegistry)) _endCommit(taskId, task);
    }

    /// @inheritdoc IFLContract
    function claim(uint256 taskId) external returns (uint256 amountWei) {
        Task storage task = _tasks[taskId];
        Account memory account;
        (amountWei, account) = Earnings.settle(task, msg.sender);
        require(amountWei > 0, FLContractNothingToClaim(taskId, msg.sender));

        task.accounts[msg.sender] = account;

        emit RewardClaimed(taskId, msg.sender, amountWei);

        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc IFLContract
    function creditReputation(uint256 taskId, address node) external returns (uint32 outcomes) {
        return Earnings.creditAsked(_tasks[taskId], taskId, node, nodeRegistry);
    }

    /// @inheritdoc IFLContract
    function claimable(uint256 taskId, address node) external view returns (uint256 amountWei) {
        return Earnings.owed(_tasks[taskId], node);
    }

    /// @inheritdoc IFLContract
    function budgetOf(TaskParameters calldata parameters) external pure returns (uint256 escrowWei) {
        return TaskRules.budget(parameters);
    }

    function _createTask(TaskParameters calldata parameters) private returns (uint256 taskId) {
        uint256 modelId = parameters.modelId;
        require(modelRegistry.ownerOf(modelId) == msg.sender, FLContractNotModelOwner(modelId, msg.sender));
        bool isPublisher = modelRegistry.mayPublish(modelId, address(this));
        require(isPublisher, FLContractNotPublisher(modelId));

        taskId = ++taskCount;
        uint256 escrowWei = TaskRules.create(_tasks[taskId], taskId, parameters, _limits, nodeRegistry);

        dataRegistry.recordUsage(parameters.datasetId, taskId, msg.sender);
        uint256 heldWei = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), escrowWei);
        uint256 receivedWei = token.balanceOf(address(this)) - heldWei;
        require(receivedWei == escrowWei, FLContractEscrowNotReceived(taskId, receivedWei, escrowWei));
    }
}
