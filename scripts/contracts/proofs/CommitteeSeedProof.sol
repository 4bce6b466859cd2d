// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CommitteeSeed} from "../../../contracts/libraries/CommitteeSeed.sol";

/// @title  CommitteeSeedProof
/// @notice What the SMT checker proves of a moved target, for the seed delay of real chains, 128 blocks. Never deployed.
contract CommitteeSeedProof {
    uint256 internal constant DELAY = 128;

    function next(uint256 targetBlock) external view {
        require(targetBlock <= type(uint48).max && block.number <= type(uint48).max);
        uint256 moved = CommitteeSeed.next(targetBlock, DELAY);
        assert(moved >= block.number + DELAY); // nobody knows its RANDAO value yet
        assert(moved > targetBlock);
        assert((moved - targetBlock) % DELAY == 0);
        // Asking late gains nobody a choice among blocks.
        if (targetBlock < block.number + DELAY) assert(moved < block.number + 2 * DELAY);
    }
}
