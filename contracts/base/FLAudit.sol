// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {Committee} from "../libraries/Committee.sol";
import {CommitteeSeed} from "../libraries/CommitteeSeed.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {Faults} from "../libraries/Faults.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Duty, Round, Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLAudit
/// @notice The committee's half of a round: its draw, its verdicts, and what its silence costs.
abstract contract FLAudit is FLTransitions {
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function drawCommittee(uint256 taskId, bytes calldata header) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Draw);
        uint8 seats = Committee.draw(task, taskId, nodeRegistry, header);
        if (seats < task.parameters.quorum) {
            _fail(taskId, task, FailureReason.NoQuorum);
        } else {
            task.state.seats = seats;
            _enter(taskId, task, Phase.AuditCommit, task.parameters.auditCommitSeconds);
        }
    }

    /// @inheritdoc IFLContract
    function retargetSeed(uint256 taskId) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Draw);
        Round storage round = task.lastRound();
        uint256 targetBlock = round.seedTargetBlock;
        bool isLost = nodeRegistry.currentEpoch() != uint256(round.snapshotEpoch) + 1
            || CommitteeSeed.isOutOfReach(targetBlock);
        require(isLost, CommitteeSeed.CommitteeSeedStillProvable(targetBlock));
        _target(taskId, task, CommitteeSeed.next(targetBlock, task.parameters.seedDelayBlocks));
    }

    /// @inheritdoc IFLContract
    function commitVerdict(uint256 taskId, bytes32 commitment) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.AuditCommit);
        uint16 round = task.state.round;
        Duty storage duty = task.rounds[round].duties[task.state.attempt][msg.sender];
        require(commitment != 0, FLContractEmptyCommitment());
        require(duty.seated, FLContractNotSeated(taskId, round, msg.sender));
        require(!duty.committed, FLContractAlreadyCommitted(taskId, round, msg.sender));

        duty.committed = true;
        task.verdicts[duty.seat] = commitment;
        uint8 committed = task.state.verdictsCommitted + 1;
        task.state.verdictsCommitted = committed;

        emit VerdictCommitted(taskId, round, msg.sender, commitment);
        if (committed == task.state.seats) _endAuditCommit(taskId, task);
    }

    /// @inheritdoc IFLContract
    function revealVerdict(uint256 taskId, uint256 acceptedBitmap, bytes32 evidence, bytes32 salt) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.AuditReveal);
        uint16 round = task.state.round;
        uint8 attempt = task.state.attempt;
        Duty storage duty = task.rounds[round].duties[attempt][msg.sender];
        uint8 seat = duty.seat;
        require(duty.seated, FLContractNotSeated(taskId, round, msg.sender));
        require(duty.committed && !duty.revealed, FLContractNothingToReveal(taskId, round, msg.sender));
        bytes32 actual =
            Commitments.hashVerdict(taskId, round, attempt, msg.sender, acceptedBitmap, evidence, salt);
        require(actual == task.verdicts[seat], FLContractCommitmentMismatch(taskId, round, msg.sender));

        duty.revealed = true;
        task.verdicts[seat] = bytes32(acceptedBitmap);
        task.state.revealedSeats |= uint64(1) << seat;

        emit VerdictRevealed(taskId, round, msg.sender, acceptedBitmap, evidence);
        if (_verdictsRevealed(task) == task.state.verdictsCommitted) _endAuditReveal(taskId, task);
    }

    /// @inheritdoc IFLContract
    function reportSilentAuditor(uint256 taskId, uint32 round, uint8 attempt, address auditor)
        external
        returns (uint256 takenWei)
    {
        return Faults.slashSilentAuditor(_taskAt(taskId), taskId, round, attempt, auditor, nodeRegistry);
    }
}
