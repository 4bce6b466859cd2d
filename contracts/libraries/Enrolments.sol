// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {CAPABILITY_TRAINER, NodeView} from "../types/Node.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Account, Enrolment, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Cover} from "./Cover.sol";
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

    /// @dev How long who was evicted for idleness, or left with nothing accepted, has to wait for another place in the
    ///      task. Unit: rounds.
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
        uint16 counter = task.acceptedUpdates.get(place);
        (account.paidCounter, account.joinedCounter) = (counter, counter);
        task.enrolments[msg.sender] = Enrolment(round + 1, 0, place, false, 0);

        emit IFLContract.TrainerJoined(taskId, msg.sender, place);
        nodeRegistry.lock(msg.sender, task.parameters.minStakeWei);
        return place;
    }

    /// @notice Gives the caller's place up and unlocks its stake. Emits TrainerLeft.
    /// @dev    Not while a round waits for the caller's commitment: else one stake could open rounds of many tasks and leave
    ///         each empty.
    function leave(Task storage task, uint256 taskId, INodeRegistry nodeRegistry) external {
        uint16 fromRound = task.enrolments[msg.sender].fromRound;
        bool isAwaited = task.state.phase == Phase.Commit && fromRound != 0 && fromRound <= task.state.round;
        bool isPending = isAwaited || _mayBeRelayed(task, msg.sender);
        require(!isPending, IFLContract.FLContractUpdatePending(taskId, msg.sender));
        _vacate(task, taskId, msg.sender, nodeRegistry);
    }

    /// @notice Takes the place of a trainer that is short of stake or idle. Emits TrainerLeft.
    /// @return isLast Whether all who are left have committed, so that `Commit` is over.
    function evict(Task storage task, uint256 taskId, address trainer, INodeRegistry nodeRegistry)
        external
        returns (bool isLast)
    {
        (uint256 stakeWei, uint256 lockedWei) = nodeRegistry.coverOf(trainer);
        bool isIdle_ = isIdle(task, trainer);
        bool isShort = stakeWei < Cover.neededWei(lockedWei);
        require(isShort || isIdle_, IFLContract.FLContractNotEvictable(taskId, trainer));
        bool isPending = !isShort && _mayBeRelayed(task, trainer);
        require(!isPending, IFLContract.FLContractUpdatePending(taskId, trainer));
        if (isIdle_) task.accounts[trainer].rejoinRound = task.state.round + REJOIN_ROUNDS;
        return _vacate(task, taskId, trainer, nodeRegistry);
    }

    /// @return Whether in each of the last rounds that are over the trainer had a place and no accepted update, although
    ///         others had or nothing but trainers was missing. Rounds that lacked auditors say nothing of a trainer.
    function isIdle(Task storage task, address trainer) public view returns (bool) {
        Enrolment storage enrolment = task.enrolments[trainer];
        (uint32 last, uint32 fromRound) = (task.state.round, enrolment.fromRound);
        if (task.state.isActive()) last--;
        if (fromRound == 0 || last < fromRound + IDLE_ROUNDS - 1) return false;
        for (uint32 round = last; round > last - IDLE_ROUNDS; round--) {
            if (!_missed(task, round, enrolment.slot)) return false;
        }
        return true;
    }

    /// @dev Whether a relay may have sent a commitment that the trainer is still to open. It needs its place for that.
    function _mayBeRelayed(Task storage task, address trainer) private view returns (bool) {
        uint16 fromRound = task.enrolments[trainer].fromRound;
        bool isOpen = task.state.phase == Phase.Commit || task.state.phase == Phase.Reveal;
        return task.state.batched && isOpen && fromRound != 0 && fromRound <= task.state.round;
    }

    /// @dev Where everything was refused, only who revealed nothing was missing: a committee that refuses for no reason must
    ///      not cost trainers their places.
    function _missed(Task storage task, uint32 round, uint8 slot) private view returns (bool) {
        RoundMachine.State storage state = task.stateOf(round);
        if (state.phase == Phase.Final) return !task.rounds[round].accepted.has(slot);
        if (state.failure == FailureReason.NothingAccepted) return task.rounds[round].unrevealed.has(slot);
        return state.failure == FailureReason.NoCommitments || state.failure == FailureReason.NoReveals;
    }

    /// @dev Who was there for a round, and had no update accepted for as long as it stayed, has to wait: else leaving and
    ///      joining again would hold a place without ever being idle.
    function _vacate(Task storage task, uint256 taskId, address trainer, INodeRegistry nodeRegistry)
        private
        returns (bool isLast)
    {
        Enrolment storage enrolment = task.enrolments[trainer];
        Account storage account = task.accounts[trainer];
        (uint16 fromRound, uint8 slot, uint16 round) = (enrolment.fromRound, enrolment.slot, task.state.round);
        require(fromRound != 0, IFLContract.FLContractNotEnrolled(taskId, trainer));
        bool isPending = task.state.isActive() && enrolment.commitRound == round;
        require(!isPending, IFLContract.FLContractUpdatePending(taskId, trainer));

        bool isBarren = task.acceptedUpdates.get(slot) == account.joinedCounter;
        if (isBarren && fromRound <= round) account.rejoinRound = round + REJOIN_ROUNDS;
        Earnings.leaveSlot(task, account, slot);
        enrolment.fromRound = 0;
        task.places = task.places.remove(slot);
        task.enrolled--;
        if (task.state.phase == Phase.Commit && fromRound <= round) {
            uint16 expected = task.state.expected - 1;
            task.state.expected = expected;
            // With no commitment at all the round lasts until its deadline, as it would have.
            isLast = task.state.committed > 0 && task.state.committed == expected;
        }

        emit IFLContract.TrainerLeft(taskId, trainer, slot);
        nodeRegistry.unlock(trainer, task.parameters.minStakeWei);
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
