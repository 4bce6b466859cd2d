// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";

/// @title  QuorumProof
/// @notice What the SMT checker proves of quorums: for all tasks within the bounds of TaskRules where products of unknowns
///         allow it, else for the protocol's own sizes. Never deployed.
contract QuorumProof {
    /// @dev 32 is TaskRules.MAX_COMMITTEE_SIZE. A committee has at most twice its size, in a redraw.
    function everyTask(uint256 seats, uint256 quorum, uint256 committeeSize) external pure {
        require(committeeSize >= 1 && committeeSize <= 32);
        require(quorum > committeeSize / 2 && quorum <= committeeSize);
        require(seats >= quorum && seats <= 2 * committeeSize);
        assert(RoundMachine.quorumOf(seats, quorum, committeeSize) >= quorum);
    }

    /// @dev k = 21, quorum 15. Two quorums of one committee share a member: no committee decides two ways.
    function realChains(uint256 seats) external pure {
        require(seats >= 15 && seats <= 42);
        uint256 quorum = RoundMachine.quorumOf(seats, 15, 21);
        assert(quorum <= seats);
        assert(2 * quorum > seats);
    }

    /// @dev k = 3, quorum 2.
    function localChains(uint256 seats) external pure {
        require(seats >= 2 && seats <= 6);
        uint256 quorum = RoundMachine.quorumOf(seats, 2, 3);
        assert(quorum <= seats);
        assert(2 * quorum > seats);
    }

    /// @dev The largest committee with the smallest quorum it may have.
    function largestCommittee(uint256 seats) external pure {
        require(seats >= 17 && seats <= 64);
        uint256 quorum = RoundMachine.quorumOf(seats, 17, 32);
        assert(quorum <= seats);
        assert(2 * quorum > seats);
    }
}
