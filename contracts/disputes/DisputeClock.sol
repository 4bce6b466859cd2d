// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Position, Stage} from "../types/Dispute.sol";

/// @title  DisputeClock
/// @notice How a game is stored, whose turn it is, and how long that side has. Knows no tokens and no rounds.
/// @dev    Each side has a clock for the whole game, and `extensionSeconds` for a move at least: a move in the last second leaves
///         the other side time, and no game lasts longer than both clocks and an extension for every move.
library DisputeClock {
    /// @dev INVARIANT: while the game is open, `deadline` is when the side to move loses; the clocks are those at the turn's
    ///      beginning. Five slots, the last of a game that takes another's place, or whose place was taken; task and round
    ///      have the widths that FLContract gives them, and task ids count from 1.
    struct Game {
        address challenger;
        uint40 deadline;
        uint40 challengerSeconds;
        uint8 slot;
        bool isOpen;
        address defender;
        uint40 defenderSeconds;
        uint16 round;
        uint40 taskId;
        bytes32 claimHash;
        bytes32 positionHash;
        uint128 parentId;
        uint128 openSisters;
    }

    /// @return Whether `stage` waits for the defender.
    function isDefenders(Stage stage) internal pure returns (bool) {
        return stage == Stage.Answer || stage == Stage.Cut || stage == Stage.OpenStep || stage == Stage.OpenWrite
            || stage == Stage.OpenNode || stage == Stage.OpenLeaf || stage == Stage.OpenElement;
    }

    /// @notice Gives the turn to the side that `position` waits for.
    function turn(Game storage self, Position memory position, uint40 extensionSeconds) internal {
        uint40 leftSeconds = isDefenders(position.stage) ? self.defenderSeconds : self.challengerSeconds;
        // 40 bits last 34,000 years
        self.deadline = uint40(block.timestamp) + _allowed(leftSeconds, extensionSeconds);
        self.positionHash = keccak256(abi.encode(position));
    }

    /// @notice Takes what the turn lasted from the clock of the side that was to move in `stage`.
    /// @dev    Assumes: its time is not up.
    function stop(Game storage self, Stage stage, uint40 extensionSeconds) internal {
        bool isDefender = isDefenders(stage);
        uint40 leftSeconds = isDefender ? self.defenderSeconds : self.challengerSeconds;
        uint40 unusedSeconds = self.deadline - uint40(block.timestamp);
        uint40 usedSeconds = _allowed(leftSeconds, extensionSeconds) - unusedSeconds;
        leftSeconds = leftSeconds > usedSeconds ? leftSeconds - usedSeconds : 0;
        if (isDefender) self.defenderSeconds = leftSeconds;
        else self.challengerSeconds = leftSeconds;
    }

    function _allowed(uint40 leftSeconds, uint40 extensionSeconds) private pure returns (uint40) {
        return leftSeconds > extensionSeconds ? leftSeconds : extensionSeconds;
    }
}
