// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Phase, UpdateReveal} from "../types/Round.sol";
import {ProtocolLimits, TaskMode, TaskParameters} from "../types/Task.sol";
import {Duty, Enrolment, Round, Task} from "../types/TaskStorage.sol";
import {Bitmap} from "./Bitmap.sol";
import {Commitments} from "./Commitments.sol";
import {Earnings} from "./Earnings.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  Faults
/// @notice The faults that the round itself proves, and what they cost. Linked into FLContract, to keep that within the
///         size limit.
/// @dev    Each is slashed once. A score is never a fault.
library Faults {
    using Bitmap for uint256;
    using RoundMachine for RoundMachine.State;

    /// @dev Why NodeRegistry slashes a trainer that does not open its commitment.
    bytes32 internal constant MISSED_REVEAL = "cairn.missed-reveal";

    /// @dev Why NodeRegistry slashes an auditor that sat and said nothing.
    bytes32 internal constant SILENT_AUDITOR = "cairn.silent-auditor";

    /// @dev Why NodeRegistry slashes an auditor that accepted a planted error.
    bytes32 internal constant MISSED_PLANT = "cairn.missed-plant";

    /// @dev What that costs, of the stake that a seat stands for: 5 %. Unit: one in that many. Source: protocol.md.
    uint256 internal constant MISSED_PLANT_DIVISOR = 20;

    /// @dev What silence costs, of the stake that a seat stands for: 0.5 %. Unit: one in that many. Source: protocol.md.
    uint256 internal constant SILENCE_DIVISOR = 200;

    /// @notice Slashes `trainer` for the reveal it owes from a round that is past `Reveal`. Emits MissedRevealReported.
    /// @dev    Reverts with FLContractNoMissedReveal.
    /// @param  reporter Gets half; zero when nobody reported it.
    function slashMissedReveal(
        Task storage task,
        uint256 taskId,
        uint32 round,
        address trainer,
        address reporter,
        INodeRegistry nodeRegistry
    ) external returns (uint256 takenWei) {
        Enrolment storage enrolment = task.enrolments[trainer];
        bool owesReveal = round != 0 && enrolment.commitRound == round && enrolment.owesReveal;
        bool isMissed = owesReveal && task.stateOf(round).phase > Phase.Reveal;
        require(isMissed, IFLContract.FLContractNoMissedReveal(taskId, round, trainer));

        enrolment.owesReveal = false;
        if (task.batches[round].revealEndedAt != 0) {
            task.batches[round].charged[Commitments.keyOf(trainer, enrolment.commitment)] = true;
        }

        Earnings.credit(task, trainer, nodeRegistry);
        address prover = reporter == address(0) ? trainer : reporter; // its next commitment proves it
        takenWei = nodeRegistry.slash(trainer, task.parameters.missedRevealSlashWei, prover, MISSED_REVEAL);
        emit IFLContract.MissedRevealReported(taskId, round, trainer, reporter, takenWei);
    }

    /// @notice Slashes `auditor` for its silence in a committee that is done. Emits SilentAuditorReported.
    /// @dev    Any task can seat any auditor, so a seat's silence costs 0.5 % of what a seat stands for and no more of what
    ///         the auditor has, and nobody gains by it: all is burned. It leaves the auditor's reputation alone: else a
    ///         task whose data nobody can have would halve anybody's. Only while a stake that left when the committee was
    ///         drawn is still waiting. Reverts with FLContractNotSilent or FLContractReportTooLate.
    function slashSilentAuditor(
        Task storage task,
        uint256 taskId,
        uint32 round,
        uint8 attempt,
        address auditor,
        INodeRegistry nodeRegistry,
        ProtocolLimits storage limits
    ) external returns (uint256 takenWei) {
        Duty storage duty = task.rounds[round].duties[attempt][auditor];
        require(
            _isSilent(task, duty, round, attempt),
            IFLContract.FLContractNotSilent(taskId, round, attempt, auditor)
        );
        uint256 deadline = _committeeEnd(task, duty) + limits.reportSeconds;
        require(block.timestamp < deadline, IFLContract.FLContractReportTooLate(taskId, round, deadline));

        duty.reported = true;

        (uint256 stakeWei, uint256 askedWei) = (nodeRegistry.slashableOf(auditor), duty.seats * uint256(limits.seatStakeWei));
        uint256 slashWei = silenceWei(stakeWei < askedWei ? stakeWei : askedWei);
        takenWei = nodeRegistry.slash(auditor, slashWei, address(0), SILENT_AUDITOR);
        emit IFLContract.SilentAuditorReported(taskId, round, auditor, attempt, msg.sender, takenWei);
    }

    /// @notice Slashes `auditor`, which accepted an update that `trainer` had planted wrong. Emits MissedPlantReported.
    /// @dev    An update claims the root of its training's trace. A plant claims a hash that is the root of no trace, so it
    ///         is wrong for certain, whatever the data and the weights; who replays it sees that at once, who does not
    ///         can't tell it from others. Half of the slash is the trainer's: it planted, and whoever copies the report
    ///         gets nothing. What a committee said is kept until the next one is drawn, whichever round that is in: so
    ///         there is a seed's delay at least to report it in, and nobody can cut that short.
    ///         Reverts with FLContractNoPlant or FLContractPlantNotMissed.
    /// @param  opened    What the trainer revealed in the round of the last committee.
    /// @param  plantSalt Opens its trace root: Commitments.hashPlant.
    function slashMissedPlant(
        Task storage task,
        uint256 taskId,
        address trainer,
        UpdateReveal calldata opened,
        bytes32 plantSalt,
        address auditor,
        INodeRegistry nodeRegistry,
        ProtocolLimits storage limits
    ) external returns (uint256 takenWei) {
        uint16 round = task.seatedRound;
        bool isPlant = isRevealed(task, taskId, trainer, opened)
            && opened.traceRoot == Commitments.hashPlant(taskId, round, trainer, plantSalt);
        require(isPlant, IFLContract.FLContractNoPlant(taskId, round, trainer));
        Duty storage duty = task.rounds[round].duties[task.seatedAttempt][auditor];
        bool isMissed = duty.revealed && !duty.missedPlant && auditor != trainer
            && uint256(task.verdicts[duty.seat]).has(task.enrolments[trainer].slot);
        require(isMissed, IFLContract.FLContractPlantNotMissed(taskId, round, auditor));

        duty.missedPlant = true;

        Earnings.credit(task, auditor, nodeRegistry);
        uint256 slashWei = duty.seats * uint256(limits.seatStakeWei) / MISSED_PLANT_DIVISOR;
        takenWei = nodeRegistry.slash(auditor, slashWei, trainer, MISSED_PLANT);
        emit IFLContract.MissedPlantReported(taskId, round, auditor, trainer, takenWei);
    }

    /// @return Whether `trainer` revealed this in the round of the last committee.
    /// @dev    Only where updates can be replayed: elsewhere a wrong trace root is no fault that an auditor could see.
    function isRevealed(Task storage task, uint256 taskId, address trainer, UpdateReveal calldata opened)
        internal
        view
        returns (bool)
    {
        return isRevealed(task, taskId, trainer, abi.encode(opened));
    }

    /// @param opened abi.encode of an UpdateReveal.
    function isRevealed(Task storage task, uint256 taskId, address trainer, bytes memory opened)
        internal
        view
        returns (bool)
    {
        Enrolment storage enrolment = task.enrolments[trainer];
        uint16 round = task.seatedRound;
        bool hasRevealed = enrolment.commitRound == round && !enrolment.owesReveal;
        bytes25 actual = bytes25(Commitments.hashUpdate(taskId, round, trainer, opened));
        return hasRevealed && task.parameters.mode == TaskMode.Replayable && actual == enrolment.commitment;
    }

    /// @return What silence costs where so much is at stake. Unit: wei.
    function silenceWei(uint256 stakeWei) internal pure returns (uint256) {
        return stakeWei / SILENCE_DIVISOR;
    }

    /// @param  aggregation The last one of the duty's committee.
    /// @return Whether the member has attested in it.
    function hasAttested(Duty storage duty, uint8 aggregation) internal view returns (bool) {
        return duty.attestedIn == aggregation + 1;
    }

    /// @return Whether `duty`, in a committee that did not agree, attested something else than more than half of its seats.
    function isDissent(Round storage round, Duty storage duty, uint8 aggregation) internal view returns (bool) {
        bytes16 majority = round.majorities[aggregation];
        return majority != 0 && hasAttested(duty, aggregation) && duty.attestedKey != majority;
    }

    /// @dev Who committed a verdict that could not be opened, for want of a quorum, was not silent. Who kept its
    ///      attestation back or wasted it, where that kept the others from agreeing, was; but not who had refused every
    ///      update: it may have been unable to use them. Who attested an aggregate that a dispute proved false is reported
    ///      like it, whatever its verdict.
    function _isSilent(Task storage task, Duty storage duty, uint32 round, uint8 attempt) private view returns (bool) {
        if (duty.seats == 0 || duty.reported) return false;
        uint8 attestedIn = duty.attestedIn;
        if (attestedIn > 0 && duty.attestedKey == task.rounds[round].refuted[attestedIn - 1]) return true;
        if (duty.refused) return false;
        RoundMachine.State storage state = task.stateOf(round);
        if (duty.revealed) {
            bool isVetoed = (state.vetoedAttempts >> attempt) & 1 == 1;
            uint8 aggregation = state.aggregationOf(attempt);
            return isVetoed && (!hasAttested(duty, aggregation) || isDissent(task.rounds[round], duty, aggregation));
        }
        bool isOver = state.attempt > attempt || state.phase > Phase.AuditReveal;
        bool couldNotReveal = duty.committed && (state.unopenedAttempts >> attempt) & 1 == 1;
        return isOver && !couldNotReveal;
    }

    /// @return The latest moment at which the committee could act. Unit: unix seconds.
    function _committeeEnd(Task storage task, Duty storage duty) private view returns (uint256) {
        TaskParameters storage p = task.parameters;
        return uint256(duty.seatedAt) + p.auditCommitSeconds + p.auditRevealSeconds + p.aggregateSeconds;
    }
}
