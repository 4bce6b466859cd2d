// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title  SumTree
/// @notice Weights of leaves and the sums above them, readable as of the end of each of the last two epochs.
/// @dev    Every node of the tree has four children and takes one slot, so a write costs one slot a level. It keeps three
///         values: what it holds now, and what it held when its epoch and the one before began. Nobody can change the
///         latter two any more. Two, so that what is read at the end of an epoch is still there in the next.
///
///         | bits    | field    | meaning                                                  |
///         | 0-31    | epoch    | the epoch of the last write                              |
///         | 32-103  | current  | the weight after the last write                          |
///         | 104-175 | previous | the weight when the epoch of that write began            |
///         | 176-247 | earlier  | the weight when the epoch before that of the write began |
///
///         Assumes: epochs given never go down; all weights together fit 72 bits.
///         Does not support: reading older epochs; removing a leaf (set its weight to 0).
library SumTree {
    using SafeCast for uint256;

    /// @dev log2 of the number of children of a node.
    uint256 private constant ARITY_BITS = 2;
    uint256 private constant ARITY = 1 << ARITY_BITS;

    /// @dev How many epochs that are over can be read. Unit: epochs.
    uint256 internal constant READABLE_EPOCHS = 2;

    struct Node {
        uint32 epoch;
        uint72 current;
        uint72 previous;
        uint72 earlier;
    }

    /// @dev INVARIANT: a node above the leaves holds the sum of its children, now and as of the last two epochs.
    struct Tree {
        /// The root's level; leaves are level 0.
        uint8 depth;
        mapping(uint256 level => mapping(uint256 index => Node)) nodes;
    }

    /// @notice `point` is not below the sum of all weights.
    error SumTreePointOutOfRange(uint256 point, uint256 total);

    /// @notice Gives leaf `index` a weight, from `epoch` on.
    /// @param  epoch The current one, above 0.
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
            (uint72 previous, uint72 earlier) = (uint72(_at(node, epoch)), uint72(_at(node, epoch - 1))); // both were 72 bits
            uint72 current = (node.current + weight - oldWeight).toUint72();
            self.nodes[level][index >> (ARITY_BITS * level)] = Node(epoch.toUint32(), current, previous, earlier);
        }
    }

    /// @return The sum of all weights when `epoch` began.
    /// @param  epoch The current one or the one before.
    function total(Tree storage self, uint256 epoch) internal view returns (uint256) {
        return _at(self.nodes[self.depth][0], epoch);
    }

    /// @notice The leaf on whose weight `point` falls, as it was when `epoch` began.
    /// @dev    Reverts with {SumTreePointOutOfRange}.
    /// @param  epoch The current one or the one before.
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
                weight = _at(self.nodes[level - 1][index], epoch);
                if (point - offset < weight) break;
                offset += weight;
                index++;
            }
        }
    }

    /// @dev What the node held when `epoch` began. It was written at most one epoch after that.
    function _at(Node memory node, uint256 epoch) private pure returns (uint256) {
        if (node.epoch < epoch) return node.current;
        return node.epoch == epoch ? node.previous : node.earlier;
    }
}
