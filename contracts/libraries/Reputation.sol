// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  Reputation
/// @notice An exponentially weighted score of objective outcomes: accepted work moves it towards one, a fault that
///         somebody proves halves it; silence leaves it alone. Displayed, and a task's entry bar where its owner asks for
///         one; it never costs stake.
/// @dev    Does not support: telling honest work apart by what it cost. Whoever trains for its own tasks gains a score at
///         the price of the work, so a bar keeps out the careless and the unknown, not the determined.
library Reputation {
    /// @dev A flawless score. Unit: 10^-9.
    uint256 internal constant FLAWLESS_NANO = 1e9;

    /// @dev An outcome closes one in so many parts of the gap to the flawless score: half of it after 22 outcomes.
    uint256 internal constant GAIN_DIVISOR = 32;

    /// @dev What a fault leaves of the score: one in so many parts.
    uint256 internal constant FAULT_DIVISOR = 2;

    /// @dev Outcomes that one call counts; more do not matter any more. Bounds its gas.
    uint256 internal constant MAX_OUTCOMES = 256;

    /// @return The score after so many accepted outcomes in a row.
    function afterSuccesses(uint32 scoreNano, uint256 outcomes) internal pure returns (uint32) {
        uint256 gapNano = FLAWLESS_NANO - scoreNano;
        if (outcomes > MAX_OUTCOMES) outcomes = MAX_OUTCOMES;
        for (uint256 i = 0; i < outcomes; i++) {
            gapNano -= gapNano / GAIN_DIVISOR;
        }
        return uint32(FLAWLESS_NANO - gapNano); // at most 10^9
    }

    function afterFault(uint32 scoreNano) internal pure returns (uint32) {
        return uint32(scoreNano / FAULT_DIVISOR); // the score itself fits
    }
}
