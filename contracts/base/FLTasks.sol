// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CairnToken} from "../CairnToken.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {Bitmap} from "../libraries/Bitmap.sol";
import {Earnings} from "../libraries/Earnings.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {SlotCounters} from "../libraries/SlotCounters.sol";
import {TaskRules} from "../libraries/TaskRules.sol";
import {CAPABILITY_TRAINER, NodeView} from "../types/Node.sol";
import {Phase} from "../types/Round.sol";
import {TaskParameters} from "../types/Task.sol";
import {Account, Enrolment, Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLTasks
/// @notice Creating and closing tasks, joining and leaving them, and being paid. Knows nothing of what a round does.
abstract contract FLTasks is FLTransitions {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;
    using SafeERC20 for CairnToken;
    using SlotCounters for SlotCounters.Counters;

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
        Task storage task = _taskAt(taskId);
        require(task.owner == msg.sender, FLContractNotTaskOwner(taskId, msg.sender));
        require(!task.closed, FLContractTaskClosed(taskId));
        require(!task.state.isActive(), FLContractRoundActive(taskId, task.state.round));
        refundWei = task.escrowWei;

        task.closed = true;
        task.escrowWei = 0;

        emit TaskClosed(taskId, refundWei);

        token.safeTransfer(msg.sender, refundWei);
    }

    /// @inheritdoc IFLContract
    function join(uint256 taskId) external returns (uint16 slot) {
        Task storage task = _taskAt(taskId);
        Enrolment storage enrolment = task.enrolments[msg.sender];
        (uint16 enrolled, uint16 maxTrainers) = (task.enrolled, task.parameters.maxTrainers);
        require(!task.closed, FLContractTaskClosed(taskId));
        require(enrolment.fromRound == 0, FLContractAlreadyEnrolled(taskId, msg.sender));
        require(enrolled < maxTrainers, FLContractTaskFull(taskId, maxTrainers));
        _requireTrainer(msg.sender, task.parameters.minStakeWei);
        uint8 place = task.places.lowestFree();

        task.places = task.places.add(place);
        task.enrolled = enrolled + 1;
        task.acceptedUpdates.open(place);
        task.accounts[msg.sender].paidCounter = task.acceptedUpdates.get(place);
        (enrolment.fromRound, enrolment.slot) = (task.state.round + 1, place);

        emit TrainerJoined(taskId, msg.sender, place);
        return place;
    }

    /// @inheritdoc IFLContract
    function leave(uint256 taskId) external {
        _leave(taskId, msg.sender);
    }

    /// @inheritdoc IFLContract
    function evict(uint256 taskId, address trainer) external {
        uint256 neededWei = _taskAt(taskId).parameters.minStakeWei;
        require(nodeRegistry.stakeOf(trainer) < neededWei, FLContractStakeSuffices(taskId, trainer));
        _leave(taskId, trainer);
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
    function claimable(uint256 taskId, address node) external view returns (uint256 amountWei) {
        (amountWei,) = Earnings.settle(_tasks[taskId], node);
    }

    /// @inheritdoc IFLContract
    function budgetOf(TaskParameters calldata parameters) external pure returns (uint256 escrowWei) {
        return TaskRules.budget(parameters);
    }

    function _createTask(TaskParameters calldata parameters) private returns (uint256 taskId) {
        uint256 modelId = parameters.modelId;
        require(modelRegistry.ownerOf(modelId) == msg.sender, FLContractNotModelOwner(modelId, msg.sender));
        _requirePublisher(modelId);

        taskId = ++taskCount;
        uint256 escrowWei = TaskRules.create(_tasks[taskId], taskId, parameters, _limits);

        dataRegistry.recordUsage(parameters.datasetId, taskId, msg.sender);
        token.safeTransferFrom(msg.sender, address(this), escrowWei);
    }

    function _leave(uint256 taskId, address trainer) private {
        Task storage task = _taskAt(taskId);
        Enrolment storage enrolment = task.enrolments[trainer];
        (uint16 fromRound, uint8 slot, uint16 round) = (enrolment.fromRound, enrolment.slot, task.state.round);
        require(fromRound != 0, FLContractNotEnrolled(taskId, trainer));
        bool hasCommitted = round != 0 && enrolment.commitRound == round;
        require(!(hasCommitted && task.state.isActive()), FLContractUpdatePending(taskId, trainer));

        Earnings.leaveSlot(task, task.accounts[trainer], slot);
        enrolment.fromRound = 0;
        task.places = task.places.remove(slot);
        task.enrolled--;

        emit TrainerLeft(taskId, trainer, slot);
        if (task.state.phase == Phase.Commit && fromRound <= round) {
            task.state.expected--;
            uint16 committed = task.state.committed;
            // With no commitment at all, whoever joins and leaves would burn round after round in one transaction.
            if (committed > 0 && committed == task.state.expected) _endCommit(taskId, task);
        }
    }

    function _requireTrainer(address node, uint256 neededWei) private view {
        NodeView memory announced = nodeRegistry.nodeOf(node);
        require(announced.capabilities & CAPABILITY_TRAINER != 0, FLContractNotATrainer(node));
        require(announced.stakeWei >= neededWei, FLContractStakeTooLow(node, announced.stakeWei, neededWei));
    }

    function _requirePublisher(uint256 modelId) internal view {
        require(modelRegistry.mayPublish(modelId, address(this)), FLContractNotPublisher(modelId));
    }
}
