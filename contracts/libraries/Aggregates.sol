// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "../interfaces/IFLContract.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Duty, Proposal, Round, Task} from "../types/TaskStorage.sol";

/// @title  Aggregates
/// @notice How a committee agrees on the new weights. Linked into FLContract, to keep that within the size limit.
/// @dev    Assumes: the round is in `Aggregate`; the caller moves it on.
library Aggregates {
    /// @notice Proposes a digest; a member attests it by that. Emits AggregateProposed and AggregateAttested.
    /// @return attestations For the digest, in seats; 0 when the caller is no member.
    function propose(Task storage task, uint256 taskId, bytes32 digest, uint32 byteLength, INodeRegistry nodeRegistry)
        external
        returns (uint8 attestations)
    {
        Round storage round = task.lastRound();
        uint16 number = task.state.round;
        require(byteLength > 0, IFLContract.FLContractEmptyAggregate());
        if (task.state.attempt > 0) {
            bool isRefuted = round.refuted[0] == bytes16(keyOf(0, digest, byteLength));
            require(!isRefuted, IFLContract.FLContractRefutedAggregate(taskId, number, digest));
        }
        Proposal storage proposal = round.proposals[keyOf(task.state.attempt, digest, byteLength)];
        bool isNew = proposal.proposer == address(0);
        bool isMember = round.duties[task.state.attempt][msg.sender].seats > 0;
        require(isNew || isMember, IFLContract.FLContractAlreadyProposed(taskId, number, digest));

        if (isNew) {
            if (!isMember) _requireBond(task, nodeRegistry);
            proposal.proposer = msg.sender;
            if (task.state.attestations == 0) _lead(round, digest, byteLength);
            emit IFLContract.AggregateProposed(taskId, number, msg.sender, digest, byteLength);
        }
        if (isMember) attestations = _attest(task, taskId, digest, byteLength);
    }

    /// @notice Attests a proposed digest. Emits AggregateAttested.
    /// @return attestations For the digest, in seats.
    function attest(Task storage task, uint256 taskId, bytes32 digest, uint32 byteLength)
        external
        returns (uint8 attestations)
    {
        Round storage round = task.lastRound();
        uint8 attempt = task.state.attempt;
        bool isMember = round.duties[attempt][msg.sender].seats > 0;
        bool isProposed = round.proposals[keyOf(attempt, digest, byteLength)].proposer != address(0);
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
            bytes32 key = keyOf(attempt, round.aggregateDigest, round.aggregateByteLength);
            round.majorities[attempt] = bytes16(key);
        }
        if (attempt == 0) _lead(round, 0, 0);
    }

    /// @return Where a proposal stands: a second committee starts anew.
    function keyOf(uint8 attempt, bytes32 digest, uint32 byteLength) internal pure returns (bytes32) {
        return keccak256(abi.encode(attempt, digest, byteLength));
    }

    /// @dev Counts the caller's seats for a proposed digest. A seat is a bond of its own, so members need no other.
    function _attest(Task storage task, uint256 taskId, bytes32 digest, uint32 byteLength)
        private
        returns (uint8 attestations)
    {
        Round storage round = task.lastRound();
        uint8 attempt = task.state.attempt;
        Duty storage duty = round.duties[attempt][msg.sender];
        Proposal storage proposal = round.proposals[keyOf(attempt, digest, byteLength)];
        require(!duty.attested, IFLContract.FLContractAlreadyAttested(taskId, task.state.round, msg.sender));
        attestations = proposal.attestations + duty.seats;

        duty.attested = true;
        duty.attestedKey = bytes16(keyOf(attempt, digest, byteLength));
        proposal.attestations = attestations;
        if (attestations > task.state.attestations) {
            task.state.attestations = attestations;
            _lead(round, digest, byteLength);
        }

        emit IFLContract.AggregateAttested(taskId, task.state.round, msg.sender, digest, byteLength);
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
