// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {CAPABILITY_TRAINER, NodeView} from "../types/Node.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Account, Enrolment, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Earnings} from "./Earnings.sol";
import {Faults} from "./Faults.sol";
import {RoundMachine} from "./RoundMachine.sol";
import {SlotCounters} from "./SlotCounters.sol";

/// @title  Enrolments
/// @notice Who has a place in a task, what it takes, and how it is lost. Linked into FLContract, to keep that within the
///         size limit.
library Enrolments {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;
    using SlotCounters for SlotCounters.Counters;

    /// @dev Who had no update accepted in so many rounds in a row, where the trainers were to deliver, is idle. Unit: rounds.
    uint32 internal constant IDLE_ROUNDS = 3;

    /// @dev How long who was evicted for idleness has to wait for another place in the task. Unit: rounds.
    uint32 internal constant REJOIN_ROUNDS = 8;

    /// @notice Gives the caller the lowest free place and locks its stake. Emits TrainerJoined.
    /// @dev    A reveal that it owes from an earlier place is slashed first.
    function join(Task storage task, uint256 taskId, INodeRegistry nodeRegistry) external returns (uint16) {
        Enrolment storage enrolment = task.enrolments[msg.sender];
        Account storage account = task.accounts[msg.sender];
        (uint16 enrolled, uint16 maxTrainers) = (task.enrolled, task.parameters.maxTrainers);
        (uint16 round, uint32 rejoinRound) = (task.state.round, account.rejoinRound);
        require(!task.closed, IFLContract.FLContractTaskClosed(taskId));
        require(enrolment.fromRound == 0, IFLContract.FLContractAlreadyEnrolled(taskId, msg.sender));
        require(enrolled < maxTrainers, IFLContract.FLContractTaskFull(taskId, maxTrainers));
        require(round >= rejoinRound, IFLContract.FLContractEvicted(taskId, msg.sender, rejoinRound));
        if (enrolment.owesReveal) {
            Faults.slashMissedReveal(task, taskId, enrolment.commitRound, msg.sender, address(0), nodeRegistry);
        }
        _requireTrainer(task, taskId, nodeRegistry);
        uint8 place = task.places.lowestFree();

        task.places = task.places.add(place);
        task.enrolled = enrolled + 1;
        task.acceptedUpdates.open(place);
        account.paidCounter = task.acceptedUpdates.get(place);
        task.enrolments[msg.sender] = Enrolment(round + 1, 0, place, false, 0);

        emit IFLContract.TrainerJoined(taskId, msg.sender, place);
        nodeRegistry.lock(msg.sender, task.parameters.minStakeWei);
        return place;
    }

    /// @notice Takes the place of a trainer that is short of stake or idle. Emits TrainerLeft.
    /// @return isLast As of {leave}.
    function evict(Task storage task, uint256 taskId, address trainer, INodeRegistry nodeRegistry)
        external
        returns (bool isLast)
    {
        (uint256 stakeWei, uint256 lockedWei) = nodeRegistry.coverOf(trainer);
        bool isIdle_ = isIdle(task, trainer);
        require(stakeWei < lockedWei || isIdle_, IFLContract.FLContractNotEvictable(taskId, trainer));
        if (isIdle_) task.accounts[trainer].rejoinRound = task.state.round + REJOIN_ROUNDS;
        return leave(task, taskId, trainer, nodeRegistry);
    }

    /// @notice Gives a place up and unlocks its stake. Emits TrainerLeft.
    /// @return isLast Whether all who are left have committed, so that `Commit` is over.
    function leave(Task storage task, uint256 taskId, address trainer, INodeRegistry nodeRegistry)
        public
        returns (bool isLast)
    {
        Enrolment storage enrolment = task.enrolments[trainer];
        (uint16 fromRound, uint8 slot, uint16 round) = (enrolment.fromRound, enrolment.slot, task.state.round);
        require(fromRound != 0, IFLContract.FLContractNotEnrolled(taskId, trainer));
        bool isPending = task.state.isActive() && enrolment.commitRound == round;
        require(!isPending, IFLContract.FLContractUpdatePending(taskId, trainer));

        Earnings.leaveSlot(task, task.accounts[trainer], slot);
        enrolment.fromRound = 0;
        task.places = task.places.remove(slot);
        task.enrolled--;
        if (task.state.phase == Phase.Commit && fromRound <= round) {
            uint16 expected = task.state.expected - 1;
            task.state.expected = expected;
            // With no commitment at all, whoever joins and leaves would burn round after round in one transaction.
            isLast = task.state.committed > 0 && task.state.committed == expected;
        }

        emit IFLContract.TrainerLeft(taskId, trainer, slot);
        nodeRegistry.unlock(trainer, task.parameters.minStakeWei);
    }

    /// @return Whether in each of the last rounds that are over the trainer had a place and no accepted update, although
    ///         others had or nothing but trainers was missing. Rounds that lacked auditors say nothing of a trainer.
    function isIdle(Task storage task, address trainer) public view returns (bool) {
        Enrolment storage enrolment = task.enrolments[trainer];
        (uint32 last, uint32 fromRound) = (task.state.round, enrolment.fromRound);
        if (task.state.isActive()) last--;
        if (fromRound == 0 || last < fromRound + IDLE_ROUNDS - 1) return false;
        for (uint32 round = last; round > last - IDLE_ROUNDS; round--) {
            RoundMachine.State storage state = task.stateOf(round);
            bool isFinal = state.phase == Phase.Final;
            if (isFinal ? task.rounds[round].accepted.has(enrolment.slot) : !_lackedTrainers(state.failure)) return false;
        }
        return true;
    }

    function _lackedTrainers(FailureReason failure) private pure returns (bool) {
        return failure == FailureReason.NoCommitments || failure == FailureReason.NoReveals
            || failure == FailureReason.NothingAccepted;
    }

    function _requireTrainer(Task storage task, uint256 taskId, INodeRegistry nodeRegistry) private view {
        NodeView memory announced = nodeRegistry.nodeOf(msg.sender);
        (uint256 neededWei, uint32 neededNano) = (task.parameters.minStakeWei, task.parameters.minReputationNano);
        (uint256 stakeWei, uint256 lockedWei) = (announced.stakeWei, announced.lockedWei);
        (uint256 freeWei, uint32 scoreNano) = (stakeWei > lockedWei ? stakeWei - lockedWei : 0, announced.reputationNano);
        bool isTrainer = announced.capabilities & CAPABILITY_TRAINER != 0;
        require(isTrainer, IFLContract.FLContractNotATrainer(msg.sender));
        require(freeWei >= neededWei, IFLContract.FLContractStakeTooLow(msg.sender, freeWei, neededWei));
        bool isReputed = scoreNano >= neededNano;
        require(isReputed, IFLContract.FLContractReputationTooLow(taskId, msg.sender, scoreNano, neededNano));
    }
}
