// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  Sortition
/// @notice Draws from weights laid end to end, without putting back what was drawn.
/// @dev    Keeps the drawn intervals sorted in memory. A random number below what is left over is moved past every drawn
///         interval that begins at or before it, and so falls on what is left, in proportion to weight.
library Sortition {
    struct Interval {
        uint256 offset;
        uint256 weight;
    }

    /// @dev INVARIANT: the first `count` intervals are disjoint, sorted by offset, and weigh `drawnWeight` together.
    struct Urn {
        uint256 totalWeight;
        uint256 drawnWeight;
        uint256 count;
        Interval[] drawn;
    }

    /// @param capacity How many intervals can be taken.
    function open(uint256 totalWeight, uint256 capacity) internal pure returns (Urn memory urn) {
        urn.totalWeight = totalWeight;
        urn.drawn = new Interval[](capacity);
    }

    function isEmpty(Urn memory urn) internal pure returns (bool) {
        return urn.drawnWeight == urn.totalWeight;
    }

    /// @return point Below `totalWeight`, on no drawn interval. The bias of the remainder is below 2^-144.
    /// @dev    Assumes: the urn is not empty.
    function aim(Urn memory urn, uint256 random) internal pure returns (uint256 point) {
        point = random % (urn.totalWeight - urn.drawnWeight);
        for (uint256 i = 0; i < urn.count && urn.drawn[i].offset <= point; i++) {
            point += urn.drawn[i].weight;
        }
    }

    /// @notice Takes an interval out.
    function take(Urn memory urn, uint256 offset, uint256 weight) internal pure {
        uint256 i = urn.count;
        for (; i > 0 && urn.drawn[i - 1].offset > offset; i--) {
            urn.drawn[i] = urn.drawn[i - 1];
        }
        urn.drawn[i] = Interval(offset, weight);
        urn.count++;
        urn.drawnWeight += weight;
    }
}
