// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {ProtocolLimits, TaskMode, TaskParameters} from "../types/Task.sol";
import {Task} from "../types/TaskStorage.sol";
import {Faults} from "./Faults.sol";
import {Reputation} from "./Reputation.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  TaskRules
/// @notice What a task may ask for, and what it costs. Linked into FLContract, to keep that within the size limit.
library TaskRules {
    using RoundMachine for RoundMachine.State;

    /// @dev A verdict on all updates is one 256-bit word.
    uint256 internal constant MAX_TRAINERS = 256;

    /// @dev The draw of the 2k seats of a redraw stays below three quarters of what a transaction may use, and their bitmap
    ///      within a word of 48 bits. See test/contracts/gas/Draw.t.sol.
    uint256 internal constant MAX_COMMITTEE_SIZE = 24;

    /// @dev Seats of both committees that a round can have, k and 2k. Unit: k.
    uint256 internal constant BOTH_COMMITTEES = 3;

    /// @dev SlotCounters counts rounds in 16 bits, from 1.
    uint256 internal constant MAX_ROUNDS = type(uint16).max - 1;

    /// @dev With one update in ten audited, a lie must cost more than nine honest rewards earn, of which the slash burns
    ///      half: 18, and 20 where a tenth of the stake may be missing (Cover). Source: protocol.md.
    uint256 internal constant MIN_STAKE_PER_REWARD = 20;

    /// @dev A phase `Draw` lasts at least so many seed delays: one to the seed's block, up to two more when it has to be
    ///      moved once, and one to prove it in. With less, whoever opens a task could have updates revealed for nothing.
    uint256 internal constant MIN_DRAW_DELAYS = 4;

    /// @dev A seed delay is at most one in so many parts of an epoch: else no seed could be proven before the stakes of
    ///      its draw are out of reach.
    uint256 internal constant MIN_EPOCH_DELAYS = 2;

    /// @dev Stake may begin to leave so long before the draw that still counts it. Unit: epochs.
    uint256 internal constant STALE_EPOCHS = 2;

    /// @dev No amount is larger than the token's supply can be. Unit: wei.
    uint256 internal constant MAX_AMOUNT_WEI = type(uint112).max;

    /// @notice The parameter is `actual`; `min` to `max` are allowed.
    /// @param  parameter Its name, as in TaskParameters or ProtocolLimits; `roundSeconds` are two epochs, all phases with
    ///         a second committee, and the time for reports, which together may last as long as stake waits to be paid.
    error TaskRulesOutOfRange(bytes32 parameter, uint256 actual, uint256 min, uint256 max);

    /// @notice The task has no mode.
    error TaskRulesNoMode();

    /// @notice Checks a deployment's limits. Reverts with {TaskRulesOutOfRange}.
    function checkLimits(ProtocolLimits memory limits) internal pure {
        _within("minPhaseSeconds", limits.minPhaseSeconds, 1, limits.maxPhaseSeconds);
        _within("minChallengeSeconds", limits.minChallengeSeconds, 1, limits.maxPhaseSeconds);
        _within("minSeedDelayBlocks", limits.minSeedDelayBlocks, 1, limits.maxSeedDelayBlocks);
        _within("maxCommitteeSize", limits.maxCommitteeSize, 1, MAX_COMMITTEE_SIZE);
        _within("minCommitteeSize", limits.minCommitteeSize, 1, limits.maxCommitteeSize);
        _within("minQuorum", limits.minQuorum, limits.minCommitteeSize / 2 + 1, limits.minCommitteeSize);
        _within("minAuditSeconds", limits.minAuditSeconds, limits.minPhaseSeconds, limits.maxPhaseSeconds);
        _within("seatStakeWei", limits.seatStakeWei, 1 gwei, MAX_AMOUNT_WEI); // draws weigh whole gwei
        _within("blockSeconds", limits.blockSeconds, 1, limits.maxPhaseSeconds);
        _within("reportSeconds", limits.reportSeconds, 1, type(uint40).max);
    }

    /// @notice Checks a task and stores what it fixes. Emits TaskCreated.
    /// @dev    Reverts with {TaskRulesNoMode} or {TaskRulesOutOfRange}.
    /// @param  nodeRegistry Whose epochs and waiting times bound the phases.
    /// @return escrowWei What the caller has to pull from the owner.
    function create(
        Task storage task,
        uint256 taskId,
        TaskParameters calldata p,
        ProtocolLimits memory limits,
        INodeRegistry nodeRegistry
    ) external returns (uint256 escrowWei) {
        check(p, limits);
        _checkClock(p, limits, nodeRegistry);
        escrowWei = budget(p);

        (task.owner, task.escrowWei, task.parameters) = (msg.sender, escrowWei, p);
        task.rounds[0].seed = bytes32(block.prevrandao); // what the first round's seed comes from

        emit IFLContract.TaskCreated(taskId, msg.sender, p.modelId, p, escrowWei);
    }

    /// @notice Closes a task for good. Emits TaskClosed.
    /// @dev    Reverts with FLContractNotTaskOwner or FLContractTaskClosed.
    /// @return refundWei What the escrow gives back; nothing while a round is going on. Unit: wei.
    function close(Task storage task, uint256 taskId) external returns (uint256 refundWei) {
        bool isActive = task.state.isActive();
        require(task.owner == msg.sender, IFLContract.FLContractNotTaskOwner(taskId, msg.sender));
        require(!task.closed || (!isActive && task.escrowWei > 0), IFLContract.FLContractTaskClosed(taskId));
        refundWei = isActive ? 0 : task.escrowWei;

        task.closed = true;
        task.escrowWei -= refundWei;

        emit IFLContract.TaskClosed(taskId, refundWei);
    }

    /// @notice Checks a task. Reverts with {TaskRulesNoMode} or {TaskRulesOutOfRange}.
    function check(TaskParameters calldata p, ProtocolLimits memory limits) internal pure {
        require(p.mode != TaskMode.None, TaskRulesNoMode());
        _within("planByteLength", p.planByteLength, 1, type(uint32).max);
        _within("maxUpdateBytes", p.maxUpdateBytes, 1, type(uint32).max);
        _within("rounds", p.rounds, 1, MAX_ROUNDS);
        _within("maxTrainers", p.maxTrainers, 1, MAX_TRAINERS);
        _within("minTrainers", p.minTrainers, 1, p.maxTrainers);
        _within("committeeSize", p.committeeSize, limits.minCommitteeSize, limits.maxCommitteeSize);
        uint256 majority = p.committeeSize / 2 + 1;
        _within("quorum", p.quorum, majority > limits.minQuorum ? majority : limits.minQuorum, p.committeeSize);
        _within("minStakeWei", p.minStakeWei, 1, MAX_AMOUNT_WEI);
        _within("rewardPerUpdateWei", p.rewardPerUpdateWei, 0, p.minStakeWei / MIN_STAKE_PER_REWARD);
        // Auditors are seated without being asked: whoever seats them offers what it costs them to pass it over.
        _within("rewardPerVerdictWei", p.rewardPerVerdictWei, Faults.silenceWei(limits.seatStakeWei), MAX_AMOUNT_WEI);
        _within("missedRevealSlashWei", p.missedRevealSlashWei, 0, p.minStakeWei);
        _within("minReputationNano", p.minReputationNano, 0, Reputation.FLAWLESS_NANO);
        _within("seedDelayBlocks", p.seedDelayBlocks, limits.minSeedDelayBlocks, limits.maxSeedDelayBlocks);
        _checkPhases(p, limits);
    }

    /// @notice What all rounds can cost at most. Unit: wei.
    function budget(TaskParameters calldata p) internal pure returns (uint256) {
        uint256 seats = BOTH_COMMITTEES * p.committeeSize;
        return p.rounds * (p.maxTrainers * p.rewardPerUpdateWei + seats * p.rewardPerVerdictWei);
    }

    function _checkPhases(TaskParameters calldata p, ProtocolLimits memory limits) private pure {
        (uint256 min, uint256 max) = (limits.minPhaseSeconds, limits.maxPhaseSeconds);
        _within("commitSeconds", p.commitSeconds, min, max);
        _within("revealSeconds", p.revealSeconds, min, max);
        uint256 minDraw = MIN_DRAW_DELAYS * p.seedDelayBlocks * limits.blockSeconds;
        _within("drawSeconds", p.drawSeconds, min > minDraw ? min : minDraw, max);
        _within("auditCommitSeconds", p.auditCommitSeconds, limits.minAuditSeconds, max);
        _within("auditRevealSeconds", p.auditRevealSeconds, limits.minAuditSeconds, max);
        _within("aggregateSeconds", p.aggregateSeconds, limits.minAuditSeconds, max);
        _within("challengeSeconds", p.challengeSeconds, limits.minChallengeSeconds, max);
    }

    /// @dev Whoever has a part in a round may begin to take its stake out at once, and an auditor two epochs before its
    ///      draw. It must still be waiting when the last fault of that round can be reported.
    function _checkClock(TaskParameters calldata p, ProtocolLimits memory limits, INodeRegistry nodeRegistry)
        private
        view
    {
        (uint256 epoch, uint256 unbonding) = (nodeRegistry.epochSeconds(), nodeRegistry.unbondingSeconds());
        uint256 maxDelayBlocks = epoch / (MIN_EPOCH_DELAYS * limits.blockSeconds);
        _within("seedDelayBlocks", p.seedDelayBlocks, limits.minSeedDelayBlocks, maxDelayBlocks);
        uint256 committee = uint256(p.drawSeconds) + p.auditCommitSeconds + p.auditRevealSeconds + p.aggregateSeconds;
        uint256 round = uint256(p.commitSeconds) + p.revealSeconds + 2 * committee + p.challengeSeconds;
        _within("roundSeconds", STALE_EPOCHS * epoch + round + limits.reportSeconds, 0, unbonding);
    }

    function _within(bytes32 parameter, uint256 actual, uint256 min, uint256 max) private pure {
        require(actual >= min && actual <= max, TaskRulesOutOfRange(parameter, actual, min, max));
    }
}
