// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bitmap} from "../libraries/Bitmap.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {SlotCounters} from "../libraries/SlotCounters.sol";
import {VerdictTally} from "../libraries/VerdictTally.sol";
import {PublishedVersion} from "../types/Model.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {FLState} from "./FLState.sol";

/// @title  FLTransitions
/// @notice How each phase ends. The last to act ends it early, `advance` ends it at its deadline; both end up here.
/// @dev    Holds no entry points and asks nobody for permission.
abstract contract FLTransitions is FLState {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;
    using SlotCounters for SlotCounters.Counters;

    /// @dev Everybody who may commit has, or time is up.
    function _endCommit(uint256 taskId, Task storage task) internal {
        if (task.state.committed == 0) _fail(taskId, task, FailureReason.NoCommitments);
        else _enter(taskId, task, Phase.Reveal, task.parameters.revealSeconds);
    }

    function _endReveal(uint256 taskId, Task storage task) internal {
        if (task.state.revealed == 0) _fail(taskId, task, FailureReason.NoReveals);
        else _startDraw(taskId, task);
    }

    /// @dev Fixes the seed's block before it exists, and the stakes as nobody can change them any more.
    function _startDraw(uint256 taskId, Task storage task) internal {
        _enter(taskId, task, Phase.Draw, task.parameters.drawSeconds);
        _target(taskId, task, block.number + task.parameters.seedDelayBlocks);
    }

    function _target(uint256 taskId, Task storage task, uint256 targetBlock) internal {
        Round storage round = _lastRound(task);
        uint256 snapshotEpoch = nodeRegistry.currentEpoch() - 1;
        round.seedTargetBlock = uint48(targetBlock); // block numbers and epochs stay far below these widths
        round.snapshotEpoch = uint32(snapshotEpoch);
        emit SeedTargeted(
            taskId, task.state.round, task.state.attempt, uint64(targetBlock), uint64(snapshotEpoch)
        );
    }

    function _endAuditCommit(uint256 taskId, Task storage task) internal {
        if (task.state.verdictsCommitted >= _quorum(task)) {
            _enter(taskId, task, Phase.AuditReveal, task.parameters.auditRevealSeconds);
        } else {
            task.state.unopenedAttempts |= uint8(1 << task.state.attempt); // attempts are 0 and 1
            _redrawOrFail(taskId, task);
        }
    }

    /// @dev With a quorum of verdicts: counts them. O(seats), whatever the number of trainers.
    function _endAuditReveal(uint256 taskId, Task storage task) internal {
        uint256 quorum = _quorum(task);
        uint256[] memory verdicts = _revealedVerdicts(task);
        if (verdicts.length < quorum) {
            _redrawOrFail(taskId, task);
            return;
        }
        Round storage round = _lastRound(task);
        uint256 accepted = VerdictTally.tally(verdicts, quorum) & ~round.unrevealed;
        round.accepted = accepted;
        emit VerdictsTallied(taskId, task.state.round, accepted);
        if (accepted == 0) {
            task.escrowWei -= verdicts.length * task.parameters.rewardPerVerdictWei;
            _fail(taskId, task, FailureReason.NothingAccepted);
        } else {
            _enter(taskId, task, Phase.Aggregate, task.parameters.aggregateSeconds);
        }
    }

    /// @dev Publishes the version and books the rewards. An owner who revoked this contract gets no version, but cannot
    ///      keep what was earned.
    function _endChallenge(uint256 taskId, Task storage task) internal {
        Round storage round = _lastRound(task);
        uint256 accepted = round.accepted;
        task.acceptedUpdates.increment(accepted);
        task.escrowWei -= accepted.count() * task.parameters.rewardPerUpdateWei
            + uint256(task.state.revealedSeats).count() * task.parameters.rewardPerVerdictWei;
        _enter(taskId, task, Phase.Final, 0);
        uint64 version;
        if (modelRegistry.mayPublish(task.parameters.modelId, address(this))) version = _publish(taskId, task, round);
        emit RoundFinalized(taskId, task.state.round, version, accepted);
    }

    function _quorum(Task storage task) internal view returns (uint256) {
        return RoundMachine.quorumOf(task.state.seats, task.parameters.quorum, task.parameters.committeeSize);
    }

    function _redrawOrFail(uint256 taskId, Task storage task) private {
        if (task.state.attempt > 0) {
            _fail(taskId, task, FailureReason.NoQuorum);
        } else {
            task.state.redraw();
            _startDraw(taskId, task);
        }
    }

    function _revealedVerdicts(Task storage task) private view returns (uint256[] memory verdicts) {
        uint256 seats = task.state.revealedSeats;
        verdicts = new uint256[](seats.count());
        for (uint256 i = 0; i < verdicts.length; i++) {
            uint8 seat = (~seats).lowestFree();
            verdicts[i] = uint256(task.verdicts[seat]);
            seats = seats.remove(seat);
        }
    }

    /// @dev The registry is Cairn's own and calls nobody, so writing its answer after the call is safe.
    function _publish(uint256 taskId, Task storage task, Round storage round) private returns (uint64 version) {
        uint32 number = task.state.round;
        version = modelRegistry.publishVersion(
            task.parameters.modelId,
            PublishedVersion({
                weightsDigest: round.aggregateDigest,
                weightsByteLength: round.aggregateByteLength,
                parentVersion: round.baseVersion,
                taskId: taskId,
                round: number,
                provenanceDigest: Commitments.hashProvenance(
                    taskId, number, round.seed, round.accepted, round.committeeSeed
                )
            })
        );
        round.publishedVersion = uint48(version);
    }
}
