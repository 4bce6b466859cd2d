// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {CommitteeSeed} from "../libraries/CommitteeSeed.sol";
import {Commitments} from "../libraries/Commitments.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {Sortition} from "../libraries/Sortition.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Account, Duty, Round, Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLAudit
/// @notice The committee's half of a round: its draw, its verdicts, and what its silence costs.
abstract contract FLAudit is FLTransitions {
    using RoundMachine for RoundMachine.State;
    using Sortition for Sortition.Urn;

    /// @dev Why NodeRegistry slashes an auditor that sat and said nothing.
    bytes32 internal constant REASON_SILENT_AUDITOR = "cairn.silent-auditor";

    /// @dev What silence costs, of all stake that can be slashed: 0.5 %. Unit: one in that many. Source: protocol.md.
    uint256 internal constant SILENCE_DIVISOR = 200;

    /// @inheritdoc IFLContract
    function drawCommittee(uint256 taskId, bytes calldata header) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Draw);
        Round storage round = _lastRound(task);
        (uint32 number, uint8 attempt) = (task.state.round, task.state.attempt);
        bytes32 randao = CommitteeSeed.prove(round.seedTargetBlock, header);
        bytes32 seed = Commitments.hashCommitteeSeed(randao, taskId, number, attempt);
        address[] memory members = _draw(task, seed, round.snapshotEpoch);

        round.committeeSeed = seed;
        emit CommitteeDrawn(taskId, number, attempt, seed, members);
        if (members.length < RoundMachine.quorumOf(members.length, task.parameters.quorum, task.parameters.committeeSize)) {
            _fail(taskId, task, FailureReason.NoQuorum);
            return;
        }
        for (uint256 seat = 0; seat < members.length; seat++) {
            _seat(task, members[seat], uint8(seat)); // at most 64 seats
        }
        task.state.seats = uint8(members.length);
        _enter(taskId, task, Phase.AuditCommit, task.parameters.auditCommitSeconds);
    }

    /// @inheritdoc IFLContract
    function retargetSeed(uint256 taskId) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Draw);
        Round storage round = _lastRound(task);
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
        Duty memory duty = task.rounds[round].duties[task.state.attempt][msg.sender];
        require(commitment != 0, FLContractEmptyCommitment());
        require(duty.seated, FLContractNotSeated(taskId, round, msg.sender));
        require(!duty.committed, FLContractAlreadyCommitted(taskId, round, msg.sender));

        task.rounds[round].duties[task.state.attempt][msg.sender].committed = true;
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
        uint64 revealedSeats = task.state.revealedSeats | (uint64(1) << seat);
        task.state.revealedSeats = revealedSeats;

        emit VerdictRevealed(taskId, round, msg.sender, acceptedBitmap, evidence);
        if (_allRevealed(task, revealedSeats)) _endAuditReveal(taskId, task);
    }

    /// @inheritdoc IFLContract
    function reportSilentAuditor(uint256 taskId, uint32 round, uint8 attempt, address auditor)
        external
        returns (uint256 takenWei)
    {
        Task storage task = _taskAt(taskId);
        Duty storage duty = task.rounds[round].duties[attempt][auditor];
        RoundMachine.State memory state = _stateOf(task, round);
        bool isOver = state.attempt > attempt || state.phase > Phase.AuditReveal;
        bool couldNotReveal = duty.committed && (state.unopenedAttempts >> attempt) & 1 == 1;
        bool isSilent = duty.seated && isOver && !duty.revealed && !couldNotReveal && !duty.reported;
        require(isSilent, FLContractNotSilent(taskId, round, attempt, auditor));

        duty.reported = true;

        uint256 slashWei = nodeRegistry.slashableOf(auditor) / SILENCE_DIVISOR;
        takenWei = nodeRegistry.slash(auditor, slashWei, msg.sender, REASON_SILENT_AUDITOR);
        emit SilentAuditorReported(taskId, round, auditor, attempt, msg.sender, takenWei);
    }

    /// @dev Up to k auditors, 2k in the redraw, in proportion to stake; who trains in this round is passed over.
    function _draw(Task storage task, bytes32 seed, uint256 snapshotEpoch) private view returns (address[] memory members) {
        uint256 wanted = uint256(task.parameters.committeeSize) << task.state.attempt;
        uint256 capacity = wanted + task.state.committed;
        uint16 round = task.state.round;
        Sortition.Urn memory urn = Sortition.open(nodeRegistry.totalWeight(snapshotEpoch), capacity);
        members = new address[](wanted);
        uint256 seated;
        while (seated < wanted && !urn.isEmpty()) {
            uint256 random = uint256(keccak256(abi.encode(seed, urn.count)));
            (address node, uint256 offset, uint256 weight) = nodeRegistry.locate(snapshotEpoch, urn.aim(random));
            urn.take(offset, weight);
            if (task.enrolments[node].commitRound != round) members[seated++] = node;
        }
        return _shorten(members, seated);
    }

    /// @dev Gives `node` its seat, and looks at the last one it had before that is forgotten.
    function _seat(Task storage task, address node, uint8 seat) private {
        (uint16 round, uint8 attempt) = (task.state.round, task.state.attempt);
        Account memory account = task.accounts[node];
        (, bool paid) = _lookAtSeat(task, account, node);
        if (paid) account.unpaidVerdicts++;
        (account.seatedRound, account.seatedAttempt) = (round, attempt);
        task.accounts[node] = account;
        task.committee[seat] = node;
        Duty storage duty = task.rounds[round].duties[attempt][node];
        (duty.seated, duty.seat) = (true, seat);
    }

    function _allRevealed(Task storage task, uint64 revealedSeats) private view returns (bool) {
        uint256 remaining = revealedSeats;
        uint256 revealed;
        for (; remaining != 0; remaining &= remaining - 1) revealed++;
        return revealed == task.state.verdictsCommitted;
    }

    function _shorten(address[] memory members, uint256 length) private pure returns (address[] memory shortened) {
        if (members.length == length) return members;
        shortened = new address[](length);
        for (uint256 i = 0; i < length; i++) shortened[i] = members[i];
    }
}
