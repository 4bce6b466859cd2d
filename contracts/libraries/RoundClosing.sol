// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {PublishedVersion} from "../types/Model.sol";
import {Round, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Commitments} from "./Commitments.sol";
import {SlotCounters} from "./SlotCounters.sol";
import {VerdictTally} from "./VerdictTally.sol";

/// @title  RoundClosing
/// @notice Counts verdicts, books rewards and publishes versions. Linked into FLContract, to keep that within the size
///         limit.
/// @dev    Assumes: the round is in the phase that ends by it; the caller moves it on.
library RoundClosing {
    using Bitmap for uint256;
    using SlotCounters for SlotCounters.Counters;

    /// @notice Counts the revealed verdicts, at least `quorum` of them. Emits VerdictsTallied.
    /// @dev    O(seats), whatever the number of trainers. Updates that were not revealed are never accepted, nor those
    ///         that a quorum marks as duplicates: so they are neither aggregated nor paid. Emits DuplicatesFound if any.
    function tally(Task storage task, uint256 taskId, uint256 quorum) external returns (uint256 accepted) {
        Round storage round = task.lastRound();
        accepted = VerdictTally.tally(_revealedVerdicts(task, false), quorum) & ~round.unrevealed;
        uint256 duplicates = task.state.marksDuplicates ? VerdictTally.tally(_revealedVerdicts(task, true), quorum) : 0;
        accepted &= ~duplicates;

        round.accepted = accepted;

        emit IFLContract.VerdictsTallied(taskId, task.state.round, accepted);
        if (duplicates != 0) emit IFLContract.DuplicatesFound(taskId, task.state.round, duplicates);
    }

    /// @notice Books what the round's verdicts earned.
    function bookVerdicts(Task storage task) public {
        task.escrowWei -= uint256(task.state.revealedSeats).count() * task.parameters.rewardPerVerdictWei;
    }

    /// @notice Books all rewards of the round and publishes its version. Emits RoundFinalized.
    /// @dev    An owner who revoked this contract as publisher gets no version, but cannot keep what was earned.
    ///         The registry is Cairn's own and calls nobody, so writing its answer after the call is safe.
    function finalize(Task storage task, uint256 taskId, IModelRegistry modelRegistry) external {
        Round storage round = task.lastRound();
        uint256 accepted = round.accepted;
        uint64 version;

        bookVerdicts(task);
        task.escrowWei -= accepted.count() * task.parameters.rewardPerUpdateWei;
        task.acceptedUpdates.increment(accepted);
        if (modelRegistry.mayPublish(task.parameters.modelId, address(this))) {
            version = _publish(task, taskId, modelRegistry);
            round.publishedVersion = uint48(version); // versions stay far below 48 bits
        }

        emit IFLContract.RoundFinalized(taskId, task.state.round, version, accepted);
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
