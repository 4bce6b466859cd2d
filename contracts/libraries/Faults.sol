// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Phase} from "../types/Round.sol";
import {Duty, Enrolment, Task} from "../types/TaskStorage.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  Faults
/// @notice The faults that the round itself proves, and what they cost. Linked into FLContract, to keep that within the
///         size limit.
/// @dev    Each is slashed once. A score is never a fault.
library Faults {
    /// @dev Why NodeRegistry slashes a trainer that does not open its commitment.
    bytes32 internal constant MISSED_REVEAL = "cairn.missed-reveal";

    /// @dev Why NodeRegistry slashes an auditor that sat and said nothing.
    bytes32 internal constant SILENT_AUDITOR = "cairn.silent-auditor";

    /// @dev What silence costs, of the stake that the task asks for: 0.5 %. Unit: one in that many. Source: protocol.md.
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
        bool owesReveal = round != 0 && enrolment.commitRound == round && enrolment.commitment != 0;
        bool isMissed = owesReveal && task.stateOf(round).phase > Phase.Reveal;
        require(isMissed, IFLContract.FLContractNoMissedReveal(taskId, round, trainer));

        enrolment.commitment = 0;

        takenWei = nodeRegistry.slash(trainer, task.parameters.missedRevealSlashWei, reporter, MISSED_REVEAL);
        emit IFLContract.MissedRevealReported(taskId, round, trainer, reporter, takenWei);
    }

    /// @notice Slashes `auditor` for its silence in a committee that is done. Emits SilentAuditorReported.
    /// @dev    Any task can seat any auditor, so a task's silence costs 0.5 % of its own minimum and no more of what the
    ///         auditor has, and nobody gains by it: all is burned. Reverts with FLContractNotSilent.
    function slashSilentAuditor(
        Task storage task,
        uint256 taskId,
        uint32 round,
        uint8 attempt,
        address auditor,
        INodeRegistry nodeRegistry
    ) external returns (uint256 takenWei) {
        Duty storage duty = task.rounds[round].duties[attempt][auditor];
        require(
            _isSilent(duty, task.stateOf(round), attempt),
            IFLContract.FLContractNotSilent(taskId, round, attempt, auditor)
        );

        duty.reported = true;

        (uint256 stakeWei, uint256 askedWei) = (nodeRegistry.slashableOf(auditor), task.parameters.minStakeWei);
        uint256 slashWei = (stakeWei < askedWei ? stakeWei : askedWei) / SILENCE_DIVISOR;
        takenWei = nodeRegistry.slash(auditor, slashWei, address(0), SILENT_AUDITOR);
        emit IFLContract.SilentAuditorReported(taskId, round, auditor, attempt, msg.sender, takenWei);
    }

    /// @dev Who committed a verdict that could not be opened, for want of a quorum, was not silent.
    function _isSilent(Duty storage duty, RoundMachine.State storage state, uint8 attempt) private view returns (bool) {
        bool isOver = state.attempt > attempt || state.phase > Phase.AuditReveal;
        bool couldNotReveal = duty.committed && (state.unopenedAttempts >> attempt) & 1 == 1;
        return duty.seated && isOver && !duty.revealed && !couldNotReveal && !duty.reported;
    }
}
