// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "./CairnToken.sol";
import {FLAggregation} from "./base/FLAggregation.sol";
import {FLAudit} from "./base/FLAudit.sol";
import {FLState} from "./base/FLState.sol";
import {FLTraining} from "./base/FLTraining.sol";
import {IDataRegistry} from "./interfaces/IDataRegistry.sol";
import {IFLContract} from "./interfaces/IFLContract.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {Bitmap} from "./libraries/Bitmap.sol";
import {RoundMachine} from "./libraries/RoundMachine.sol";
import {DutyView, Phase, RoundView} from "./types/Round.sol";
import {ProtocolLimits, TaskView} from "./types/Task.sol";
import {Duty, Enrolment, Round, Task} from "./types/TaskStorage.sol";

/// @title  FLContract
/// @notice The parts in base/ put together, and the views. Every rule is in them or in libraries/.
contract FLContract is FLTraining, FLAudit, FLAggregation {
    using Bitmap for uint256;

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
    function roundOf(uint256 taskId, uint32 round) external view returns (RoundView memory result) {
        Task storage task = _tasks[taskId];
        if (round == 0 || round > task.state.round) return result;
        _describeState(result, task, task.stateOf(round));
        _describeRound(result, task.rounds[round]);
    }

    /// @inheritdoc IFLContract
    function dutyOf(uint256 taskId, uint32 round, address node) external view returns (DutyView memory result) {
        Task storage task = _tasks[taskId];
        Enrolment memory enrolment = task.enrolments[node];
        RoundMachine.State storage state = task.stateOf(round);
        result.enrolled = enrolment.fromRound != 0;
        if (result.enrolled) result.slot = enrolment.slot;
        if (round == 0 || round > task.state.round) return result;
        if (enrolment.commitRound == round) {
            result.committed = true;
            result.updateIndex = enrolment.slot;
            result.revealed = !task.rounds[round].unrevealed.has(enrolment.slot);
        } else {
            result.mayCommit = state.phase == Phase.Commit && result.enrolled && enrolment.fromRound <= round;
        }
        Duty storage duty = task.rounds[round].duties[state.attempt][node];
        (result.seated, result.verdictCommitted) = (duty.seated, duty.committed);
        (result.verdictRevealed, result.attested) = (duty.revealed, duty.attested);
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

    function _describeState(RoundView memory result, Task storage task, RoundMachine.State storage state) private view {
        (result.phase, result.failure, result.deadline) = (state.phase, state.failure, state.deadline);
        (result.expected, result.committed, result.revealed) = (state.expected, state.committed, state.revealed);
        (result.attempt, result.seats, result.attestations) = (state.attempt, state.seats, state.attestations);
        result.verdictsCommitted = state.verdictsCommitted;
        result.verdictsRevealed = uint16(uint256(state.revealedSeats).count()); // at most 64
        if (state.seats == 0) return;
        // A quorum is at most the seats.
        result.quorum =
            uint16(RoundMachine.quorumOf(state.seats, task.parameters.quorum, task.parameters.committeeSize));
    }

    function _describeRound(RoundView memory result, Round storage round) private view {
        (result.openedAtBlock, result.baseVersion) = (round.openedAtBlock, round.baseVersion);
        (result.seed, result.committeeSeed) = (round.seed, round.committeeSeed);
        (result.seedTargetBlock, result.snapshotEpoch) = (round.seedTargetBlock, round.snapshotEpoch);
        (result.revealedBitmap, result.acceptedBitmap) = (~round.unrevealed, round.accepted);
        (result.aggregateDigest, result.aggregateByteLength) = (round.aggregateDigest, round.aggregateByteLength);
        result.aggregateProposer = round.proposals[_key(round.aggregateDigest, round.aggregateByteLength)].proposer;
        result.publishedVersion = round.publishedVersion;
    }
}
