// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title  MerklePaths
/// @notice Paths in the full binary trees of docs/disputes.md: `node = keccak256(left ‖ right)`, a height that everybody knows.
/// @dev    Assumes: the height is known from elsewhere, and is checked against the path's length: so no node passes for a leaf.
library MerklePaths {
    uint256 internal constant WORDS_PER_LEAF = 32;

    /// @notice The path has `actual` nodes, the tree `needed` levels.
    error MerklePathsWrongHeight(uint256 actual, uint256 needed);

    /// @notice The path leads to `actual`, not to the root `needed`.
    error MerklePathsWrongRoot(bytes32 actual, bytes32 needed);

    /// @notice Reverts unless `leaf` is leaf `index` of the tree of `height` levels under `root`.
    function requireLeaf(bytes32 root, bytes32 leaf, uint256 index, uint256 height, bytes32[] calldata path)
        internal
        pure
    {
        require(path.length == height, MerklePathsWrongHeight(path.length, height));
        bytes32 actual = rootOf(leaf, index, path);
        require(actual == root, MerklePathsWrongRoot(actual, root));
    }

    /// @notice Reverts unless one path leads from `before` to `rootBefore` and from `later` to `rootAfter`: so the leaf is
    ///         all that changed.
    function requireUpdate(
        bytes32[2] memory roots,
        bytes32[2] calldata leaves,
        uint256 index,
        uint256 height,
        bytes32[] calldata path
    ) internal pure {
        requireLeaf(roots[0], leaves[0], index, height, path);
        requireLeaf(roots[1], leaves[1], index, height, path);
    }

    /// @param  index Bit i says whether the node at level i, from the leaves, is a right one.
    /// @param  path  Siblings from the leaf's up.
    function rootOf(bytes32 leaf, uint256 index, bytes32[] calldata path) internal pure returns (bytes32 node) {
        node = leaf;
        for (uint256 i = 0; i < path.length; i++) {
            bytes32 sibling = path[i];
            node = (index >> i) & 1 == 0
                ? Hashes.efficientKeccak256(node, sibling)
                : Hashes.efficientKeccak256(sibling, node);
        }
    }

    /// @return The node over a row of nodes, whose number is a power of two.
    function nodeOver(bytes32[] calldata nodes) internal pure returns (bytes32) {
        bytes32[] memory row = nodes;
        for (uint256 count = nodes.length; count > 1; count /= 2) {
            for (uint256 i = 0; i < count; i += 2) row[i / 2] = Hashes.efficientKeccak256(row[i], row[i + 1]);
        }
        return row[0];
    }

    /// @return Levels of a tree of so many leaves: ⌈log₂ count⌉, and 0 for none.
    function heightOf(uint256 count) internal pure returns (uint256) {
        uint256 height;
        while (1 << height < count) height++; // at most 32 turns: counts are of 32 bits
        return height;
    }

    /// @return Levels of the tree over a slot of so many words.
    function slotHeight(uint256 length) internal pure returns (uint256) {
        return heightOf((length + WORDS_PER_LEAF - 1) / WORDS_PER_LEAF);
    }

    /// @return The hash of 32 words.
    function slotLeaf(bytes32[4] memory words) internal pure returns (bytes32) {
        return keccak256(abi.encode(words));
    }

    /// @param  index Of the word in its slot.
    function wordAt(bytes32[4] memory words, uint256 index) internal pure returns (uint32) {
        uint256 place = index % WORDS_PER_LEAF;
        return uint32(uint256(words[place / 8]) >> (224 - 32 * (place % 8))); // eight words of 32 bits
    }
}
