// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title  SumTree
/// @notice Weights of leaves and the sums above them, readable as of the end of the last epoch.
/// @dev    Every node of the tree has four children and takes one slot, so a write costs one slot a level. It keeps two
///         values: what it holds now, and what it held when its epoch began. Nobody can change the latter any more.
///
///         | bits    | field    | meaning                                       |
///         | 0-31    | epoch    | the epoch of the last write                   |
///         | 32-143  | current  | the weight after the last write               |
///         | 144-255 | previous | the weight when the epoch of that write began |
///
///         Assumes: epochs given never go down; all weights together fit 112 bits.
///         Does not support: reading epochs before the last; removing a leaf (set its weight to 0).
library SumTree {
    using SafeCast for uint256;

    /// @dev log2 of the number of children of a node.
    uint256 private constant ARITY_BITS = 2;
    uint256 private constant ARITY = 1 << ARITY_BITS;

    struct Node {
        uint32 epoch;
        uint112 current;
        uint112 previous;
    }

    /// @dev INVARIANT: a node above the leaves holds the sum of its children, now and as of the last epoch.
    struct Tree {
        /// The root's level; leaves are level 0.
        uint8 depth;
        mapping(uint256 level => mapping(uint256 index => Node)) nodes;
    }

    /// @notice `point` is not below the sum of all weights.
    error SumTreePointOutOfRange(uint256 point, uint256 total);

    /// @notice Gives leaf `index` a weight, from `epoch` on.
    /// @param  epoch The current one.
    function set(Tree storage self, uint256 index, uint256 weight, uint256 epoch) internal {
        while (index >> (ARITY_BITS * self.depth) != 0) {
            self.nodes[self.depth + 1][0] = self.nodes[self.depth][0];
            self.depth++;
        }
        uint256 oldWeight = self.nodes[0][index].current;
        if (weight == oldWeight) return;
        uint256 depth = self.depth;
        for (uint256 level = 0; level <= depth; level++) {
            Node memory node = self.nodes[level][index >> (ARITY_BITS * level)];
            uint112 previous = node.epoch == epoch ? node.previous : node.current;
            uint112 current = (node.current + weight - oldWeight).toUint112();
            self.nodes[level][index >> (ARITY_BITS * level)] = Node(epoch.toUint32(), current, previous);
        }
    }

    /// @return The sum of all weights as of the end of the epoch before `epoch`.
    /// @param  epoch The current one.
    function total(Tree storage self, uint256 epoch) internal view returns (uint256) {
        return _before(self.nodes[self.depth][0], epoch);
    }

    /// @notice The leaf on whose weight `point` falls, as of the end of the epoch before `epoch`.
    /// @dev    Reverts with {SumTreePointOutOfRange}.
    /// @return index  The leaf.
    /// @return offset Sum of the weights of the leaves before it.
    /// @return weight Its own weight.
    function locate(Tree storage self, uint256 point, uint256 epoch)
        internal
        view
        returns (uint256 index, uint256 offset, uint256 weight)
    {
        weight = total(self, epoch);
        require(point < weight, SumTreePointOutOfRange(point, weight));
        for (uint256 level = self.depth; level > 0; level--) {
            index <<= ARITY_BITS;
            for (uint256 child = 0; child < ARITY; child++) {
                weight = _before(self.nodes[level - 1][index], epoch);
                if (point - offset < weight) break;
                offset += weight;
                index++;
            }
        }
    }

    function _before(Node memory node, uint256 epoch) private pure returns (uint256) {
        return node.epoch == epoch ? node.previous : node.current;
    }
}
