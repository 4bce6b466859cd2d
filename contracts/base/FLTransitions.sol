// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Aggregates} from "../libraries/Aggregates.sol";
import {Bitmap} from "../libraries/Bitmap.sol";
import {Disputes} from "../libraries/Disputes.sol";
import {RoundClosing} from "../libraries/RoundClosing.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {FLState} from "./FLState.sol";

/// @title  FLTransitions
/// @notice How each phase ends. The last to act ends it early, `advance` ends it at its deadline; both end up here.
/// @dev    Holds no entry points and asks nobody for permission.
abstract contract FLTransitions is FLState {
    using RoundMachine for RoundMachine.State;

    /// @dev Everybody who may commit has, or time is up. A batch counts as a commitment: junk costs its relay what a
    ///      commitment that is never opened costs its trainer.
    function _endCommit(uint256 taskId, Task storage task) internal {
        if (task.state.committed == 0 && !task.state.batched) _fail(taskId, task, FailureReason.NoCommitments);
        else _enter(taskId, task, Phase.Reveal, task.parameters.revealSeconds);
    }

    function _endReveal(uint256 taskId, Task storage task) internal {
        if (task.state.batched) task.batches[task.state.round].revealEndedAt = uint40(block.timestamp);
        if (task.state.revealed == 0) _fail(taskId, task, FailureReason.NoReveals);
        else _startDraw(taskId, task);
    }

    /// @dev Fixes the seed's block before it exists, and the stakes as nobody can change them any more.
    function _startDraw(uint256 taskId, Task storage task) internal {
        _enter(taskId, task, Phase.Draw, task.parameters.drawSeconds);
        _target(taskId, task, block.number + task.parameters.seedDelayBlocks);
    }

    function _target(uint256 taskId, Task storage task, uint256 targetBlock) internal {
        Round storage round = task.lastRound();
        uint256 snapshotEpoch = nodeRegistry.currentEpoch() - 1;
        round.seedTargetBlock = uint48(targetBlock); // block numbers and epochs stay far below these widths
        round.snapshotEpoch = uint32(snapshotEpoch);
        emit SeedTargeted(
            taskId, task.state.round, task.state.attempt, uint64(targetBlock), uint64(snapshotEpoch)
        );
    }

    function _endAuditCommit(uint256 taskId, Task storage task) internal {
        uint256 committed = task.state.verdictsCommitted;
        if (committed >= _quorum(task)) {
            _enter(taskId, task, Phase.AuditReveal, task.parameters.auditRevealSeconds);
        } else {
            RoundClosing.burnSilence(task, taskId, committed, token, _limits);
            task.state.unopenedAttempts |= uint8(1 << task.state.attempt); // attempts are 0 and 1
            _redrawOrFail(taskId, task, FailureReason.NoQuorum);
        }
    }

    /// @dev A quorum decides either way: for some update, or against all of them. Where it does neither, a few refuse what
    ///      the others accept; nobody is paid, and a committee twice the size takes over.
    function _endAuditReveal(uint256 taskId, Task storage task) internal {
        (bool isAccepted, bool isRefused) = RoundClosing.endVerdicts(task, taskId, _quorum(task), token, _limits);
        if (isAccepted) _enter(taskId, task, Phase.Aggregate, task.parameters.aggregateSeconds);
        else if (isRefused) _fail(taskId, task, FailureReason.NothingAccepted);
        else _redrawOrFail(taskId, task, FailureReason.NoQuorum);
    }

    /// @dev The first committee's time is up: whoever kept the others from agreeing loses its pay and can be reported, and
    ///      a committee twice the size takes over. So a veto costs, and must be had twice.
    function _endAggregate(uint256 taskId, Task storage task) internal {
        Aggregates.dismiss(task);
        _redrawOrFail(taskId, task, FailureReason.NoAggregate);
    }

    function _startChallenge(uint256 taskId, Task storage task) internal {
        _enter(taskId, task, Phase.Challenge, task.parameters.challengeSeconds);
    }

    /// @dev What disputes have undone, the second committee aggregates anew.
    function _endChallenge(uint256 taskId, Task storage task) internal {
        Phase next = Disputes.conclude(task, taskId);
        if (next == Phase.Failed) {
            _fail(taskId, task, FailureReason.Disputed);
        } else if (next == Phase.Aggregate) {
            _enter(taskId, task, Phase.Aggregate, task.parameters.aggregateSeconds);
        } else {
            _enter(taskId, task, Phase.Final, 0);
            RoundClosing.finalize(task, taskId, modelRegistry);
        }
    }

    function _verdictsRevealed(Task storage task) internal view returns (uint256) {
        return Bitmap.count(task.state.revealedSeats);
    }

    function _quorum(Task storage task) internal view returns (uint256) {
        return RoundMachine.quorumOf(task.state.seats, task.parameters.quorum, task.parameters.committeeSize);
    }

    function _redrawOrFail(uint256 taskId, Task storage task, FailureReason reason) internal {
        if (task.state.attempt > 0) {
            _fail(taskId, task, reason);
        } else {
            task.state.redraw();
            _startDraw(taskId, task);
        }
    }
}
