// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Duty, Proposal, Round, Task} from "../types/TaskStorage.sol";
import {Faults} from "./Faults.sol";
import {RoundMachine} from "./RoundMachine.sol";

/// @title  Aggregates
/// @notice How a committee agrees on the new weights. Linked into FLContract, to keep that within the size limit.
/// @dev    Assumes: the round is in `Aggregate`; the caller moves it on.
library Aggregates {
    using RoundMachine for RoundMachine.State;

    /// @notice Proposes a digest; a member attests it by that. Emits AggregateProposed, AggregateAttested and AggregateAgreed.
    /// @dev    Where the committee begins anew its stake may have begun to leave long ago: there members are bonded as others.
    /// @return isAgreed Whether a quorum attests the digest now.
    function propose(Task storage task, uint256 taskId, bytes32 digest, uint32 byteLength, INodeRegistry nodeRegistry)
        external
        returns (bool isAgreed)
    {
        Round storage round = task.lastRound();
        uint16 number = task.state.round;
        require(byteLength > 0, IFLContract.FLContractEmptyAggregate());
        (uint8 attempt, uint8 aggregation) = (task.state.attempt, _aggregation(task));
        for (uint8 i = 0; i < aggregation; i++) {
            bool isRefuted = round.refuted[i] == bytes16(keyOf(i, digest, byteLength));
            require(!isRefuted, IFLContract.FLContractRefutedAggregate(taskId, number, digest));
        }
        Proposal storage proposal = round.proposals[keyOf(aggregation, digest, byteLength)];
        bool isNew = proposal.proposer == address(0);
        bool isMember = round.duties[attempt][msg.sender].seats > 0;
        require(isNew || isMember, IFLContract.FLContractAlreadyProposed(taskId, number, digest));

        if (isNew) {
            if (!isMember || aggregation > attempt) _requireBond(task, nodeRegistry);
            proposal.proposer = msg.sender;
            if (task.state.attestations == 0) _lead(round, digest, byteLength);
            emit IFLContract.AggregateProposed(taskId, number, msg.sender, digest, byteLength);
        }
        if (isMember) isAgreed = _attest(task, taskId, digest, byteLength);
    }

    /// @notice Attests a proposed digest. Emits AggregateAttested and AggregateAgreed.
    /// @return isAgreed Whether a quorum attests the digest now.
    function attest(Task storage task, uint256 taskId, bytes32 digest, uint32 byteLength)
        external
        returns (bool isAgreed)
    {
        Round storage round = task.lastRound();
        bool isMember = round.duties[task.state.attempt][msg.sender].seats > 0;
        bool isProposed = round.proposals[keyOf(_aggregation(task), digest, byteLength)].proposer != address(0);
        require(isMember, IFLContract.FLContractNotSeated(taskId, task.state.round, msg.sender));
        require(isProposed, IFLContract.FLContractNotProposed(taskId, task.state.round, digest, byteLength));

        return _attest(task, taskId, digest, byteLength);
    }

    /// @notice Ends the time of a committee that did not agree. Who kept its attestation back can be reported, and so can
    ///         who attested something else than more than half of the seats: else a veto by junk would cost nothing.
    /// @dev    Without such a majority nobody can tell who is wrong.
    function dismiss(Task storage task) external {
        Round storage round = task.lastRound();
        uint8 attempt = task.state.attempt;
        task.state.vetoedAttempts |= uint8(1 << attempt); // attempts are 0 and 1
        if (2 * uint256(task.state.attestations) > task.state.seats) {
            uint8 aggregation = _aggregation(task);
            bytes32 key = keyOf(aggregation, round.aggregateDigest, round.aggregateByteLength);
            round.majorities[aggregation] = bytes16(key);
        }
        if (attempt == 0) _lead(round, 0, 0);
    }

    /// @notice Forgets what the committee agreed on or attested: another, or the same once more, has to decide.
    function forget(Round storage round) internal {
        _lead(round, 0, 0);
    }

    /// @return Where a proposal stands: each aggregation starts anew. See RoundMachine.aggregationOf.
    function keyOf(uint8 aggregation, bytes32 digest, uint32 byteLength) internal pure returns (bytes32) {
        return keccak256(abi.encode(aggregation, digest, byteLength));
    }

    /// @dev Counts the caller's seats for a proposed digest. A seat is a bond of its own, so members need no other.
    function _attest(Task storage task, uint256 taskId, bytes32 digest, uint32 byteLength)
        private
        returns (bool isAgreed)
    {
        Round storage round = task.lastRound();
        uint8 aggregation = _aggregation(task);
        Duty storage duty = round.duties[task.state.attempt][msg.sender];
        bytes32 key = keyOf(aggregation, digest, byteLength);
        Proposal storage proposal = round.proposals[key];
        bool hasAttested = Faults.hasAttested(duty, aggregation);
        require(!hasAttested, IFLContract.FLContractAlreadyAttested(taskId, task.state.round, msg.sender));
        uint8 attestations = proposal.attestations + duty.seats;

        duty.attestedIn = aggregation + 1;
        duty.attestedKey = bytes16(key);
        proposal.attestations = attestations;
        if (attestations > task.state.attestations) {
            task.state.attestations = attestations;
            _lead(round, digest, byteLength);
        }

        emit IFLContract.AggregateAttested(taskId, task.state.round, msg.sender, digest, byteLength);
        (uint256 quorum, uint256 committeeSize) = (task.parameters.quorum, task.parameters.committeeSize);
        isAgreed = attestations >= RoundMachine.quorumOf(task.state.seats, quorum, committeeSize);
        if (isAgreed) emit IFLContract.AggregateAgreed(taskId, task.state.round, digest, byteLength, proposal.proposer);
    }

    function _aggregation(Task storage task) private view returns (uint8) {
        return task.state.aggregationOf(task.state.attempt);
    }

    function _lead(Round storage round, bytes32 digest, uint32 byteLength) private {
        if (round.aggregateDigest != digest) round.aggregateDigest = digest;
        if (round.aggregateByteLength != byteLength) round.aggregateByteLength = byteLength;
    }

    function _requireBond(Task storage task, INodeRegistry nodeRegistry) private view {
        (uint256 stakeWei, uint256 neededWei) = (nodeRegistry.stakeOf(msg.sender), task.parameters.minStakeWei);
        require(stakeWei >= neededWei, IFLContract.FLContractStakeTooLow(msg.sender, stakeWei, neededWei));
    }
}
