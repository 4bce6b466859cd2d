// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DutyView, Phase, RoundView} from "../types/Round.sol";
import {Duty, Enrolment, Round, Task} from "../types/TaskStorage.sol";
import {Aggregates} from "./Aggregates.sol";
import {Bitmap} from "./Bitmap.sol";
import {Faults} from "./Faults.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  RoundViews
/// @notice What the contract shows of rounds and of who acts in them. Linked into FLContract, to keep that within the size
///         limit. Changes nothing.
library RoundViews {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    /// @return result All zeros for a round that was never opened.
    function describe(Task storage task, uint32 round) external view returns (RoundView memory result) {
        if (round == 0 || round > task.state.round) return result;
        _describeState(result, task, task.stateOf(round));
        _describeRound(result, task.rounds[round]);
    }

    /// @return result What `node` may do and has done.
    function dutyOf(Task storage task, uint32 round, address node) external view returns (DutyView memory result) {
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
        (result.seats, result.seated, result.verdictCommitted) = (duty.seats, duty.seats > 0, duty.committed);
        uint8 aggregation = state.aggregationOf(state.attempt);
        (result.verdictRevealed, result.attested) = (duty.revealed, Faults.hasAttested(duty, aggregation));
        result.dissented = Faults.isDissent(task.rounds[round], duty, aggregation);
    }

    function _describeState(RoundView memory result, Task storage task, RoundMachine.State storage state) private view {
        (result.phase, result.failure, result.deadline) = (state.phase, state.failure, state.deadline);
        (result.expected, result.committed, result.revealed) = (state.expected, state.committed, state.revealed);
        (result.attempt, result.seats, result.attestations) = (state.attempt, state.seats, state.attestations);
        result.reruns = state.reruns;
        result.verdictsCommitted = state.verdictsCommitted;
        result.verdictsRevealed = uint16(uint256(state.revealedSeats).count()); // at most 48
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
        uint8 aggregation = result.attempt + result.reruns; // only the second committee has reruns
        bytes32 key = Aggregates.keyOf(aggregation, round.aggregateDigest, round.aggregateByteLength);
        result.aggregateProposer = round.proposals[key].proposer;
        result.publishedVersion = round.publishedVersion;
    }
}
