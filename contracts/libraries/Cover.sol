// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  Cover
/// @notice How much of the stake that tasks hold, or that a seat stands for, must still be there. Slashes can take some.
/// @dev    Not all of it: auditors are seated without being asked, and half a per cent for a silence would else cost a node
///         that staked no more than it had to its place in tasks that pay, or every seat.
library Cover {
    /// @dev What may be missing: one in so many parts. A task's minimum stake allows for it, see TaskRules.
    uint256 internal constant SLACK_DIVISOR = 10;

    /// @return What must be left of `fullWei`. Unit: wei.
    function neededWei(uint256 fullWei) internal pure returns (uint256) {
        return fullWei - fullWei / SLACK_DIVISOR;
    }
}
