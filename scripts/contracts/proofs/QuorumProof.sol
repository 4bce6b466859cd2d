// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";

/// @title  QuorumProof
/// @notice What the SMT checker proves of every task's quorum, within the bounds of TaskRules. Never deployed.
contract QuorumProof {
    /// @dev 32 is TaskRules.MAX_COMMITTEE_SIZE. A committee has at most twice its size, in a redraw.
    function everyTask(uint256 seats, uint256 quorum, uint256 committeeSize) external pure {
        require(committeeSize >= 1 && committeeSize <= 32);
        require(quorum > committeeSize / 2 && quorum <= committeeSize);
        require(seats >= quorum && seats <= 2 * committeeSize);
        assert(RoundMachine.quorumOf(seats, quorum, committeeSize) >= quorum);
    }
}

/// @title  RealQuorumProof
/// @notice With k = 21 and quorum 15 no committee, redrawn or cut short, can decide two ways. Never deployed.
contract RealQuorumProof {
    function twoQuorumsMeet(uint256 seats) external pure {
        require(seats >= 15 && seats <= 42);
        uint256 quorum = RoundMachine.quorumOf(seats, 15, 21);
        assert(quorum <= seats);
        assert(2 * quorum > seats);
    }
}

/// @title  LocalQuorumProof
/// @notice The same with k = 3 and quorum 2. Never deployed.
contract LocalQuorumProof {
    function twoQuorumsMeet(uint256 seats) external pure {
        require(seats >= 2 && seats <= 6);
        uint256 quorum = RoundMachine.quorumOf(seats, 2, 3);
        assert(quorum <= seats);
        assert(2 * quorum > seats);
    }
}

/// @title  LargestQuorumProof
/// @notice The same for the largest committee with the smallest quorum it may have. Never deployed.
contract LargestQuorumProof {
    function twoQuorumsMeet(uint256 seats) external pure {
        require(seats >= 17 && seats <= 64);
        uint256 quorum = RoundMachine.quorumOf(seats, 17, 32);
        assert(quorum <= seats);
        assert(2 * quorum > seats);
    }
}
