// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Level, Position, Stage} from "../types/Dispute.sol";
import {MerklePaths} from "./MerklePaths.sol";

/// @title  DisputeBisection
/// @notice How points narrow an interval, and what follows when one step of it is left.
/// @dev    INVARIANT: both sides agree on `start`, the state at `low`, and differ on `end`, the one at `high`.
library DisputeBisection {
    /// @dev Shown all at once. What a part adds to a move is a fortieth of what a move more would cost.
    uint256 private constant MOST_AT_ONCE = 64;
    /// @dev Log2 of the most parts that a longer interval is cut into.
    uint256 private constant MOST_LEVELS = 7;

    /// @dev Two cuts of about √length parts each take as many moves as one of 64 and another of the rest, and fewer points. A
    ///      power of two, so that it cuts a tree's leaves as it cuts steps.
    /// @return How many parts an interval is cut into.
    function partsOf(uint256 length) internal pure returns (uint256) {
        if (length <= MOST_AT_ONCE) return length;
        uint256 levels = (MerklePaths.heightOf(length) + 1) / 2;
        return 1 << (levels < MOST_LEVELS ? levels : MOST_LEVELS);
    }

    /// @return How many parts the interval is cut into.
    function partsOf(Position memory self) internal pure returns (uint256) {
        return partsOf(self.high - self.low);
    }

    /// @notice Waits for the challenger's pick; or for what follows, where there is one part only.
    function post(Position memory self, bytes32[] calldata points) internal pure {
        if (self.high - self.low == 1) return _descend(self);
        self.stage = Stage.Pick;
        self.cut = keccak256(abi.encode(points));
    }

    /// @notice Narrows the interval to part `part` of those that `points` cut it into.
    function narrow(Position memory self, bytes32[] calldata points, uint256 part) internal pure {
        uint256 parts = partsOf(self);
        (uint256 low, uint256 length) = (self.low, self.high - self.low);
        // At most `high`, which has 32 bits.
        self.low = uint32(low + length * part / parts);
        self.high = uint32(low + length * (part + 1) / parts);
        if (part > 0) self.start = points[part - 1];
        if (part + 1 < parts) self.end = points[part];
        self.cut = 0;
        if (self.high - self.low == 1) _descend(self);
        else self.stage = Stage.Cut;
    }

    /// @notice Descends to the slot's tree of `height` levels under `root`, of which nothing has been shown.
    function enterSlot(Position memory self, bytes32 root, uint256 height) internal pure {
        (self.level, self.low, self.high) = (Level.Slot, 0, uint32(1) << uint32(height)); // lengths have 32 bits, leaves 27
        (self.start, self.end) = (0, root);
        self.stage = height == 0 ? Stage.OpenLeaf : Stage.OpenNode;
    }

    /// @notice Descends to node `part` of those that are shown.
    function narrowNode(Position memory self, bytes32[] calldata nodes, uint256 part) internal pure {
        uint32 size = (self.high - self.low) / uint32(nodes.length); // both are powers of two
        self.low += size * uint32(part);
        self.high = self.low + size;
        (self.end, self.cut) = (nodes[part], 0);
        if (size > 1) self.stage = Stage.OpenNode;
        else self.stage = self.level == Level.Parameters ? Stage.OpenWrite : Stage.OpenLeaf; // a tensor, or a slot's words
    }

    function _descend(Position memory self) private pure {
        if (self.level == Level.Steps) self.stage = Stage.OpenStep;
        else if (self.level == Level.Writes) self.stage = Stage.OpenWrite;
        else self.stage = Stage.Settle;
    }
}
