// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../CairnToken.sol";
import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {PublishedVersion} from "../types/Model.sol";
import {ProtocolLimits, TaskParameters} from "../types/Task.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Commitments} from "./Commitments.sol";
import {Faults} from "./Faults.sol";
import {SlotCounters} from "./SlotCounters.sol";
import {VerdictTally} from "./VerdictTally.sol";

/// @title  RoundClosing
/// @notice Counts verdicts, books rewards and publishes versions. Linked into FLContract, to keep that within the size
///         limit.
/// @dev    Assumes: the round is in the phase that ends by it; the caller moves it on.
library RoundClosing {
    using Bitmap for uint256;
    using SlotCounters for SlotCounters.Counters;

    /// @notice Counts what a committee revealed, and what its silence costs. Emits VerdictsTallied and SilenceBurned.
    /// @dev    A quorum decides either way: for some update, or against all of them; verdicts against all are paid only then.
    ///         Where it does neither, a few refuse what the others accept.
    /// @return isAccepted Whether a quorum accepts some update.
    /// @return isRefused  Whether a quorum refuses all; its verdicts are booked.
    function endVerdicts(
        Task storage task,
        uint256 taskId,
        uint256 quorum,
        CairnToken token,
        ProtocolLimits storage limits
    ) external returns (bool isAccepted, bool isRefused) {
        uint256 revealed = uint256(task.state.revealedSeats).count();
        burnSilence(task, taskId, revealed, token, limits);
        isAccepted = revealed >= quorum && _tally(task, taskId, quorum) != 0;
        isRefused = !isAccepted && task.state.refusingSeats >= quorum;
        if (isRefused) _bookVerdicts(task, revealed);
    }

    /// @dev O(seats), whatever the number of trainers. Updates that were not revealed are never accepted, nor those that a
    ///      quorum marks as duplicates: so they are neither aggregated nor paid. Emits DuplicatesFound if any.
    function _tally(Task storage task, uint256 taskId, uint256 quorum) private returns (uint256 accepted) {
        Round storage round = task.lastRound();
        accepted = VerdictTally.tally(_revealedVerdicts(task, false), quorum) & ~round.unrevealed;
        uint256 duplicates = task.state.marksDuplicates ? VerdictTally.tally(_revealedVerdicts(task, true), quorum) : 0;
        accepted &= ~duplicates;
        if (task.state.attempt > 0) accepted &= ~round.struck; // disputes come after a tally

        round.accepted = accepted;

        emit IFLContract.VerdictsTallied(taskId, task.state.round, accepted);
        if (duplicates != 0) emit IFLContract.DuplicatesFound(taskId, task.state.round, duplicates);
    }

    /// @notice Burns of the task's escrow what their silence costs the seats that stayed silent. Emits SilenceBurned.
    /// @dev    So seating others where they can't act, or will not, costs the owner as much as it costs them, and no more
    ///         than it had put aside to pay them. Nobody has to report it, and no refund comes before it.
    /// @param  spoken Seats of the committee that were not silent.
    function burnSilence(
        Task storage task,
        uint256 taskId,
        uint256 spoken,
        CairnToken token,
        ProtocolLimits storage limits
    ) public {
        uint256 silent = task.state.seats - spoken;
        if (silent == 0) return;
        uint256 burnedWei = silent * Faults.silenceWei(limits.seatStakeWei);

        task.escrowWei -= burnedWei;

        emit IFLContract.SilenceBurned(taskId, task.state.round, task.state.attempt, uint8(silent), burnedWei); // at most 48
        token.burn(burnedWei);
    }

    /// @notice Books all rewards of the round and publishes its version. Emits RoundFinalized.
    /// @dev    An owner who revoked this contract as publisher gets no version, but cannot keep what was earned.
    ///         The registry is Cairn's own and calls nobody, so writing its answer after the call is safe.
    function finalize(Task storage task, uint256 taskId, IModelRegistry modelRegistry) external {
        Round storage round = task.lastRound();
        uint256 accepted = round.accepted;
        uint64 version;

        // Who refused what a quorum accepted may not have looked, or could not: it is not paid.
        uint256 verdicts = uint256(task.state.revealedSeats).count() - task.state.refusingSeats;
        TaskParameters storage p = task.parameters;
        task.escrowWei -= verdicts * p.rewardPerVerdictWei + accepted.count() * p.rewardPerUpdateWei;
        task.acceptedUpdates.increment(accepted);
        if (modelRegistry.mayPublish(task.parameters.modelId, address(this))) {
            version = _publish(task, taskId, modelRegistry);
            round.publishedVersion = uint48(version); // versions stay far below 48 bits
        }

        emit IFLContract.RoundFinalized(taskId, task.state.round, version, accepted);
    }

    function _bookVerdicts(Task storage task, uint256 seats) private {
        task.escrowWei -= seats * task.parameters.rewardPerVerdictWei;
    }

    function _publish(Task storage task, uint256 taskId, IModelRegistry modelRegistry) private returns (uint64) {
        Round storage round = task.lastRound();
        uint32 number = task.state.round;
        bytes32 provenance =
            Commitments.hashProvenance(taskId, number, round.seed, round.accepted, round.committeeSeed);
        return modelRegistry.publishVersion(
            task.parameters.modelId,
            PublishedVersion({
                weightsDigest: round.aggregateDigest,
                weightsByteLength: round.aggregateByteLength,
                parentVersion: round.baseVersion,
                taskId: taskId,
                round: number,
                provenanceDigest: provenance
            })
        );
    }

    /// @return verdicts What each revealed seat accepts, or what it marks as duplicates.
    function _revealedVerdicts(Task storage task, bool marks) private view returns (uint256[] memory verdicts) {
        (uint256 seats, uint8 attempt) = (task.state.revealedSeats, task.state.attempt);
        Round storage round = task.lastRound();
        verdicts = new uint256[](seats.count());
        for (uint256 i = 0; i < verdicts.length; i++) {
            uint8 seat = (~seats).lowestFree();
            verdicts[i] = marks ? round.duplicates[attempt][seat] : uint256(task.verdicts[seat]);
            seats = seats.remove(seat);
        }
    }
}
