// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {RoundMachine} from "../libraries/RoundMachine.sol";
import {FailureReason, Phase} from "../types/Round.sol";
import {Duty, Proposal, Round, Task} from "../types/TaskStorage.sol";
import {FLTransitions} from "./FLTransitions.sol";

/// @title  FLAggregation
/// @notice The end of a round: agreeing on the new weights, and moving on when time is up.
abstract contract FLAggregation is FLTransitions {
    using RoundMachine for RoundMachine.State;

    /// @inheritdoc IFLContract
    function proposeAggregate(uint256 taskId, bytes32 digest, uint32 byteLength) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Aggregate);
        uint16 round = task.state.round;
        require(byteLength > 0, FLContractEmptyAggregate());
        Proposal storage proposal = task.rounds[round].proposals[_key(digest, byteLength)];
        bool isNew = proposal.proposer == address(0);
        bool isMember = task.rounds[round].duties[task.state.attempt][msg.sender].seated;
        require(isNew || isMember, FLContractAlreadyProposed(taskId, round, digest));

        if (isNew) {
            _requireStake(msg.sender, task.parameters.minStakeWei);
            proposal.proposer = msg.sender;
            if (task.state.attestations == 0) _lead(task.rounds[round], digest, byteLength);
            emit AggregateProposed(taskId, round, msg.sender, digest, byteLength);
        }
        if (isMember) _attest(taskId, task, digest, byteLength);
    }

    /// @inheritdoc IFLContract
    function attestAggregate(uint256 taskId, bytes32 digest, uint32 byteLength) external {
        Task storage task = _tasks[taskId];
        task.state.requireOpen(Phase.Aggregate);
        Round storage round = task.lastRound();
        bool isMember = round.duties[task.state.attempt][msg.sender].seated;
        bool isProposed = round.proposals[_key(digest, byteLength)].proposer != address(0);
        require(isMember, FLContractNotSeated(taskId, task.state.round, msg.sender));
        require(isProposed, FLContractNotProposed(taskId, task.state.round, digest, byteLength));

        _attest(taskId, task, digest, byteLength);
    }

    /// @inheritdoc IFLContract
    function advance(uint256 taskId) external {
        Task storage task = _tasks[taskId];
        task.state.requireDue();
        Phase phase = task.state.phase;
        if (phase == Phase.Commit) _endCommit(taskId, task);
        else if (phase == Phase.Reveal) _endReveal(taskId, task);
        else if (phase == Phase.Draw) _fail(taskId, task, FailureReason.NotDrawn);
        else if (phase == Phase.AuditCommit) _endAuditCommit(taskId, task);
        else if (phase == Phase.AuditReveal) _endAuditReveal(taskId, task);
        else if (phase == Phase.Aggregate) _fail(taskId, task, FailureReason.NoAggregate);
        else _endChallenge(taskId, task);
    }

    /// @dev Counts the caller, a member, for a proposed digest; a quorum opens `Challenge`.
    function _attest(uint256 taskId, Task storage task, bytes32 digest, uint32 byteLength) private {
        Round storage round = task.lastRound();
        Duty storage duty = round.duties[task.state.attempt][msg.sender];
        Proposal storage proposal = round.proposals[_key(digest, byteLength)];
        require(!duty.attested, FLContractAlreadyAttested(taskId, task.state.round, msg.sender));
        uint8 attestations = proposal.attestations + 1;

        duty.attested = true;
        proposal.attestations = attestations;
        if (attestations > task.state.attestations) {
            task.state.attestations = attestations;
            _lead(round, digest, byteLength);
        }

        emit AggregateAttested(taskId, task.state.round, msg.sender, digest, byteLength);
        if (attestations < _quorum(task)) return;
        emit AggregateAgreed(taskId, task.state.round, digest, byteLength, proposal.proposer);
        _enter(taskId, task, Phase.Challenge, task.parameters.challengeSeconds);
    }

    function _lead(Round storage round, bytes32 digest, uint32 byteLength) private {
        if (round.aggregateDigest != digest) round.aggregateDigest = digest;
        if (round.aggregateByteLength != byteLength) round.aggregateByteLength = byteLength;
    }

    function _key(bytes32 digest, uint32 byteLength) internal pure returns (bytes32) {
        return keccak256(abi.encode(digest, byteLength));
    }
}
